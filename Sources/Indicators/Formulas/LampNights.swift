internal import PromQL
internal import Telemetry

/// How long each lamp was on in the nights of a window.
struct LampNights {
    let window: GridWindow
    let parameters: LitShareParameters
    private(set) var availability: [String: Availability] = [:]
    private(set) var queries: [Figure.Query] = []
    private(set) var isSimulated = false

    init(window: GridWindow, parameters: LitShareParameters) {
        self.window = window
        self.parameters = parameters
    }

    /// Asks for lamps, together where they report alike and hang on feeders alike.
    mutating func load(_ lamps: Set<String>, in context: FormulaContext) throws(QueryError) {
        let registered = lamps.filter { context.facts.devices[$0] != nil }
        let kinds = Dictionary(grouping: registered) {
            Kind(
                hold: context.hold(of: $0),
                hasFeeder: context.facts.devices[$0]?.feeder != nil
            )
        }
        for (kind, members) in kinds.sorted(by: { $0.key < $1.key }) {
            for batch in Self.batches(members, context.facts) {
                try load(
                    batch,
                    kind: kind,
                    needsDevices: kinds.count > 1,
                    in: context
                )
            }
        }
    }

    private struct Kind: Hashable, Comparable {
        let hold: Milliseconds
        let hasFeeder: Bool

        static func < (left: Kind, right: Kind) -> Bool {
            left.hold == right.hold
                ? left.hasFeeder && !right.hasFeeder : left.hold < right.hold
        }
    }

    /// Whole villages together, as many as the limit allows.
    private static func batches(_ lamps: [String], _ facts: IndicatorFacts) -> [[String]] {
        let byVillage = Dictionary(grouping: lamps) { facts.devices[$0]?.village ?? "" }
        var batches: [[String]] = []
        for (_, members) in byVillage.sorted(by: { $0.key < $1.key }) {
            let last = batches.last?.count ?? FormulaLimits.devicesPerQuery
            if last + members.count <= FormulaLimits.devicesPerQuery {
                batches[batches.count - 1] += members
            } else {
                batches.append(members)
            }
        }
        return batches
    }

    private mutating func load(
        _ lamps: [String],
        kind: Kind,
        needsDevices: Bool,
        in context: FormulaContext
    ) throws(QueryError) {
        let villages = Set(lamps.compactMap { context.facts.devices[$0]?.village })
        let selector =
            "village=~\"\(QueryText.alternation(villages))\""
            + (needsDevices ? ",device=~\"\(QueryText.alternation(lamps))\"" : "")
        let night = nightQuery(kind, lamps: lamps, villages: villages, in: context)
        let key = kind.hasFeeder ? "feeder" : "village"
        let hold = QueryText.duration(kind.hold)
        let power = QueryText.number(parameters.onPowerWatts)
        // The power tells whether there is light; the device's own flag only what it was told.
        let on =
            "(last_over_time(lamp_power_watts{\(selector)}[\(hold)]) > bool \(power)"
            + " or on (device) last_over_time(lamp_on{\(selector)}[\(hold)]) > bool 0)"
        let lit = "(\(on) * on (\(key)) group_left () (\(night) == 1))\(window.subquery)"
        let onPoints = try run("sum_over_time(\(lit))", in: context)
        let validPoints = try run("count_over_time(\(lit))", in: context)
        let nightPoints = try run("sum_over_time((\(night))\(window.subquery))", in: context)
        let skyPoints = try run("count_over_time((\(night))\(window.subquery))", in: context)
        let expected = expectedPoints(nightPoints, of: skyPoints, key: key)
        let valid = Self.byDevice(validPoints)
        let bright = Self.byDevice(onPoints)
        for lamp in lamps {
            let device = context.facts.devices[lamp]
            let place = (kind.hasFeeder ? device?.feeder : device?.village) ?? ""
            availability[lamp] = Availability(
                on: bright[lamp] ?? 0,
                valid: valid[lamp] ?? 0,
                expected: expected[place] ?? 0
            )
        }
    }

    /// The query of the night: 1 where light is expected, 0 where not.
    private func nightQuery(
        _ kind: Kind,
        lamps: [String],
        villages: Set<String>,
        in context: FormulaContext
    ) -> String {
        let hold = QueryText.duration(FormulaLimits.knownSeriesHold)
        guard kind.hasFeeder else {
            let pattern = QueryText.alternation(villages)
            return "max by (village) (last_over_time("
                + "sun_elevation_degrees{village=~\"\(pattern)\"}[\(hold)])) < bool -0.833"
        }
        let feeders = Set(lamps.compactMap { context.facts.devices[$0]?.feeder })
        let pattern = QueryText.alternation(feeders)
        return "max by (feeder) (last_over_time("
            + "lighting_expected{feeder=~\"\(pattern)\"}[\(hold)]))"
    }

    /// Points of night in the whole window: those known, enlarged by what is unknown of the sky.
    private func expectedPoints(
        _ night: [VectorElement],
        of sky: [VectorElement],
        key: String
    ) -> [String: Double] {
        let known = Dictionary(
            sky.map { ($0.labels[key] ?? "", $0.sample.value) },
            uniquingKeysWith: max
        )
        var expected: [String: Double] = [:]
        for element in night {
            let place = element.labels[key] ?? ""
            guard let points = known[place], points > 0 else { continue }
            expected[place] =
                element.sample.value * max(Double(window.pointCount) / points, 1)
        }
        return expected
    }

    private mutating func run(
        _ text: String,
        in context: FormulaContext
    ) throws(QueryError) -> [VectorElement] {
        let query = Figure.Query(text: text, at: context.at, step: nil)
        let elements = try context.runner.vector(query)
        queries.append(query)
        if elements.contains(where: { $0.labels["simulated"] == "true" }) { isSimulated = true }
        return elements
    }

    private static func byDevice(_ elements: [VectorElement]) -> [String: Double] {
        // A lamp with several channels is one lamp: its best known channel speaks.
        Dictionary(
            elements.map { ($0.labels["device"] ?? "", $0.sample.value) },
            uniquingKeysWith: max
        )
    }
}
