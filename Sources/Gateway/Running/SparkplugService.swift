internal import Decoding
internal import Ingest
internal import Logging
internal import MQTT
internal import ServiceLifecycle
internal import Telemetry

/// Says what Sparkplug edge nodes must hear, and that this host application is there.
///
/// Requests go out only here, while the gateway runs: neither recovery nor `langso decode` asks a
/// node for anything. While the broker is away they wait, and the series of all nodes are ended.
/// With each connection that it accepts every node that lives is asked to be born again: nobody
/// heard what changed before, and a node says it once.
///
/// - Source: Sparkplug 3.0.0, tck-id-host-topic-phid-*, tck-id-topics-ncmd-*.
struct SparkplugService: Service {
    let runtime: GatewayRuntime
    let broker: BrokerSettings

    func run() async throws {
        let clock = runtime.clock
        let presence = runtime.settings.sparkplugHostID.map { host in
            Self.presence(host) { clock().milliseconds }
        }
        let publisher = try BrokerPublisher(broker, presence: presence)
        await cancelWhenGracefulShutdown { await loop(publisher) }
        await OwnThread.run { _ = publisher.stop() }
    }

    private func loop(_ publisher: BrokerPublisher) async {
        var link = SparkplugLink()
        repeat {
            let now = runtime.clock()
            let (speaking, hearing) = (publisher.status, runtime.session.status)
            let change = link.note(
                isHearing: hearing.isConnected,
                connections: speaking.connections
            )
            if change.isLost { await runtime.worker.run { $0.endSparkplugSeries(at: now) } }
            if change.isMade { await runtime.worker.run { $0.askForBirths(at: now) } }
            guard speaking.state == .connected else { continue }
            let requests = await runtime.worker.run { $0.takeRequests(at: now) } ?? []
            for request in requests { say(request, publisher) }
        } while await oneSecond()
    }

    private func say(_ request: OutgoingRequest, _ publisher: BrokerPublisher) {
        do {
            try publisher.publish(
                topic: request.topic,
                payload: request.payload,
                quality: .atMostOnce,
                within: .zero
            )
            runtime.logger.notice("asked for a new birth on \(request.topic)")
        } catch {
            runtime.logger.warning("cannot ask for a new birth on \(request.topic): \(error)")
        }
    }

    /// The state of a host application: `{"online":true,"timestamp":1767225600000}`.
    static func presence(
        _ hostID: String,
        clock: @escaping @Sendable () -> Int64
    ) -> Presence {
        Presence(
            topic: "spBv1.0/STATE/\(hostID)",
            payload: { isPresent, since in
                Array(#"{"online":\#(isPresent),"timestamp":\#(since)}"#.utf8)
            },
            isAbsence: { payload in
                // Blanks are free in JSON; no text of a state holds any.
                String(decoding: payload.filter { $0 > 0x20 }, as: UTF8.self)
                    .contains(#""online":false"#)
            },
            clock: clock
        )
    }
}
