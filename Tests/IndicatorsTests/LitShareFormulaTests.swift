import Telemetry
import TestKit
import Testing

@testable import Indicators

struct LitShareFormulaTests {
    /// What a lamp does in the window.
    enum Behaviour: CaseIterable {
        case works
        case fails
        case silent
    }

    static let formula: LitShareFormula = {
        var parameters = LitShareParameters()
        parameters.grid = GridParameters(window: District.twoDays, step: .minutes(30))
        return LitShareFormula(parameters: parameters)
    }()

    /// One segment of road: its village, length and what its lamps do.
    struct Road {
        let village: String
        let kilometres: Double
        let lamps: [Behaviour]
        var hasFeeder = true
        var roadClass = "village"
    }

    private static func world(
        _ roads: [Road],
        simulated: Bool = false
    ) -> (IndicatorFacts, SampledSource) {
        var facts = District.facts
        var source = SampledSource()
        let from = District.now - District.twoDays - .hours(2)
        for (number, road) in roads.enumerated() {
            let feeder = "f-\(road.village)"
            var ids: [String] = []
            for (place, behaviour) in road.lamps.enumerated() {
                let id = "lamp-\(number)-\(place)"
                ids.append(id)
                facts.devices[id] = IndicatorFacts.Device(
                    id: id,
                    village: road.village,
                    feeder: road.hasFeeder ? feeder : nil,
                    expectedInterval: .minutes(15),
                    isSimulated: false
                )
                guard behaviour != .silent else { continue }
                var labels = ["device": id, "village": road.village]
                if road.hasFeeder { labels["feeder"] = feeder }
                if simulated { labels["simulated"] = "true" }
                source.add(
                    "lamp_power_watts",
                    labels,
                    from: from,
                    to: District.now,
                    every: .minutes(15)
                ) { behaviour == .works && District.isNight($0) ? 30 : 0.4 }
            }
            facts.roads.append(
                .init(
                    id: "road-\(number)",
                    village: road.village,
                    roadClass: road.roadClass,
                    lengthKilometres: road.kilometres,
                    lamps: ids
                )
            )
        }
        for village in ["v1", "v2", "v3"] {
            source.add(
                "lighting_expected",
                ["feeder": "f-\(village)"],
                from: from,
                to: District.now,
                every: .minutes(30)
            ) { District.isNight($0) ? 1 : 0 }
            source.add(
                "sun_elevation_degrees",
                ["village": village],
                from: from,
                to: District.now,
                every: .minutes(30)
            ) { District.isNight($0) ? -20 : 20 }
        }
        return (facts, source)
    }

    private func figure(_ roads: [Road], villages: Set<String> = ["v1", "v2", "v3"]) throws
        -> Figure
    {
        let (facts, source) = Self.world(roads)
        return try Self.formula.figure(
            in: District.context(facts, villages: villages, source: source)
        )
    }

    @Test func `length counts and not the number of segments`() throws {
        let figure = try figure([
            Road(village: "v1", kilometres: 3, lamps: [.works, .works]),
            Road(village: "v2", kilometres: 1, lamps: [.fails]),
        ])
        #expect(figure.value == 75)
        #expect(figure.low == 75)
        #expect(figure.high == 75)
        #expect(figure.coverage == 1)
        #expect(figure.numerator == 3)
        #expect(figure.denominator == 4)
    }

    @Test func `a segment without lamps is not lit`() throws {
        let figure = try figure([
            Road(village: "v1", kilometres: 1, lamps: [.works]),
            Road(village: "v1", kilometres: 1, lamps: []),
        ])
        #expect(figure.value == 50)
        #expect(figure.notes.first?.en == "1 segments without lamps count as not lit")
    }

    @Test func `a segment with silent lamps is unknown`() throws {
        let figure = try figure([
            Road(village: "v1", kilometres: 2, lamps: [.works]),
            Road(village: "v1", kilometres: 1, lamps: [.silent]),
            Road(village: "v1", kilometres: 1, lamps: [.fails]),
        ])
        #expect(figure.low == 50)
        #expect(figure.high == 75)
        #expect(figure.value.map { ($0 - 200 / 3.0).magnitude < 1e-9 } ?? false)
        #expect(figure.coverage == 0.75)
    }

    @Test func `nothing heard is no value`() throws {
        let figure = try figure([Road(village: "v1", kilometres: 2, lamps: [.silent])])
        #expect(figure.value == nil)
        #expect(figure.coverage == 0)
    }

    @Test func `lamps without a feeder are held against the sun`() throws {
        let figure = try figure([
            Road(village: "v3", kilometres: 1, lamps: [.works, .works], hasFeeder: false),
            Road(village: "v3", kilometres: 1, lamps: [.fails], hasFeeder: false),
            Road(village: "v3", kilometres: 2, lamps: [.works]),
        ])
        #expect(figure.value == 75)
        #expect(figure.expressions.contains { $0.text.contains("sun_elevation_degrees") })
        #expect(figure.expressions.contains { $0.text.contains("lighting_expected") })
    }

    @Test func `two neighbours that fail make a segment dark whatever the share`() {
        let formula = LitShareFormula(parameters: LitShareParameters())
        let twenty = [Finding](repeating: .good, count: 20)
        var apart = twenty
        apart[3] = .bad
        apart[9] = .bad
        var together = twenty
        together[3] = .bad
        together[4] = .bad
        #expect(formula.lit(apart) == .good)
        #expect(formula.lit(together) == .bad)
    }

    @Test func `nine of ten working lamps are enough and eight are not`() {
        let formula = LitShareFormula(parameters: LitShareParameters())
        var lamps = [Finding](repeating: .good, count: 10)
        lamps[0] = .bad
        #expect(formula.lit(lamps) == .good)
        lamps[5] = .bad
        #expect(formula.lit(lamps) == .bad)
        lamps[5] = .unknown
        #expect(formula.lit(lamps) == .unknown)
        #expect(formula.lit([]) == .bad)
    }

    @Test func `only the wanted class of road is counted`() throws {
        let (facts, source) = Self.world([
            Road(village: "v1", kilometres: 1, lamps: [.works], roadClass: "commune"),
            Road(village: "v1", kilometres: 1, lamps: [.fails]),
        ])
        var parameters = Self.formula.parameters
        parameters.roadClass = "commune"
        let formula = LitShareFormula(parameters: parameters)
        #expect(try formula.figure(in: District.context(facts, source: source)).value == 100)
        parameters.roadClass = "field"
        let none = try LitShareFormula(parameters: parameters)
            .figure(in: District.context(facts, source: source))
        #expect(none.value == nil)
        #expect(none.notes.first?.en == "no segment of road is registered")
    }

    @Test func `simulated series mark the figure`() throws {
        let roads = [Road(village: "v1", kilometres: 1, lamps: [.works])]
        let (facts, source) = Self.world(roads, simulated: true)
        let context = District.context(facts, source: source)
        #expect(try Self.formula.figure(in: context).isSimulated)
        #expect(try !figure(roads).isSimulated)
    }

    @Test func `a union of villages equals the sum of its parts`() throws {
        var generator = SeededGenerator(seed: 23)
        print("seed \(generator.seed)")
        let roads = (0..<12).map { _ in
            Road(
                village: ["v1", "v2", "v3"].randomElement(using: &generator) ?? "v1",
                kilometres: Double(Int.random(in: 1...20, using: &generator)) / 4,
                lamps: (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    Behaviour.allCases.randomElement(using: &generator) ?? .works
                }
            )
        }
        let whole = try figure(roads)
        let parts = try ["v1", "v2", "v3"].map { try figure(roads, villages: [$0]) }
        #expect(whole.numerator == parts.reduce(0) { $0 + ($1.numerator ?? 0) })
        #expect(whole.denominator == parts.reduce(0) { $0 + ($1.denominator ?? 0) })
        let low = try #require(whole.low)
        let value = try #require(whole.value)
        let high = try #require(whole.high)
        #expect(low <= value && value <= high)
    }

    @Test func `the queries of a commune are those that anybody can run again`() throws {
        let figure = try figure([
            Road(village: "v1", kilometres: 1, lamps: [.works]),
            Road(village: "v2", kilometres: 1, lamps: [.works]),
        ])
        let lamps =
            "(last_over_time(lamp_power_watts{village=~\"v1|v2\"}[30m]) > bool 2 or on (device) "
            + "last_over_time(lamp_on{village=~\"v1|v2\"}[30m]) > bool 0)"
        let night =
            "max by (feeder) (last_over_time(lighting_expected{feeder=~\"f-v1|f-v2\"}[1h]))"
        let lit = "(\(lamps) * on (feeder) group_left () (\(night) == 1))[2d:30m]"
        #expect(
            figure.expressions.map(\.text) == [
                "sum_over_time(\(lit))", "count_over_time(\(lit))",
                "sum_over_time((\(night))[2d:30m])", "count_over_time((\(night))[2d:30m])",
            ]
        )
    }
}
