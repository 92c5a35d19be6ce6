import Alerting
import Foundation
@testable import Gateway
import Simulation
import Telemetry
import TestKit
import Testing

/// The shipped rules over the simulated village: they find what its plan of faults says, and no
/// more.
@Suite struct DemoAlertsTests {
    /// 2026-11-25T14:00:00+07:00, a Wednesday; `LANGSO_DEMO_HOUR` moves it by hours.
    private static var now: Instant {
        let hour = ProcessInfo.processInfo.environment["LANGSO_DEMO_HOUR"].flatMap { Int64($0) }
        return Instant(milliseconds: 1_795_590_000_000) + .hours(hour ?? 0)
    }

    /// How much is simulated, judged by all rules, and how often: enough nights for the rules that
    /// compare them, and the plan's oldest fault.
    private static let (simulated, judged) = (Milliseconds.hours(252), Milliseconds.hours(156))
    private static let step = Milliseconds.minutes(30)

    /// Sizes that have every device of the plan, and fewer lamps that are well.
    private static let size = DeploymentSize(lamps: 48)

    @Test func `the alerts of the demonstration are those of its plan`() async throws {
        // A minute's work: on a thread of its own it keeps no other test waiting.
        try await OwnThread.run { try Self.compare() }
    }

    private static func compare() throws {
        let folder = try TemporaryFolder("langso-demo")
        let (now, start) = (Self.now, Self.now - Self.simulated)
        var store = try DemoStore(folder, from: start, to: now, size: Self.size)
        try store.advance(to: now)
        let (world, groups) = (store.world, store.deployment.groups)
        // Night flows are compared with those of earlier nights; no other rule looks back so far.
        let nights = groups.filter { $0.name == "water-nights" }
        let begin = now - Self.judged
        try store.judge(nights, from: start, to: begin, step: Self.step, now: now)
        let engine = try store.judge(groups, from: begin, to: now, step: Self.step, now: now)
        for (rule, status) in engine.statuses { #expect(status.lastError == nil, "\(rule)") }
        let alerts = engine.book.past + engine.book.open
        let unexpected = Self.unexpected(alerts, world.plan)
        #expect(unexpected.isEmpty, "\(unexpected.map(Self.text).joined(separator: "\n"))")
        let missed = Self.missed(alerts, world.plan, now: now)
        #expect(missed.isEmpty, "\(missed.map { "\($0)" }.joined(separator: "\n"))")
        print("\(alerts.count) alerts over \(world.plan.faults.count) planned faults")
    }

    /// Alerts that no fault of the plan explains; members of an outage are explained by it.
    private static func unexpected(_ alerts: [Alert], _ plan: FaultPlan) -> [Alert] {
        alerts.filter { alert in
            guard alert.absorbedBy == nil, let fired = alert.firedAt else { return false }
            return !plan.faults.contains { fault in
                explains(fault, alert) && fault.from - vagueness(fault) <= fired
                    && fired <= fault.to ?? fired
            }
        }
    }

    /// Faults of the plan that no alert tells; those that began too late to be told are let go.
    private static func missed(
        _ alerts: [Alert],
        _ plan: FaultPlan,
        now: Instant
    ) -> [SimulatedFault] {
        plan.faults.filter { fault in
            guard fault.kind.alertName != nil, fault.from + tolerance <= now else { return false }
            return !alerts.contains { alert in
                explains(fault, alert) && alert.activeAt >= fault.from - vagueness(fault)
                    && alert.activeAt <= fault.to ?? now
            }
        }
    }

    /// When a bin is full that was left out, the plan knows by its mean daily waste only.
    private static func vagueness(_ fault: SimulatedFault) -> Milliseconds {
        fault.isConsequence ? .hours(6) : .zero
    }

    /// By when a fault must be told that is under way.
    private static let tolerance = Milliseconds.hours(10)

    private static func explains(_ fault: SimulatedFault, _ alert: Alert) -> Bool {
        guard fault.kind.alertName == alert.name else { return false }
        if let feeder = fault.feeder { return alert.labels["feeder"] == feeder }
        return alert.labels["device"] == fault.device
    }

    private static func text(_ alert: Alert) -> String {
        let end = alert.resolvedAt.map { "\($0)" } ?? "now"
        return "\(alert.name) \(alert.labels) from \(alert.activeAt) to \(end)"
    }
}
