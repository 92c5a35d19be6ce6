import PromQL
import Testing

@Suite struct ScriptSeriesTests {
    @Test func `steps are added up one by one, as promtool does`() throws {
        let items = try ScriptSeries("x 0+0.1x10").items
        #expect(items.count == 11)
        #expect(items.last == 0.999_999_999_999_999_9)
        #expect(items[3] == 0.1 + 0.1 + 0.1)
    }
}
