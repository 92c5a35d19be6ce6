import Alerting
import Foundation
@testable import Gateway
import Indicators
import Knowledge
import Metering
import PromQL
import RingStore
import Simulation
import Telemetry
import TestKit

/// A week of the simulated village as a gateway has it: messages, what the shipped rules and the
/// shipped criteria gave, and the gateway's own figures.
final class DashboardData: Sendable {
    let source: KnownSource<StoreSnapshot>
    /// The gateway's own metrics, also those that have counted nothing.
    let figureNames: Set<String>

    /// 2026-11-25T20:30:00+07:00: lamps have been lit for hours, and one of them is dark.
    static let now = Instant(milliseconds: 1_795_613_400_000)

    /// Six nights are needed for the mean night flow.
    private static let simulated = Milliseconds.hours(168)
    /// How long all rules are judged, and how often.
    private static let (judged, step) = (Milliseconds.hours(4), Milliseconds.minutes(10))
    /// Sizes that have every device of the plan, and fewer lamps that are well.
    private static let size = DeploymentSize(lamps: 48)
    /// How long the gateway has stored its own figures, each minute.
    private static let figures = Milliseconds.minutes(70)

    /// The data, made once for all tests.
    static let shared = Task {
        let counted = try await GatewayFigures.counted()
        return try await OwnThread.run {
            try DashboardData(counted.before, later: counted.after)
        }
    }

    /// Fills the store.
    ///
    /// - Parameters:
    ///   - web: what the web server had counted until half an hour ago.
    ///   - later: what it has counted since.
    /// - Throws: what registry, rules or store refuse.
    private init(_ web: [MetricFamily], later: [MetricFamily]) throws {
        let folder = try TemporaryFolder("langso-dashboards")
        let (now, start) = (Self.now, Self.now - Self.simulated)
        var store = try DemoStore(folder, from: start, to: now, size: Self.size)
        let gateway = GatewayFigures(startedAt: start)
        var figures = LabelledSamples()
        var families: [MetricFamily] = []
        var time = now - Self.figures
        try store.advance(to: time)
        try store.takeBrokenMessage()
        try store.checkpoint(at: time)
        while time < now {
            families = gateway.families(of: store, at: time)
            families += now - time > .minutes(30) ? web : later
            figures.append(families, at: time)
            time = time + .minutes(1)
            try store.advance(to: time)
        }
        try store.store(figures, at: now)
        figureNames = Set(families.map(\.name))
        try Self.judgeRules(&store, from: start)
        try Self.judgeIndicators(&store)
        // The files are read on, although their folder goes with the end of this scope.
        source = store.source(at: now)
        withExtendedLifetime(folder) {}
    }

    private static func judgeRules(_ store: inout DemoStore, from start: Instant) throws {
        let groups = store.deployment.groups
        let begin = now - judged
        // Night flows are compared with those of earlier nights, and who was left out by a round in
        // the morning is told until the next; no other rule looks back so far.
        for (name, from) in [("water-nights", start), ("waste", now - .hours(20))] {
            let group = groups.filter { $0.name == name }
            try store.judge(group, from: from, to: begin, step: .minutes(30), now: now)
        }
        try store.judge(groups, from: begin, to: now, step: step, now: now)
    }

    private static func judgeIndicators(_ store: inout DemoStore) throws {
        let deployment = store.deployment
        let facts = deployment.registry.indicatorFacts(zoneOffset: deployment.settings.zoneOffset)
        var series = IndicatorSeries()
        for time in [now - .minutes(10), now] {
            let cards = try IndicatorEngine().evaluate(
                deployment.criteriaSets,
                units: facts.units.map(\.code),
                facts: facts,
                at: time,
                source: store.source(at: time)
            )
            try store.store(series.samples(of: cards, at: time), at: time)
        }
    }
}
