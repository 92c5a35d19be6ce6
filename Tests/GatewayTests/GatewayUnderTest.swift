import AsyncHTTPClient
import Decoding
import Foundation
import Ingest
import Synchronization
@testable import Gateway
import Logging
import MQTT
import NIOCore
import NIOHTTP1
import RingStore
import Telemetry
import TestKit
import Testing
import WebServer

/// A gateway in this process, with a mosquitto of its own, served on a free port.
final class GatewayUnderTest: Sendable {
    let runtime: GatewayRuntime
    let address: String
    private let task: Task<Void, any Error>

    /// 2026-03-10 00:00 in Vietnam, a Tuesday.
    static let midnight = Instant(milliseconds: 1_773_075_600_000)

    init(
        _ settings: GatewaySettings,
        clock: @escaping @Sendable () -> Instant = GatewayRuntime.systemClock,
        waitingClock: any Clock<Duration> = ContinuousClock(),
        holdsRules: Bool = true,
        errors: ErrorLog? = nil
    ) async throws {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        if let errors { logger = errors.logger }
        let runtime = try await GatewayRuntime.open(
            settings,
            clock: clock,
            waitingClock: waitingClock,
            logger: logger
        )
        runtime.holdsRules.withLock { $0 = holdsRules }
        let (ports, continuation) = AsyncStream<Int>.makeStream()
        let task = Task {
            defer { continuation.finish() }
            try await runtime.run(handlingSignals: false, onListening: { continuation.yield($0) })
        }
        guard let port = await ports.first(where: { _ in true }) else {
            try await task.value
            throw GatewayError.stopping
        }
        self.runtime = runtime
        self.task = task
        address = "http://127.0.0.1:\(port)\(settings.webPrefix.path)"
    }

    /// A gateway with one subscription that is connected with a broker of the loopback.
    static func connected(
        _ folder: TemporaryFolder,
        port: Int,
        rule: SubscriptionRule
    ) async throws -> GatewayUnderTest {
        let gateway = try await GatewayUnderTest(
            try settings(folder, port: port, subscriptions: [rule])
        )
        let session = gateway.runtime.session
        try await gateway.wait("connection") { session.status.isConnected }
        return gateway
    }

    /// Ends the gateway in order, and waits until its folder is free.
    func stop() async throws {
        await runtime.stop()
        try await task.value
    }

    /// Waits until a condition holds, looking every 10 ms for a minute at most.
    func wait(_ what: String, until condition: @Sendable () async -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while await !condition() {
            try #require(
                ContinuousClock.now < deadline,
                "waited in vain: \(what); \(runtime.session.status)"
            )
            await Self.tick()
        }
    }

    /// Waits until so many messages are stored.
    func wait(forMessages count: UInt64) async throws {
        let worker = runtime.worker
        try await wait("\(count) messages") { worker.figures.ingest.messages >= count }
    }

    private static let ticks = DispatchQueue(label: "langso.tests.ticks")

    /// Waits for the next 10 ms of the clock without holding a thread that others share.
    static func tick() async {
        await withCheckedContinuation { continuation in
            // Not the queue on which the tests run: it may be full for minutes.
            ticks.asyncAfter(deadline: .now() + 0.01) { continuation.resume() }
        }
    }

    func get(_ path: String) async throws -> (status: UInt, text: String) {
        let response = try await HTTPClient.shared.execute(
            HTTPClientRequest(url: address + path),
            timeout: .seconds(30)
        )
        let body = try await response.body.collect(upTo: 64 << 20)
        return (response.status.code, String(buffer: body))
    }

    /// The lines of an instant query over HTTP.
    func query(_ expression: String, at time: Instant) async throws -> [String] {
        let request = QueryRequest(expression: expression, times: .instant(time))
        return try QueryTool.lines(of: try await QueryTool.ask(request, url: address))
    }

    /// Settings for a small gateway on a broker of the loopback.
    static func settings(
        _ folder: TemporaryFolder,
        port: Int,
        subscriptions: [SubscriptionRule],
        registry: [String: String] = [:]
    ) throws -> GatewaySettings {
        var broker = BrokerSettings(host: "127.0.0.1", port: port, clientID: "gateway-under-test")
        broker.maximumPayloadBytes = DecodingLimits().payloadBytes
        broker.topics = subscriptions.map { MQTT.TopicFilter($0.topicFilter.description) }
        broker.reconnection = BackoffSettings(first: .milliseconds(50), cap: .milliseconds(200))
        var settings = GatewaySettings(
            name: "Thử nghiệm",
            dataFolder: folder.path(of: "data"),
            broker: broker,
            subscriptions: subscriptions
        )
        settings.store = StoreSettings(
            rawTierBytes: 8 << 20,
            rollupBytes: StoreSettings.usualRollups(beside: 8 << 20),
            maximumSeries: 10_000
        )
        settings.journal = JournalSettings(sizeBytes: 16 << 20, segmentBytes: 1 << 20)
        settings.webPort = 0
        if !registry.isEmpty {
            let path = folder.path(of: "registry")
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true
            )
            for (name, text) in registry {
                try text.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            }
            settings.registryFolder = path
        }
        return settings
    }

    /// One rule for plain JSON.
    static func plain(_ filter: String, profile: String) throws -> SubscriptionRule {
        let parsed = Decoding.TopicFilter(filter)
        return SubscriptionRule(
            topicFilter: try #require(parsed),
            family: .plainJSON,
            profile: profile
        )
    }

    /// One rule for topics that nobody publishes on.
    static func nothing() throws -> SubscriptionRule {
        let parsed = Decoding.TopicFilter("none/+")
        return SubscriptionRule(topicFilter: try #require(parsed), family: .senml, profile: nil)
    }

    /// A connection to publish with.
    static func publisher(port: Int, id: String = "sensors") throws -> BrokerPublisher {
        try BrokerPublisher(BrokerSettings(host: "127.0.0.1", port: port, clientID: id))
    }
}
