internal import ConfigurationText
internal import Foundation
public import MQTT
public import Replay
public import Telemetry

/// Publishes recorded files as messages.
public struct ReplayTool: Sendable {
    /// What was done so far.
    public struct Progress: Codable, Sendable {
        /// File that is played.
        public var file: String
        /// Share of the file that was read, 0 to 1.
        public var share: Double
        /// Records read.
        public var records: Int
        /// Messages published.
        public var messages: Int
        /// Records refused.
        public var refused: Int
        /// Time of the last message, RFC 3339.
        public var time: String?
    }

    /// Where it is published; must not be the client id of a gateway.
    public var broker: BrokerSettings
    /// How the records become messages.
    public var mapping: ReplayMapping
    /// How fast.
    public var pace: ReplayPace

    /// Creates a tool.
    public init(broker: BrokerSettings, mapping: ReplayMapping, pace: ReplayPace) {
        self.broker = broker
        self.mapping = mapping
        self.pace = pace
    }

    /// Most faults of records that are told one by one; all are counted.
    public static let toldFaults = 20

    /// Plays files one after the other; returns when the broker has acknowledged everything.
    ///
    /// - Parameters:
    ///   - files: paths in the order in which they are played.
    ///   - now: the time of day, for mappings that move times to it.
    ///   - progress: is told after each message, at most ten times a second.
    ///   - fault: is told of records that were refused; playing goes on.
    /// - Throws: `MQTTError`, or ``GatewayError/unreadable(path:reason:)``.
    /// - Returns: the counts of each file.
    public func run(
        _ files: [String],
        now: Instant,
        progress: @Sendable (Progress) -> Void,
        fault: @Sendable (String) -> Void
    ) async throws -> [Progress] {
        let publisher = try BrokerPublisher(broker)
        defer { publisher.stop() }
        try await OwnThread.run { try publisher.waitUntilConnected() }
        var results: [Progress] = []
        for file in files {
            let data = try InputFile.bytes(file, limit: ReplayLimits.fileBytes)
            var reader = RecordingReader(data, file: file, mapping: mapping, now: now)
            results.append(try await play(&reader, file, publisher, progress, fault))
        }
        try await OwnThread.run { try publisher.flush(within: .seconds(120)) }
        return results
    }

    private func play(
        _ reader: inout RecordingReader,
        _ file: String,
        _ publisher: BrokerPublisher,
        _ progress: (Progress) -> Void,
        _ fault: (String) -> Void
    ) async throws -> Progress {
        let clock = ContinuousClock()
        let start = clock.now
        var schedule: ReplaySchedule?
        var told = start
        var state = Progress(file: file, share: 0, records: 0, messages: 0, refused: 0, time: nil)
        while true {
            let next: TimedMessage?
            do {
                next = try reader.next()
            } catch {
                if reader.counts.recordsRefused <= Self.toldFaults { fault("\(error)") }
                continue
            }
            guard let message = next else { break }
            if schedule == nil { schedule = ReplaySchedule(pace: pace, first: message.time) }
            let wait = schedule?.wait(before: message.time, elapsed: start.duration(to: .now))
            try await Self.publish(message, after: wait ?? .zero, publisher)
            state.time = message.time.rfc3339
            state.share = reader.progress
            state.records = reader.counts.recordsRead
            state.messages = reader.counts.messagesMade
            state.refused = reader.counts.recordsRefused
            if told.duration(to: .now) >= .milliseconds(100) {
                told = .now
                progress(state)
            }
        }
        state.share = 1
        state.records = reader.counts.recordsRead
        state.messages = reader.counts.messagesMade
        state.refused = reader.counts.recordsRefused
        progress(state)
        return state
    }

    private static func publish(
        _ message: TimedMessage,
        after wait: Duration,
        _ publisher: BrokerPublisher
    ) async throws {
        if wait > .zero { try await Task.sleep(for: wait) }
        try Task.checkCancellation()
        do {
            try publisher.publish(topic: message.topic, payload: message.payload, within: .zero)
        } catch .windowFull {
            // Waiting for acknowledgements must not hold a thread that others share.
            try await OwnThread.run {
                try publisher.publish(topic: message.topic, payload: message.payload)
            }
        }
    }
}
