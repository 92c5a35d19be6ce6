import Telemetry
import Testing

@testable import Indicators

struct IndicatorFactsTests {
    @Test func `a village belongs to the old commune to the last day and to the new one after`() {
        let facts = District.facts
        #expect(facts.villageCodes(of: "old-a", on: District.lastDayBefore) == ["v1", "v2"])
        #expect(facts.villageCodes(of: "old-a", on: District.merger).isEmpty)
        #expect(facts.villageCodes(of: "new", on: District.lastDayBefore).isEmpty)
        #expect(facts.villageCodes(of: "new", on: District.merger) == ["v1", "v2", "v3"])
    }

    @Test func `the day of an instant is that of Vietnam`() {
        let facts = District.facts
        let lastSecond = District.merger.midnight(offset: .hours(7)) - Milliseconds(1)
        #expect(facts.localDate(lastSecond) == District.lastDayBefore)
        #expect(facts.localDate(lastSecond + Milliseconds(1)) == District.merger)
    }

    @Test func `a village stands for itself and an unknown code for nothing`() {
        let facts = District.facts
        #expect(facts.unit("v1")?.name == "Một")
        #expect(facts.villageCodes(of: "v1", on: District.merger) == ["v1"])
        #expect(facts.unit("nowhere") == nil)
        #expect(facts.villageCodes(of: "nowhere", on: District.merger).isEmpty)
    }
}
