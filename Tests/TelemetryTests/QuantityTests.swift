import Telemetry
import Testing

struct QuantityTests {
    @Test func `names are unique and metric names follow Prometheus`() {
        #expect(Set(Quantity.all.map(\.id)).count == Quantity.all.count)
        #expect(Set(Quantity.all.map(\.metricName)).count == Quantity.all.count)
        for quantity in Quantity.all {
            #expect(quantity.metricName.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" })
            #expect((quantity.kind == .counter) == quantity.metricName.hasSuffix("_total"))
            #expect(quantity.help.hasSuffix("."))
        }
    }

    @Test func `a value in its own unit becomes a sample in the base unit and back`() throws {
        let energy = try #require(Quantity.named("lamp.energy"))
        #expect(energy.metricValue(1.5) == 5_400_000)
        #expect(energy.readingValue(5_400_000) == 1.5)
        let level = try #require(Quantity.withMetricName("lamp_level_ratio"))
        #expect(level.metricValue(70) == 0.7)
        #expect(Quantity.named("lamp.colour") == nil)
    }
}
