extension ExpressionGenerator {
    /// An expression that no engine may answer: its words, its types or its matches are wrong.
    mutating func wrong() -> String {
        let operand = vector(1, []).operand
        let number = scalar(1)
        let metric = metric([]) { $0.seconds <= 60 && $0.labels.contains("village") }
        let name = metric.name
        return one(of: [
            // Types.
            "rate(\(operand))", "sum(\(number))", "(\(operand)) and \(number)", "1 == 2",
            "\"text\" + \(operand)", "abs(\(number))", "vector(\(operand))", "-\"text\"",
            "\(name)[5m] + 1", "sum(\(name)[5m])", "scalar(\(number))", "time(1)",
            "clamp(\(name), 1)",
            "quantile_over_time(\(name)[5m], 0.5)", "label_join(\(name), \"a\")", "topk(\(name))",
            "topk(\"1\", \(name))", "count_values(1, \(name))", "\(number) == \(number)",
            "histogram_quantile(\(name), \(name))",
            "label_replace(\(name), \"a\", \"b\", \"c\", 1)",
            // Words.
            "\(operand) +", "sum(\(operand)", "\(name){village=}", "\(name){village=\"v0\"",
            "\(name) \(name)", "\(name)[5]m", "\(name)[5m", "\(name)[]", "\(name)[0s]", "5mm",
            "sum by \(name)", "sum by (village \(name)", "(\(operand)))", "unknown(\(name))",
            "\(name){village=~\"(\"}", "{}", "{village=~\".*\"}", "{village!=\"x\"}", "\"open",
            "\(name){__name__=\"other\"}", "\(name) offset", "\(name) offset 1m offset 2m",
            "\(name) @ 5 @ 6", "(\(name)) offset 5m", "sum(\(name)) offset 5m", "\(name) @ x",
            "\(name) + bool \(name)", "\(name) and bool \(name)",
            "\(name) and on () group_left \(name)",
            "\(name) + on (village) group_left (village) \(name)", "\(name) offset 5m [5m]",
            "\(name)[5m][5m]", "\(name)[5m:1m:1m]", "\(name)[5m:0s]", "sum(\(name),)",
            "abs(\(name),)",
            "\(name) = 1", "\(name) === 1", "!\(name)", "a.b", "\(name){1=\"a\"}", "\"\\q\"",
            "1 ++", "",
            "on", "group_left", "bool", "\(name) on (a) \(name)", "\(name) + on (1) \(name)",
            "\(name) group_left \(name)", "sum by (village) without (village) (\(name))", "1 + * 2",
            "\(name)[5m:1m] + 1", "1[5m:]", "time()[5m:1m]", "max_over_time(\(number)[5m:])",
            "by (a) sum(\(name))", "\(name) @ start",
            "$a", "\(name)[1m5h]", "\(name)[5m5m]", "\(name)[1.5m]", "0x", "1e",
            "0xFFFFFFFFFFFFFFFF", "#",
            // Matches.
            "\(name) + on (village) \(name)", "\(name) * on (nothing) group_left () \(name)",
            "label_replace(\(name), \"device\", \"same\", \"device\", \".*\")",
            "label_join(\(name), \"device\", \"\", \"nothing\")",
            "{__name__=~\"request_duration_seconds_(count|sum)\"} * 2",
            "rate({__name__=~\"request_duration_seconds_(count|sum)\"}[10m])",
            "-{__name__=~\"request_duration_seconds_(count|sum)\"}",
            "topk(NaN, \(name))", "topk(1e30, \(name))", "bottomk(-1e30, \(name))",
            "label_replace(\(name), \"a\", \"b\", \"c\", \"(\")",
            "label_replace(\(name), \"\", \"b\", \"c\", \"d\")",
            "label_join(\(name), \"\", \"-\", \"device\")", "count_values(\"\", \(name))",
        ])
    }
}
