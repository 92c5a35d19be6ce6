internal import Foundation
internal import Ingest
internal import Logging
internal import Metering
internal import MQTT
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry

/// Judges the rules once a minute, as soon as what the broker kept is there.
struct RuleService: Service {
    let runtime: GatewayRuntime

    /// How long after a minute it is judged: what was measured before has arrived by then.
    static let delay = Milliseconds.seconds(3)

    func run() async throws {
        await cancelWhenGracefulShutdown { await loop() }
    }

    private func loop() async {
        var (judged, kept): (Instant?, Instant?)
        var backlog = Backlog(at: .now, messages: runtime.worker.figures.ingest.messages)
        while !Task.isCancelled {
            let isComing = backlog.isComing(
                connections: runtime.session.status.counters.connections,
                messages: runtime.worker.figures.ingest.messages,
                at: .now
            )
            if isComing { runtime.hasJudged.withLock { $0 = false } }
            // From the end's beginning on, snapshots need not show what was measured last.
            let isHeld =
                isComing || runtime.holdsRules.withLock { $0 }
                || runtime.alerts.isEnding.withLock { $0 }
            let minute = Self.minute(of: runtime.clock() - Self.delay)
            if !isHeld, Self.isDue(minute, after: judged) {
                (judged, kept) = (minute, minute)
                await runtime.judge(at: minute)
                runtime.hasJudged.withLock { $0 = true }
            } else if minute != kept, hasSettled, !runtime.alerts.isEnding.withLock({ $0 }) {
                // These are wanted most while rules wait.
                kept = minute
                await runtime.keepFigures(at: minute)
            }
            guard await oneSecond() else { return }
        }
    }

    /// Whether it is known of the broker whether it is there: a gateway that has just begun to
    /// connect is not cut off.
    private var hasSettled: Bool {
        runtime.session.status.counters.connections > 0
            || runtime.clock() - runtime.startedAt > .minutes(2)
    }

    /// Whether a minute is to be judged: one after the last, or any when the clock has gone back by
    /// more than is worth waiting for.
    static func isDue(_ minute: Instant, after judged: Instant?) -> Bool {
        guard let judged else { return true }
        return minute > judged || judged - minute > AlertService.clockTolerance
    }

    static func minute(of time: Instant) -> Instant {
        Instant(milliseconds: time.milliseconds / 60_000 * 60_000)
    }
}

extension GatewayRuntime {
    /// Has the gateway's own figures stored, as of a minute.
    ///
    /// - Parameters:
    ///   - minute: the time of the samples.
    ///   - visibly: whether to wait until snapshots show them.
    func keepFigures(at minute: Instant, visibly: Bool = false) async {
        guard let families = await metricFamilies() else { return }
        let samples = ownFigures.withLock { $0.samples(families, at: minute) }
        let failure = await OwnThread.run { [access] in
            visibly ? access.writeVisibly(samples) : access.write(samples)
        }
        if let failure { logger.error("cannot journal the gateway's own figures: \(failure)") }
    }

    /// Judges the rules at a minute: first what the gateway knows of itself is stored, so that they
    /// see it, then come the rules, then what came late.
    func judge(at minute: Instant) async {
        await keepFigures(at: minute, visibly: true)
        let start = minute - settings.lateWindow
        if let changes = await worker.run({ $0.takeChanges(next: start) }) {
            await alerts.note(changes)
        }
        var isChanged = await alerts.evaluate(at: minute)
        if await alerts.correct(at: minute) { isChanged = true }
        if isChanged { events.send("alerts") }
    }
}
