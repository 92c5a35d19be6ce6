internal import Commands
internal import Ingest
internal import Logging
internal import MQTT
internal import RingStore
internal import ServiceLifecycle
internal import Telemetry

/// Sends the commands that were accepted, and hears what becomes of them.
///
/// Nothing is sent while the broker hands over what it kept: a reading from before a command would
/// pass for its confirmation. What cannot be told to the broker in ten minutes is not sent at all.
struct CommandService: Service {
    let runtime: GatewayRuntime
    let desk: CommandDesk
    let broker: BrokerSettings

    /// How often somebody looks: what an operator waits for is seen within a fraction of a second.
    private static let pause = Duration.milliseconds(200)
    /// Most devices that are told something at once; the publisher's window holds all of it.
    private static let burst = 100

    /// Orders whose messages the publisher has, and the broker may not.
    private struct Handed {
        var orders: [CommandBook.Open] = []
        var messageCount: UInt64 = 0
        var rejectedBefore: UInt64 = 0
    }

    func run() async throws {
        let publisher = try BrokerPublisher(broker)
        await cancelWhenGracefulShutdown { await loop(publisher) }
        await OwnThread.run { _ = publisher.stop() }
    }

    private func loop(_ publisher: BrokerPublisher) async {
        var backlog = Backlog(at: .now, messages: runtime.worker.figures.ingest.messages)
        var handed = Handed()
        var wasWatching = true
        repeat {
            let now = runtime.clock()
            let watched = await desk.watched
            if wasWatching || !watched.isEmpty { await hear(watched, at: now) }
            wasWatching = !watched.isEmpty
            await settle(&handed, publisher, at: now)
            await desk.expire(at: now)
            let isComing = backlog.isComing(
                connections: runtime.session.status.counters.connections,
                messages: runtime.worker.figures.ingest.messages,
                at: .now
            )
            guard !isComing, runtime.session.status.isConnected,
                publisher.status.state == .connected, handed.orders.isEmpty
            else { continue }
            handed = await send(publisher, at: now)
        } while await waited()
    }

    private func waited() async -> Bool {
        do {
            try await Task.sleep(for: Self.pause)
            return true
        } catch {
            return false
        }
    }

    private func hear(_ watched: Set<String>, at now: Instant) async {
        let heard = await runtime.worker.run { pipeline in
            let heard = pipeline.takeHeard()
            pipeline.watch(watched)
            return heard
        }
        if let heard, !heard.isEmpty { await desk.hear(heard, at: now) }
    }

    /// Notes what the broker has taken, once it has taken all that it was given.
    private func settle(
        _ handed: inout Handed,
        _ publisher: BrokerPublisher,
        at now: Instant
    ) async {
        let status = publisher.status
        guard !handed.orders.isEmpty, status.unacknowledged == 0 else { return }
        let isRejected = status.rejected - handed.rejectedBefore >= handed.messageCount
        let code = status.lastRejection.map { ", reason code \($0)" } ?? ""
        await desk.note(
            handed.orders,
            isRejected ? .failed : .sent,
            at: now,
            detail: isRejected ? "the broker refused it\(code)" : nil
        )
        handed = Handed()
    }

    private func send(_ publisher: BrokerPublisher, at now: Instant) async -> Handed {
        let due = await desk.begin(at: now, most: Self.burst)
        guard !due.isEmpty else { return Handed() }
        // Answers may come before the next look.
        await hear(await desk.watched, at: now)
        var handed = Handed(rejectedBefore: publisher.status.rejected)
        for open in due {
            do throws(MQTTError) {
                for message in open.order.messages {
                    try publisher.publish(
                        topic: message.topic,
                        payload: message.payload,
                        quality: message.isAtMostOnce ? .atMostOnce : .atLeastOnce,
                        within: .zero
                    )
                    handed.messageCount += 1
                }
                handed.orders.append(open)
            } catch {
                await desk.note([open], .failed, at: now, detail: "\(error)")
            }
        }
        return handed
    }
}
