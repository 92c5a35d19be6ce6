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
/// pass for its confirmation. What cannot be told to the broker in ten minutes is not sent at all,
/// also where it lies with the connection already.
struct CommandService: Service {
    let runtime: GatewayRuntime
    let desk: CommandDesk
    let broker: BrokerSettings

    /// How often somebody looks: what an operator waits for is seen within a fraction of a second.
    private static let pause = Duration.milliseconds(200)
    /// Most devices that are told something at once; the publisher's window holds all of it.
    private static let burst = 100

    func run() async throws {
        let publisher = try CommandPublisher(broker)
        await cancelWhenGracefulShutdown { await loop(publisher) }
        await OwnThread.run { publisher.stop() }
    }

    private func loop(_ publisher: CommandPublisher) async {
        var backlog = Backlog(at: .now, messages: runtime.worker.figures.ingest.messages)
        var handed: [HandedOrder] = []
        var wasWatching = true
        repeat {
            let now = runtime.clock()
            let watched = await desk.watched
            if wasWatching || !watched.isEmpty { await hear(watched, at: now) }
            wasWatching = !watched.isEmpty
            await settle(&handed, at: now)
            await desk.expire(at: now)
            let isComing = backlog.isComing(
                connections: runtime.session.status.counters.connections,
                messages: runtime.worker.figures.ingest.messages,
                at: .now
            )
            guard !isComing, runtime.session.status.isConnected, publisher.isConnected,
                handed.count < Self.burst
            else { continue }
            handed += await send(publisher, most: Self.burst - handed.count, at: now)
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

    /// Notes what became of the orders of whose messages the broker has said everything.
    private func settle(_ handed: inout [HandedOrder], at now: Instant) async {
        let settled = handed.filter(\.isSettled)
        guard !settled.isEmpty else { return }
        await desk.note(settled.compactMap(\.outcome), at: now)
        handed.removeAll(where: \.isSettled)
    }

    private func send(
        _ publisher: CommandPublisher,
        most: Int,
        at now: Instant
    ) async -> [HandedOrder] {
        let due = await desk.begin(at: now, most: most)
        guard !due.isEmpty else { return [] }
        // Answers may come before the next look.
        await hear(await desk.watched, at: now)
        var handed: [HandedOrder] = []
        var refused: [CommandDesk.Outcome] = []
        for open in due {
            let order = HandedOrder(open)
            do throws(MQTTError) {
                try publisher.publish(order, at: now)
            } catch {
                // What was taken of it before may switch the lamp.
                if order.isEmpty {
                    let why = CommandNote(.notHandedOver, "\(error)")
                    refused.append(.init(open: open, state: .failed, detail: why))
                    continue
                }
            }
            handed.append(order)
        }
        await desk.note(refused, at: now)
        return handed
    }
}
