internal import Foundation
internal import Logging
internal import MQTT
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry
internal import WebServer

/// Tells Home Assistant of the village's devices, so that its dashboards find them.
///
/// Descriptions that the broker was given are remembered in a file, so that a device that was
/// retired while the gateway stood still, and all of them once nothing is to be told any more, are
/// taken back.
struct HomeAssistantService: Service {
    let runtime: GatewayRuntime
    let broker: BrokerSettings

    /// Most messages that go out in a second: a broker and a small Home Assistant keep up with it.
    static let mostPerSecond = 200
    /// Longest that anything is waited for at the end.
    static let farewell = Duration.seconds(2)

    private var settings: HomeAssistantSettings { runtime.settings.homeAssistant }

    func run() async throws {
        let isBorn = Mutex(false)
        let clock = runtime.clock
        let publisher = try BrokerPublisher(
            broker,
            presence: Self.presence(settings) { clock().milliseconds },
            listening: Listening(topics: [settings.birthTopic]) { _, payload in
                if payload == Array("online".utf8) { isBorn.withLock { $0 = true } }
            }
        )
        await cancelWhenGracefulShutdown {
            await loop(publisher) {
                isBorn.withLock { born in
                    defer { born = false }
                    return born
                }
            }
        }
        await OwnThread.run { _ = publisher.stop(within: Self.farewell) }
    }

    private func loop(_ publisher: BrokerPublisher, wasBorn: () -> Bool) async {
        let memory = DescribedTopics(folder: runtime.settings.dataFolder)
        var round = DiscoveryRound(
            settings,
            runtime.deployment.profiles,
            keptTopics: memory.load()
        )
        var (waiting, connections): ([DiscoveryRound.Message], UInt64) = ([], 0)
        var lastRound: ContinuousClock.Instant?
        repeat {
            let status = publisher.status
            guard status.state == .connected else { continue }
            // A broker that was away may have forgotten what it kept.
            if wasBorn() || status.connections != connections {
                connections = status.connections
                round.forget()
                (waiting, lastRound) = ([], nil)
            }
            let isDue =
                lastRound.map { $0.duration(to: .now) >= .milliseconds(settings.pause.count) }
                ?? true
            if waiting.isEmpty, isDue {
                lastRound = .now
                waiting = await messages(&round, memory)
            }
            send(&waiting, publisher)
        } while await oneSecond()
    }

    private func messages(
        _ round: inout DiscoveryRound,
        _ memory: DescribedTopics
    ) async -> [DiscoveryRound.Message] {
        let (runtime, now) = (runtime, runtime.clock())
        guard let source = runtime.access.source(at: now) else { return [] }
        let devices = await OwnThread.run {
            DevicesBuilder(
                registry: runtime.registry,
                zoneOffset: runtime.settings.zoneOffset,
                source: source,
                now: now
            ).views
        }
        let before = round.keptTopics
        do {
            let messages = try round.messages(for: devices)
            // Those that are taken back now stay in the file until the next round is made.
            let all = before.union(round.keptTopics)
            if all != memory.load() { memory.store(all, runtime.logger) }
            if messages.isEmpty { memory.store(round.keptTopics, runtime.logger) }
            return messages
        } catch {
            runtime.logger.error("cannot describe devices to Home Assistant: \(error)")
            return []
        }
    }

    /// Gives the publisher as many as may go out in a second; the others wait.
    private func send(_ waiting: inout [DiscoveryRound.Message], _ publisher: BrokerPublisher) {
        var count = 0
        for message in waiting.prefix(Self.mostPerSecond) {
            do throws(MQTTError) {
                try publisher.publish(
                    topic: message.topic,
                    payload: Array(message.payload.utf8),
                    retain: message.isRetained,
                    within: .zero
                )
                count += 1
            } catch {
                if case .windowFull = error { break }
                // One that the broker does not take would hold up all behind it.
                runtime.logger.warning("cannot tell Home Assistant on \(message.topic): \(error)")
                count += 1
            }
        }
        waiting.removeFirst(count)
    }

    /// `online` or `offline` under the topic of the gateway.
    static func presence(
        _ settings: HomeAssistantSettings,
        clock: @escaping @Sendable () -> Int64
    ) -> Presence {
        Presence(
            topic: settings.availabilityTopic,
            payload: { isPresent, _ in Array((isPresent ? "online" : "offline").utf8) },
            isAbsence: { $0 == Array("offline".utf8) },
            clock: clock
        )
    }
}

/// The topics of descriptions that the broker keeps, in a file of the data folder.
struct DescribedTopics: Sendable {
    let folder: String

    /// Name of the file: one topic a line.
    static let fileName = "home-assistant"

    /// The topics; none where there is no file.
    func load() -> Set<String> {
        guard let text = try? String(contentsOfFile: "\(folder)/\(Self.fileName)", encoding: .utf8)
        else { return [] }
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// Keeps the topics.
    func store(_ topics: Set<String>, _ logger: Logger) {
        guard topics != load() else { return }
        let text = topics.sorted().map { "\($0)\n" }.joined()
        do {
            try StorageFolder(folder).replace(Self.fileName, with: Array(text.utf8))
        } catch {
            logger.error("cannot keep which devices Home Assistant knows: \(error)")
        }
    }
}
