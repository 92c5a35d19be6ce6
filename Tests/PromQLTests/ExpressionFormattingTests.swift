import PromQL
import Testing

/// What is expected is what Prometheus 2.42 gives for `format_query`.
@Suite struct ExpressionFormattingTests {
    @Test(arguments: [
        ("sum  by(a)(x)", "sum by (a) (x)"),
        ("x{b='2',a=\"1\"}[5m] offset 1h", "x{a=\"1\",b=\"2\"}[5m] offset 1h"),
        ("x@7.5", "x @ 7.500"),
        ("-x ^ 2", "-x ^ 2"),
        ("a + on(b)group_left  c", "a + on (b) group_left () c"),
        ("topk(3,x)without(a)", "topk without (a) (3, x)"),
        ("rate(x[1h:]) # end", "rate(x[1h:])"),
    ])
    func `a short expression is one line`(text: String, formatted: String) throws {
        #expect(try PromQLParser.parse(text).formatted == formatted)
    }

    @Test func `a long expression is divided`() throws {
        let text = """
            sum by (village) \
            (rate(water_volume_cubic_metres_total{zone=~"Nà Ếch|Ngàn Chi|Thẩm Phúc"}[5m])) \
            / on (village) group_left (commune) max by (village, commune) (lamp_power_watts)
            """
        let formatted = """
              sum by (village) (
                rate(water_volume_cubic_metres_total{zone=~"Nà Ếch|Ngàn Chi|Thẩm Phúc"}[5m])
              )
            / on (village) group_left (commune)
              max by (village, commune) (lamp_power_watts)
            """
        let result = try PromQLParser.parse(text).formatted
        #expect(result == formatted)
        #expect(try PromQLParser.parse(result).description == PromQLParser.parse(text).description)
    }
}
