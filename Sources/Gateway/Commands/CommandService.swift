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
        var unheard: [HeardMessage] = []
        var wasWatching = true
        repeat {
            let now = runtime.clock()
            let watched = await desk.watched
            if wasWatching || !watched.isEmpty { await hear(watched, &unheard, at: now) }
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
            let room = Self.burst - handed.count
            handed += await send(publisher, &unheard, most: room, at: now)
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

    /// Hears what came of devices that are waited for; what the disk refused before goes first.
    private func hear(
        _ watched: Set<String>,
        _ unheard: inout [HeardMessage],
        at now: Instant
    ) async {
        let heard = await runtime.worker.run { pipeline in
            let heard = pipeline.takeHeard()
            pipeline.watch(watched)
            return heard
        }
        // As many as the pipeline keeps; the oldest give way, as there.
        unheard = (unheard + (heard ?? [])).suffix(IngestPipeline.maximumHeard)
        guard !unheard.isEmpty, await desk.hear(unheard, at: now) else { return }
        unheard = []
    }

    /// Notes what became of the orders of whose messages the broker has said everything.
    private func settle(_ handed: inout [HandedOrder], at now: Instant) async {
        let settled = handed.filter(\.isSettled)
        guard !settled.isEmpty, await desk.note(settled.compactMap(\.outcome), at: now) else {
            return
        }
        // Others may have been settled meanwhile.
        handed.removeAll { order in settled.contains { $0 === order } }
    }

    private func send(
        _ publisher: CommandPublisher,
        _ unheard: inout [HeardMessage],
        most: Int,
        at now: Instant
    ) async -> [HandedOrder] {
        let due = await desk.begin(at: now, most: most)
        guard !due.isEmpty else { return [] }
        // Answers may come before the next look.
        await hear(await desk.watched, &unheard, at: now)
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
        // What the disk refuses here ends when its time is over.
        _ = await desk.note(refused, at: now)
        return handed
    }
}
