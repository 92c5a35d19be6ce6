import Telemetry
import Testing

@testable import Indicators

struct AreaCoverTests {
    private typealias Count = IndicatorFacts.RegistryCount

    private func cover(_ records: [(String, String)]) -> AreaCover<Count> {
        let counts = records.map {
            Count(key: "k", area: $0.0, numerator: 1, date: District.day($0.1))
        }
        return AreaCover(
            of: ["v1", "v2", "v3"],
            from: counts,
            facts: District.facts,
            area: \.area,
            date: \.date
        )
    }

    @Test func `records of former communes cover the merged one`() {
        let cover = cover([("old-a", "2024-01-01"), ("old-b", "2023-01-01")])
        #expect(cover.villages == ["v1", "v2", "v3"])
        #expect(cover.records.count == 2)
    }

    @Test func `a newer record of the whole unit replaces those of its parts`() {
        let cover = cover([
            ("old-a", "2024-01-01"), ("old-b", "2023-01-01"), ("new", "2026-01-01"),
        ])
        #expect(cover.records.map(\.area) == ["new"])
    }

    @Test func `a newer record of one village does not tear an older whole apart`() {
        let cover = cover([("new", "2025-08-01"), ("v2", "2025-09-01")])
        #expect(cover.records.map(\.area) == ["new"])
    }

    @Test func `newer records that cover all replace an older whole`() {
        let cover = cover([
            ("new", "2025-08-01"), ("v1", "2025-09-01"), ("v2", "2025-09-01"),
            ("v3", "2025-09-01"),
        ])
        #expect(cover.records.map(\.area).sorted() == ["v1", "v2", "v3"])
    }

    @Test func `a record of a unit on a day on which it had no village covers nothing`() {
        #expect(cover([("old-a", "2025-07-01")]).records.isEmpty)
    }
}
