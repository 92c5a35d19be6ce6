@testable import Gateway
import Knowledge
import PromQL
import Telemetry
import Testing

/// The dashboards over a week of the simulated village: none of their questions is without answer.
///
/// They are asked as Prometheus answers, without the longer lookback of slow sensors.
@Suite(.oneAtATime) struct DashboardDataTests {
    /// A stretch of time that a dashboard shows.
    private enum Zoom: CaseIterable {
        /// What it shows when it is opened.
        case usual
        /// The last hour, in which Grafana's windows of rates are shortest.
        case hour
    }

    /// Most points of a line: fewer than Grafana asks for, so that the test takes seconds.
    private static let points: Int64 = 60
    /// Distance of samples that Grafana assumes where a panel says nothing.
    private static let assumedInterval = Milliseconds.seconds(15)

    private static func duration(_ text: String) throws -> Milliseconds {
        try #require(DurationText.parse(text), "\(text) is no duration")
    }

    private static func span(of dashboard: GrafanaDashboard, _ zoom: Zoom) throws -> Milliseconds {
        guard zoom == .usual else { return .hours(1) }
        try #require(dashboard.time.to == "now")
        return try duration(String(dashboard.time.from.dropFirst("now-".count)))
    }

    /// What Grafana puts in the place of its own variables.
    ///
    /// - Source: Grafana, "Prometheus template variables": `$__rate_interval` is the step and the
    ///   distance of samples together, at least four of these.
    private static func filled(
        _ target: GrafanaDashboard.Target,
        _ values: [String: String],
        span: Milliseconds
    ) throws -> (text: String, step: Milliseconds) {
        let interval = try target.interval.map { try duration($0) } ?? assumedInterval
        let step = max(Milliseconds(span.count / points), interval)
        var values = values
        values["__interval"] = DurationText.print(step)
        values["__range"] = DurationText.print(span)
        values["__rate_interval"] = DurationText.print(max(step + interval, interval * 4))
        let text = GrafanaDashboard.filled(target.expr, values)
        try #require(!text.contains("$"), "\(text)")
        return (text, step)
    }

    /// The labels of what a target shows.
    private static func answer(
        _ target: GrafanaDashboard.Target,
        _ values: [String: String],
        span: Milliseconds,
        _ data: DashboardData
    ) throws -> [Labels] {
        let (text, step) = try filled(target, values, span: span)
        let expression = try PromQLParser.parse(text)
        let engine = QueryEngine()
        let now = DashboardData.now
        guard target.instant == true else {
            return try engine.range(
                expression,
                from: now - span,
                to: now,
                step: step,
                source: data.source
            ).filter { !$0.samples.isEmpty }.map(\.labels)
        }
        guard case .vector(let found) = try engine.instant(expression, at: now, source: data.source)
        else { return [] }
        return found.map(\.labels)
    }

    /// The values that a variable offers.
    private static func values(
        of variable: GrafanaDashboard.Variable,
        _ chosen: [String: String],
        span: Milliseconds,
        _ data: DashboardData
    ) throws -> [String] {
        let query = GrafanaDashboard.filled(try #require(variable.definition), chosen)
        let parts = try #require(
            try /label_values\((.+), (\w+)\)/.wholeMatch(in: query),
            "\(query) is no query of a variable"
        )
        let selectors = try PromQLParser.parse(String(parts.1)).selectors
        try #require(selectors.count == 1)
        let range = (DashboardData.now - span)...DashboardData.now
        let found = try selectors.flatMap { try data.source.select($0.matchers, in: range) }
        return Set(found.compactMap { $0.labels[String(parts.2)] }).sorted()
    }

    /// Every choice of one value of each variable.
    private static func choices(
        _ dashboard: GrafanaDashboard,
        _ data: DashboardData
    ) throws -> [[String: String]] {
        let span = try span(of: dashboard, .usual)
        var choices: [[String: String]] = [[:]]
        for variable in dashboard.queryVariables {
            choices = try choices.flatMap { choice in
                try values(of: variable, choice, span: span, data).map { value in
                    choice.merging([variable.name: value]) { $1 }
                }
            }
        }
        return choices
    }

    private static func all(of dashboard: GrafanaDashboard) -> [String: String] {
        Dictionary(
            uniqueKeysWithValues: dashboard.queryVariables.map { ($0.name, $0.allValue ?? ".*") }
        )
    }

    /// Tests a dashboard on a thread of its own.
    ///
    /// - Parameters:
    ///   - name: its name.
    ///   - body: gives what is wrong; an expectation on another thread would belong to no test.
    /// - Throws: what keeps it from being tested.
    private static func test(
        _ name: String,
        _ body: @escaping @Sendable (GrafanaDashboard, DashboardData) throws -> [String]
    ) async throws {
        let data = try await DashboardData.shared.value
        let faults = try await OwnThread.run { try body(try GrafanaDashboard.shipped(name), data) }
        for fault in faults { Issue.record("\(fault)") }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every variable offers values, and each depends on those before it`(name: String)
        async throws
    {
        try await Self.test(name) { dashboard, data in
            let span = try Self.span(of: dashboard, .usual)
            var chosen = Self.all(of: dashboard)
            var faults: [String] = []
            for (index, variable) in dashboard.queryVariables.enumerated() {
                let offered = try Self.values(of: variable, chosen, span: span, data)
                if offered.isEmpty { faults.append("\(variable.name) offers nothing") }
                for earlier in dashboard.queryVariables.prefix(index) {
                    let nowhere = chosen.merging([earlier.name: "nowhere"]) { $1 }
                    let none = try Self.values(of: variable, nowhere, span: span, data)
                    if !none.isEmpty { faults.append("\(variable.name) offers \(none)") }
                }
                chosen[variable.name] = offered.joined(separator: "|")
            }
            return faults
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every expression has an answer over all places`(name: String) async throws {
        try await Self.test(name) { dashboard, data in
            let values = Self.all(of: dashboard)
            var faults: [String] = []
            for zoom in Zoom.allCases {
                let span = try Self.span(of: dashboard, zoom)
                faults += try Self.unanswered(dashboard, values, span: span, data)
            }
            return faults
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every expression has an answer for several places at once`(name: String) async throws {
        try await Self.test(name) { dashboard, data in
            // As Grafana writes several values in one.
            let choices = try Self.choices(dashboard, data)
            let several = Dictionary(
                uniqueKeysWithValues: dashboard.queryVariables.map { variable in
                    let values = Set(choices.compactMap { $0[variable.name] }).sorted()
                    return (variable.name, "(\(values.joined(separator: "|")))")
                }
            )
            return try Self.unanswered(dashboard, several, span: .hours(1), data)
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every expression has an answer for one place, and of that alone`(name: String)
        async throws
    {
        try await Self.test(name) { dashboard, data in
            let choices = try Self.choices(dashboard, data)
            guard dashboard.queryVariables.isEmpty || choices.count > 1 else {
                return ["the variables offer no choice: \(choices)"]
            }
            var faults: [String] = []
            for target in dashboard.panels.flatMap(\.targets) {
                var isAnswered = false
                for choice in choices {
                    let found = try Self.answer(target, choice, span: .hours(1), data)
                    if !found.isEmpty { isAnswered = true }
                    for (variable, value) in choice {
                        // Indicators are judged for units, of which a commune is one.
                        let isUnit = name == "indicators" && variable == "commune"
                        let others = found.compactMap { $0[isUnit ? "unit" : variable] }
                            .filter { $0 != value }
                        if !others.isEmpty {
                            faults.append("\(target.expr) gives \(others) for \(value)")
                        }
                    }
                }
                if !isAnswered { faults.append("no place has \(target.expr)") }
            }
            return faults
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every series that an expression names is made by something`(name: String) async throws {
        try await Self.test(name) { dashboard, data in
            let always = Instant.distantPast...DashboardData.now
            let values = Self.all(of: dashboard)
            var faults: [String] = []
            for target in dashboard.panels.flatMap(\.targets) {
                let (text, _) = try Self.filled(target, values, span: .hours(1))
                for selector in try PromQLParser.parse(text).selectors {
                    // Of refusals there may be none, and so no series of theirs.
                    if let metric = selector.metric, data.figureNames.contains(metric) { continue }
                    let found = try data.source.select(selector.matchers, in: always)
                    if found.isEmpty { faults.append("\(Expression.selector(selector))") }
                }
            }
            return faults
        }
    }

    @Test(
        arguments: [
            ("lighting", 2), ("lighting", 3), ("waste", 3), ("water", 3), ("gateway", 28),
        ])
    func `what goes wrong in village and gateway is shown as more than nought`(
        name: String,
        panel: Int
    ) async throws {
        try await Self.test(name) { dashboard, data in
            let shown = try #require(dashboard.panels.first { $0.id == panel })
            let target = try #require(shown.targets.first)
            let values = Self.all(of: dashboard)
            let (text, _) = try Self.filled(target, values, span: .hours(1))
            let expression = try PromQLParser.parse(text)
            let answer = try QueryEngine().instant(
                expression,
                at: DashboardData.now,
                source: data.source
            )
            guard case .vector(let found) = answer, found.count == 1, found[0].sample.value > 0
            else { return ["\(shown.title) is \(answer)"] }
            return []
        }
    }

    /// Own figures that no dashboard shows.
    private static let figuresNotShown: Set<String> = [
        // How many messages the broker kept says nothing of how well the gateway is.
        "langso_broker_retained_messages_total",
        // A store that has let nothing go yet, as the demonstration's, does not have it.
        "langso_store_horizon_timestamp_seconds",
    ]

    @Test func `the gateway's dashboard shows each of its figures`() async throws {
        try await Self.test("gateway") { dashboard, data in
            let shown = try dashboard.panels.flatMap(\.targets).flatMap { target in
                let (text, _) = try Self.filled(target, [:], span: .hours(1))
                return try PromQLParser.parse(text).selectors.compactMap(\.metric)
            }
            return data.figureNames.filter { name in
                let isShown = shown.contains(name) || shown.contains("\(name)_sum")
                return isShown == Self.figuresNotShown.contains(name)
            }.sorted()
        }
    }

    @Test func `messages that cannot be read are shown with the reason`() async throws {
        try await Self.test("gateway") { dashboard, data in
            let targets = dashboard.panels.flatMap(\.targets)
                .filter { $0.expr.contains("undecoded_messages") }
            let found = try targets.flatMap { try Self.answer($0, [:], span: .hours(1), data) }
            return found.contains { $0["reason"] != nil } ? [] : ["\(found)"]
        }
    }

    /// The expressions that have no answer.
    private static func unanswered(
        _ dashboard: GrafanaDashboard,
        _ values: [String: String],
        span: Milliseconds,
        _ data: DashboardData
    ) throws -> [String] {
        try dashboard.panels.flatMap { panel in
            try panel.targets.filter { try answer($0, values, span: span, data).isEmpty }
                .map { "\(panel.title) is empty over \(span): \($0.expr)" }
        }
    }
}
