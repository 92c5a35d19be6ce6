internal import Foundation
internal import Ingest
internal import Logging
internal import MQTT
internal import RingStore
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry
internal import WebServer

/// The gateway's pulse: rules once a minute, indicators every ten, deliveries and pages every
/// second.
struct RuleService: Service {
    let runtime: GatewayRuntime

    /// How long after a minute it is judged: what was measured before has arrived by then.
    static let delay = Milliseconds.seconds(3)

    func run() async throws {
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown { await loop() }
        } onGracefulShutdown: {
            runtime.alerts.isEnding.withLock { $0 = true }
            runtime.indicators.isEnding.withLock { $0 = true }
        }
    }

    private func loop() async {
        var judgedMinute = Instant.distantPast
        var judgedIndicators: ContinuousClock.Instant?
        var seen: UInt64 = 0
        var backlog = Backlog(at: .now, messages: runtime.worker.figures.ingest.messages)
        while !Task.isCancelled {
            let now = runtime.clock()
            let isComing = backlog.isComing(
                connections: runtime.session.status.counters.connections,
                messages: runtime.worker.figures.ingest.messages,
                at: .now
            )
            let isHeld = isComing || runtime.holdsRules.withLock { $0 }
            let minute = Self.minute(of: now - Self.delay)
            if !isHeld, minute > judgedMinute {
                judgedMinute = minute
                await runtime.judge(at: minute)
            }
            await runtime.alerts.deliver(at: now)
            let isDue = judgedIndicators.map { $0.duration(to: .now) >= IndicatorService.interval }
            if !isHeld, isDue ?? true {
                judgedIndicators = .now
                await runtime.indicators.evaluate(at: now)
                runtime.events.send("indicators")
            }
            let messages = runtime.worker.figures.ingest.messages
            if messages != seen {
                seen = messages
                runtime.events.send("overview")
                runtime.events.send("devices")
            }
            do {
                try await Task.sleep(for: .seconds(1))
            } catch {
                return
            }
        }
    }

    static func minute(of time: Instant) -> Instant {
        Instant(milliseconds: time.milliseconds / 60_000 * 60_000)
    }
}

extension GatewayRuntime {
    /// Judges the rules at a minute: first what the gateway knows of itself, then the rules, then
    /// what came late.
    func judge(at minute: Instant) async {
        let connected = SampleRecord.Entry(
            labels: Labels(metric: "langso_broker_connected"),
            sample: Sample(time: minute, value: session.status.isConnected ? 1 : 0)
        )
        let failure = await OwnThread.run { [access] in access.write([connected]) }
        if let failure { logger.error("cannot journal the gateway's own figures: \(failure)") }
        if let earliest = await worker.run({ $0.takeEarliestChange() }) ?? nil {
            await alerts.noteChange(earliest)
        }
        var isChanged = await alerts.evaluate(at: minute)
        if await alerts.correct(at: minute) { isChanged = true }
        if isChanged { events.send("alerts") }
    }
}
