import Telemetry
import Testing

@testable import Indicators

struct UptimeFormulaTests {
    static let formula: UptimeFormula = {
        var parameters = UptimeParameters(pointKind: "wifi")
        parameters.grid = GridParameters(window: District.twoDays, step: .minutes(30))
        return UptimeFormula(parameters: parameters)
    }()

    /// Points that were up for a share of the window and unknown for another.
    private func figure(_ points: [(id: String, up: Double, known: Double)]) throws -> Figure {
        var facts = District.facts
        var source = SampledSource()
        for point in points {
            facts.devices[point.id] = .init(id: point.id, village: "v1")
            facts.points.append(.init(device: point.id, village: "v1", kind: "wifi"))
            let start = District.now - District.twoDays
            source.add(
                "device_up",
                ["device": point.id],
                from: start,
                to: District.now,
                every: .minutes(30)
            ) { time in
                let share = (time - start).seconds / District.twoDays.seconds
                guard share <= point.known else { return nil }
                return share <= point.up ? 1 : 0
            }
        }
        return try Self.formula.figure(in: District.context(facts, source: source))
    }

    @Test func `a point counts from the wanted share on`() throws {
        let figure = try figure([("p1", 1, 1), ("p2", 0.96, 1), ("p3", 0.5, 1), ("p4", 0, 1)])
        #expect(figure.value == 50)
        #expect(figure.low == 50)
        #expect(figure.high == 50)
        #expect(figure.coverage == 1)
    }

    @Test func `time without probes is unknown and not down`() throws {
        let figure = try figure([("p1", 1, 1), ("p2", 1, 0.4)])
        #expect(figure.low == 50)
        #expect(figure.high == 100)
        #expect(figure.value == 100)
        #expect(figure.coverage.map { $0 > 0.65 && $0 < 0.75 } ?? false)
    }

    @Test func `other kinds and other villages do not count`() throws {
        var facts = District.facts
        facts.points = [
            .init(device: "c", village: "v1", kind: "camera"),
            .init(device: "w", village: "v2", kind: "wifi"),
        ]
        let context = District.context(facts, villages: ["v1"], source: SampledSource())
        let figure = try Self.formula.figure(in: context)
        #expect(figure.value == nil)
        #expect(figure.notes.first?.en == "no such point is registered")
    }
}
