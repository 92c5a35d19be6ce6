/// Wrong expressions with what the parser says of them.
///
/// The places are those of Prometheus but where it names the end of a fault or the beginning of the
/// whole expression; the words are its own where they say enough.
enum WrongExpressions {
    static let table: [(text: String, place: String, message: String)] = [
        ("", "1:1", "no expression found in input, expected one such as up or sum(up)"),
        (" \n", "1:1", "no expression found in input, expected one such as up or sum(up)"),
        (
            "# only a comment", "1:1",
            "no expression found in input, expected one such as up or sum(up)"
        ),
        ("sum(", "1:5", "unexpected end of input in query, expected an expression"),
        ("sum(up", "1:7", "unexpected end of input in aggregation, expected \",\" or \")\""),
        ("up +", "1:5", "unexpected end of input in query, expected an expression"),
        ("up + * 2", "1:6", "unexpected \"*\" in query, expected an expression"),
        ("(up", "1:4", "unexpected end of input in paren expression, expected \")\""),
        ("(up))", "1:5", "unexpected \")\" in query, expected an operator or the end"),
        ("1 2", "1:3", "unexpected \"2\" in query, expected an operator or the end"),
        ("up up", "1:4", "unexpected \"up\" in query, expected an operator or the end"),
        (
            "sum by (without) (up)", "1:9",
            "unexpected \"without\" in grouping opts, expected a label"
        ),
        ("sum by (a, inf) (up)", "1:12", "unexpected \"inf\" in grouping opts, expected a label"),
        ("on", "1:1", "unexpected \"on\" in query, expected an expression"),
        ("up{", "1:4", "unexpected end of input in label matching, expected a label or \"}\""),
        (
            "up{site", "1:8",
            "unexpected end of input in label matching, expected one of = != =~ !~"
        ),
        ("up{site=", "1:9", "unexpected end of input in label matching, expected a quoted text"),
        (
            "up{site=\"a\"", "1:12",
            "unexpected end of input in label matching, expected \",\" or \"}\""
        ),
        (
            "up{site=\"a\" job=\"b\"}", "1:13",
            "unexpected \"job\" in label matching, expected \",\" or \"}\""
        ),
        (
            "up{site==“a”}", "1:8",
            "unexpected \"==\" in label matching, expected one of = != =~ !~"
        ),
        ("up{1=\"a\"}", "1:4", "unexpected \"1\" in label matching, expected a label or \"}\""),
        (
            "up{site=\"a\",,job=\"b\"}", "1:13",
            "unexpected \",\" in label matching, expected a label or \"}\""
        ),
        (
            "up{site=~\"(\"}", "1:10",
            "cannot compile the pattern \"(\": a ')' is missing, at character 2, "
                + "expected a pattern as RE2 has them"
        ),
        (
            "up{__name__=\"other\"}", "1:1",
            "metric name must not be set twice: \"up\" or __name__=\"other\", "
                + "expected one of them"
        ),
        (
            "{}", "1:1",
            "vector selector must contain at least one non-empty matcher, expected "
                + "one such as site=\"a\""
        ),
        (
            "{site=~\".*\"}", "1:1",
            "vector selector must contain at least one non-empty matcher, expected "
                + "one such as site=\"a\""
        ),
        (
            "{site!=\"a\"}", "1:1",
            "vector selector must contain at least one non-empty matcher, expected "
                + "one such as site=\"a\""
        ),
        ("up[5m", "1:6", "unexpected end of input in range selector, expected \":\" or \"]\""),
        ("up[5m:", "1:7", "unexpected end of input in subquery selector, expected a duration"),
        ("up[]", "1:4", "unexpected \"]\" in subquery or range selector, expected a duration"),
        ("up[0s]", "1:4", "duration must be greater than 0, expected one such as 5m"),
        ("up[5m:0s]", "1:7", "duration must be greater than 0, expected one such as 5m"),
        (
            "up[1m5h]", "1:4",
            "bad number or duration syntax: \"1m5h\", expected a number or units "
                + "in falling order as in 1h30m"
        ),
        (
            "up[5m][5m]", "1:7",
            "ranges only allowed for vector selectors, expected one before it, or "
                + "\":\" for a subquery"
        ),
        (
            "up[5m:1m][5m]", "1:10",
            "ranges only allowed for vector selectors, expected one before it, or "
                + "\":\" for a subquery"
        ),
        (
            "(up)[5m]", "1:5",
            "ranges only allowed for vector selectors, expected one before it, or "
                + "\":\" for a subquery"
        ),
        (
            "up offset 5m [5m]", "1:14",
            "no offset or @ modifiers allowed before range, expected them behind it"
        ),
        ("up offset", "1:10", "unexpected end of input in offset, expected a duration"),
        ("up offset 5m offset 1m", "1:14", "offset may not be set multiple times, expected one"),
        (
            "sum(up) offset 5m", "1:9",
            "offset modifier must be preceded by an instant vector selector or "
                + "range vector selector or a subquery, expected one before it"
        ),
        ("up @", "1:5", "unexpected end of input in @, expected a timestamp, start() or end()"),
        ("up @ site", "1:6", "unexpected \"site\" in @, expected a timestamp, start() or end()"),
        ("up @ 5 @ 6", "1:8", "@ <timestamp> may not be set multiple times, expected one"),
        (
            "up @ 1e300", "1:6",
            "timestamp out of bounds for @ modifier: 1e+300, expected seconds "
                + "within 9.2e15"
        ),
        ("up @ start", "1:11", "unexpected end of input in @, expected \"(\""),
        ("foo(up)", "1:1", "unknown function with name \"foo\", expected a function of PromQL"),
        (
            "rate(up)", "1:6",
            "expected type range vector in call to function \"rate\", got instant "
                + "vector"
        ),
        ("rate(up[5m], 1)", "1:1", "expected 1 argument(s) in call to \"rate\", got 2"),
        ("clamp(up, 1)", "1:1", "expected 3 argument(s) in call to \"clamp\", got 2"),
        ("round()", "1:1", "expected at least 1 argument(s) in call to \"round\", got 0"),
        (
            "abs(up,)", "1:8",
            "trailing commas not allowed in function call args, expected an "
                + "expression"
        ),
        (
            "sum(up[5m])", "1:5",
            "expected type instant vector in aggregation expression, got range "
                + "vector"
        ),
        ("sum()", "1:1", "no arguments for aggregate expression provided, expected 1"),
        (
            "sum(up, up)", "1:1",
            "wrong number of arguments for aggregate expression provided, expected "
                + "1, got 2"
        ),
        (
            "topk(up)", "1:1",
            "wrong number of arguments for aggregate expression provided, expected "
                + "2, got 1"
        ),
        ("topk(\"1\", up)", "1:6", "expected type scalar in aggregation parameter, got string"),
        (
            "count_values(1, up)", "1:14",
            "expected type string in aggregation parameter, got scalar"
        ),
        ("sum by site (up)", "1:8", "unexpected \"site\" in grouping opts, expected \"(\""),
        (
            "sum by (site (up)", "1:14",
            "unexpected \"(\" in grouping opts, expected \",\" or \")\""
        ),
        ("sum by (1) (up)", "1:9", "unexpected \"1\" in grouping opts, expected a label"),
        (
            "1 == 1", "1:3",
            "comparisons between scalars must use BOOL modifier, expected \"== "
                + "bool\""
        ),
        (
            "up and 1", "1:4",
            "set operator \"and\" not allowed in binary scalar expression, "
                + "expected an instant vector on both sides"
        ),
        (
            "up + bool up", "1:6",
            "bool modifier can only be used on comparison operators, expected one "
                + "of == != < <= > >= before it"
        ),
        (
            "up and on (site) group_left up", "1:18",
            "no grouping allowed for \"and\" operation, expected an expression"
        ),
        (
            "up + on (site) group_left (site) up", "1:6",
            "label \"site\" must not occur in ON and GROUP clause at once, "
                + "expected it in one of them"
        ),
        (
            "up + on (site) 1", "1:4",
            "vector matching only allowed between instant vectors, expected one on "
                + "both sides"
        ),
        (
            "up[5m] + 1", "1:1",
            "binary expression must contain only scalar and instant vector types, "
                + "expected one of them, got range vector"
        ),
        (
            "1 + up[5m]", "1:5",
            "binary expression must contain only scalar and instant vector types, "
                + "expected one of them, got range vector"
        ),
        (
            "\"a\" + 1", "1:1",
            "binary expression must contain only scalar and instant vector types, "
                + "expected one of them, got string"
        ),
        (
            "-\"a\"", "1:1",
            "unary expression only allowed on expressions of type scalar or "
                + "instant vector, expected one of them, got string"
        ),
        (
            "-up[5m]", "1:1",
            "unary expression only allowed on expressions of type scalar or "
                + "instant vector, expected one of them, got range vector"
        ),
        (
            "5mm", "1:1",
            "bad number or duration syntax: \"5mm\", expected a number or units in "
                + "falling order as in 1h30m"
        ),
        (
            "1e", "1:1",
            "bad number or duration syntax: \"1e\", expected a number or units in "
                + "falling order as in 1h30m"
        ),
        (
            "1e400", "1:1",
            "bad number or duration syntax: \"1e400\", expected a number or units in falling "
                + "order as in 1h30m"
        ),
        (
            "0x", "1:1",
            "bad number or duration syntax: \"0x\", expected a number or units in "
                + "falling order as in 1h30m"
        ),
        (
            "08x", "1:1",
            "bad number or duration syntax: \"08x\", expected a number or units in "
                + "falling order as in 1h30m"
        ),
        ("1.2.3", "1:4", "unexpected \".3\" in query, expected an operator or the end"),
        ("\"abc", "1:1", "unterminated quoted string, expected \" at its end"),
        ("'abc\n'", "1:1", "unterminated quoted string, expected ' at its end"),
        (
            "\"\\q\"", "1:1",
            "unknown escape sequence in a quoted string, expected one of \\a \\b "
                + "\\f \\n \\r \\t \\v \\\\ \\\" \\ooo \\xhh \\uhhhh \\Uhhhhhhhh"
        ),
        (
            "\"\\'\"", "1:1",
            "unknown escape sequence in a quoted string, expected one of \\a \\b "
                + "\\f \\n \\r \\t \\v \\\\ \\\" \\ooo \\xhh \\uhhhh \\Uhhhhhhhh"
        ),
        (
            "'\\\"'", "1:1",
            "unknown escape sequence in a quoted string, expected one of \\a \\b "
                + "\\f \\n \\r \\t \\v \\\\ \\' \\ooo \\xhh \\uhhhh \\Uhhhhhhhh"
        ),
        (
            "\"\\ud800\"", "1:1",
            "unknown escape sequence in a quoted string, expected one of \\a \\b "
                + "\\f \\n \\r \\t \\v \\\\ \\\" \\ooo \\xhh \\uhhhh \\Uhhhhhhhh"
        ),
        (
            "up +\u{0B}2", "1:5",
            "unexpected character: '\u{0B}', expected an expression or an operator"
        ),
        (
            "up +\u{0C}2", "1:5",
            "unexpected character: '\u{0C}', expected an expression or an operator"
        ),
        ("up $ 2", "1:4", "unexpected character: '$', expected an expression or an operator"),
        ("up ! 2", "1:4", "unexpected character: '!', expected an expression or an operator"),
        ("up =~ \"x\"", "1:4", "unexpected \"=~\" in query, expected an operator or the end"),
        ("up = 1", "1:4", "unexpected \"=\" in query, expected an operator or the end"),
        ("làng", "1:2", "unexpected character: 'à', expected an expression or an operator"),
        (
            "up\n  + rate(down)", "2:10",
            "expected type range vector in call to function \"rate\", got instant "
                + "vector"
        ),
        ("sum(up)\nby site", "2:4", "unexpected \"site\" in grouping opts, expected \"(\""),
        ("time(1)", "1:1", "expected 0 argument(s) in call to \"time\", got 1"),
        (
            "label_replace(up, \"a\", \"b\", \"c\", 1)", "1:34",
            "expected type string in call to function \"label_replace\", got scalar"
        ),
        (
            "vector(up)", "1:8",
            "expected type scalar in call to function \"vector\", got instant "
                + "vector"
        ),
        (
            "scalar(1)", "1:8",
            "expected type instant vector in call to function \"scalar\", got "
                + "scalar"
        ),
        ("1[5m:]", "1:2", "subquery is only allowed on instant vector, expected one, got scalar"),
        (
            "time()[5m:1m]", "1:7",
            "subquery is only allowed on instant vector, expected one, got scalar"
        ),
        (
            "max_over_time(1[5m:])", "1:16",
            "subquery is only allowed on instant vector, expected one, got scalar"
        ),
        ("up[5m:1m:1m]", "1:9", "unexpected \":\" in subquery selector, expected \"]\""),
        ("up[-5m]", "1:4", "duration must be greater than 0, expected one such as 5m"),
        ("up[5m:-1m]", "1:7", "duration must be greater than 0, expected one such as 5m"),
        (
            "sum by (site) without (job) (up)", "1:15",
            "unexpected \"without\" in aggregation, expected \"(\""
        ),
        (
            "up{site=\"a\"}{job=\"b\"}", "1:13",
            "unexpected \"{\" in query, expected an operator or the end"
        ),
        (
            "up group_left up", "1:4",
            "unexpected \"group_left\" in query, expected an operator or the end"
        ),
        (
            "up + group_left up", "1:6",
            "unexpected \"group_left\" in query, expected an expression"
        ),
        ("up == bool bool 1", "1:12", "unexpected \"bool\" in query, expected an expression"),
        ("sum(up) by", "1:11", "unexpected end of input in grouping opts, expected \"(\""),
        (
            "up[5m] @ 5 offset 5m offset 1m", "1:22",
            "offset may not be set multiple times, expected one"
        ),
        (
            "up{\"site\"}", "1:1",
            "metric name must not be set twice: \"up\" or __name__=\"site\", "
                + "expected one of them"
        ),
        (
            "up{__name__=\"a\"}", "1:1",
            "metric name must not be set twice: \"up\" or __name__=\"a\", expected "
                + "one of them"
        ),
        (
            "up{site=\"a\"} ~ 2", "1:14",
            "unexpected character: '~', expected an expression or an operator"
        ),
        ("sum(-)", "1:6", "unexpected \")\" in query, expected an expression"),
        ("up[5m*]", "1:7", "unexpected \"]\" in subquery or range selector, expected a duration"),
        ("up[1m:*2]", "1:7", "unexpected \"*\" in subquery selector, expected a duration"),
        ("up[(5m]", "1:7", "unexpected \"]\" in duration expression, expected \")\""),
        ("up[step]", "1:8", "unexpected \"]\" in step, expected \"(\""),
        ("up[range(1)]", "1:10", "unexpected \"1\" in range, expected \")\""),
        ("up[min_of(1)]", "1:12", "unexpected \")\" in min_of, expected \",\""),
        ("up[max_of(1,2,3)]", "1:14", "unexpected \",\" in max_of, expected \")\""),
        ("up[max_of(1,)]", "1:13", "unexpected \")\" in max_of, expected a duration"),
        (
            "up[5m atan2 2]", "1:7",
            "unexpected \"atan2\" in range selector, expected \":\" or \"]\""
        ),
        ("up[step()/0d]", "1:10", "division by zero, expected a divisor other than 0"),
        ("up[1+5s%0d]", "1:8", "modulo by zero, expected a divisor other than 0"),
        ("up[1m:2m-3m]", "1:7", "duration must be greater than 0, expected one such as 5m"),
        ("up offset (4d/(1-1))", "1:14", "division by zero, expected a divisor other than 0"),
        (
            "up offset (9e15*9)", "1:11",
            "duration out of range, expected at most 9223372036 seconds"
        ),
        ("up offset -", "1:12", "unexpected end of input in offset, expected a duration"),
        ("up offset (1m)+up", "1:16", "unexpected \"up\" in offset, expected a duration"),
        ("up offset step", "1:15", "unexpected end of input in step, expected \"(\""),
        ("up offset (1m) offset 1m", "1:16", "offset may not be set multiple times, expected one"),
        ("up offset 1m offset (1m)", "1:14", "offset may not be set multiple times, expected one"),
        (
            "up offset step()[5m]", "1:17",
            "no offset or @ modifiers allowed before range, expected them behind it"
        ),
        ("up[x]", "1:4", "unexpected \"x\" in subquery or range selector, expected a duration"),
        (
            "up @ NaN", "1:6",
            "timestamp out of bounds for @ modifier: nan, expected seconds within "
                + "9.2e15"
        ),
        (
            "up @ -Inf", "1:6",
            "timestamp out of bounds for @ modifier: -inf, expected seconds within "
                + "9.2e15"
        ),
        (
            "quantile_over_time(up[5m], 0.5)", "1:20",
            "expected type scalar in call to function \"quantile_over_time\", got "
                + "range vector"
        ),
        (
            "histogram_quantile(up, 0.5)", "1:20",
            "expected type scalar in call to function \"histogram_quantile\", got "
                + "instant vector"
        ),
        (
            "label_join(up, \"a\")", "1:1",
            "expected at least 3 argument(s) in call to \"label_join\", got 2"
        ),
        (
            "absent(1)", "1:8",
            "expected type instant vector in call to function \"absent\", got "
                + "scalar"
        ),
        (
            "topk(1, 2)", "1:9",
            "expected type instant vector in aggregation expression, got scalar"
        ),
        (
            "bottomk by (site) (up)", "1:1",
            "wrong number of arguments for aggregate expression provided, expected "
                + "2, got 1"
        ),
        (
            "avg(\"a\")", "1:5",
            "expected type instant vector in aggregation expression, got string"
        ),
        (
            "up ^ up[5m]", "1:6",
            "binary expression must contain only scalar and instant vector types, "
                + "expected one of them, got range vector"
        ),
        ("!up", "1:1", "unexpected character: '!', expected an expression or an operator"),
        ("up <> 2", "1:5", "unexpected \">\" in query, expected an expression"),
    ]
}
