/// Requests that are wrong, and what of the answers is compared with Debian's Prometheus 2.42.
///
/// The answers are those of Prometheus 3.14 as its source has them. Where its parser speaks, the
/// gateway says the same place, and in its own words what it expected there.
struct RequestFault: Sendable {
    /// How the answer of 2.42 is related.
    enum Earlier: Sendable {
        /// Word for word the same.
        case same
        /// The same but for what the gateway adds at the end of the sentence.
        case beginning
        /// The same status and kind; the words are others, for a reason.
        case words(String)
        /// Not a fault yet, for a reason.
        case accepts(String)
    }

    let path: String
    let parameters: [(String, String)]
    let error: String
    let earlier: Earlier

    init(
        _ path: String,
        _ parameters: [(String, String)],
        _ error: String,
        _ earlier: Earlier = .same
    ) {
        self.path = path
        self.parameters = parameters
        self.error = error
        self.earlier = earlier
    }

    /// Every one of them is answered with 400 and `bad_data`.
    static let all = instant + range + exemplars + lists + others

    private static let newer = Earlier.accepts("a parameter of Prometheus 3")
    private static let capital = Earlier.words("2.42 begins with a capital letter")
    private static let unnamed = Earlier.words("2.42 does not name the parameter")
    private static let expected = Earlier.words("the gateway says what it expected")

    private static let instant = [
        RequestFault(
            "query",
            [],
            "invalid parameter \"query\": 1:1: parse error: no expression found in input, "
                + "expected one such as up or sum(up)",
            .beginning
        ),
        RequestFault("query", [("query", "up"), ("time", "soon")], time("time", "soon"), capital),
        RequestFault(
            "query",
            [("query", "up"), ("time", "12:00")],
            time("time", "12:00"),
            capital
        ),
        RequestFault(
            "query",
            [("query", "up"), ("time", "1e400")],
            time("time", "1e400"),
            capital
        ),
        RequestFault(
            "query",
            [("query", "up"), ("time", "2023-11-14")],
            time("time", "2023-11-14"),
            capital
        ),
        RequestFault(
            "query",
            [("query", "up"), ("time", "a\"b")],
            time("time", #"a\"b"#),
            capital
        ),
        RequestFault(
            "query",
            [("query", "up"), ("time", "NaN")],
            time("time", "NaN"),
            .accepts("Go makes some time of NaN, the gateway none")
        ),
        RequestFault("query", [("query", "up"), ("timeout", "soon")], span("timeout", "soon")),
        RequestFault(
            "query",
            [("query", "up"), ("timeout", "1e300")],
            span("timeout", "1e300") + ". It overflows int64"
        ),
        RequestFault(
            "query",
            [("query", "up"), ("lookback_delta", "soon")],
            "error parsing lookback delta duration: cannot parse \"soon\" to a valid duration",
            newer
        ),
        RequestFault(
            "query",
            [("query", "up"), ("limit", "x")],
            "invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax",
            newer
        ),
        RequestFault(
            "query",
            [("query", "up"), ("limit", "99999999999999999999")],
            "invalid parameter \"limit\": strconv.Atoi: parsing \"99999999999999999999\": "
                + "value out of range",
            newer
        ),
        RequestFault(
            "query",
            [("query", "up"), ("limit", "-1")],
            "invalid parameter \"limit\": limit must be non-negative",
            newer
        ),
        RequestFault(
            "query",
            [("query", "sum(")],
            "invalid parameter \"query\": 1:5: parse error: unexpected end of input in query, "
                + "expected an expression",
            expected
        ),
        RequestFault(
            "query",
            [("query", "up{")],
            "invalid parameter \"query\": 1:4: parse error: unexpected end of input in label "
                + "matching, expected a label or \"}\"",
            expected
        ),
        RequestFault(
            "query",
            [("query", "rate(up)")],
            "invalid parameter \"query\": 1:6: parse error: expected type range vector in call to "
                + "function \"rate\", got instant vector"
        ),
        RequestFault(
            "query",
            [("query", "{}")],
            "invalid parameter \"query\": 1:1: parse error: vector selector must contain at least "
                + "one non-empty matcher, expected one such as site=\"a\"",
            .beginning
        ),
    ]

    private static let range = [
        RequestFault("query_range", [], "invalid parameter \"start\": " + noTime("")),
        RequestFault(
            "query_range",
            [("query", "up")],
            "invalid parameter \"start\": " + noTime("")
        ),
        ranged([("start", "0")], "invalid parameter \"end\": " + noTime("")),
        ranged([("start", "x"), ("end", "600")], "invalid parameter \"start\": " + noTime("x")),
        ranged([("start", "0"), ("end", "x")], "invalid parameter \"end\": " + noTime("x")),
        ranged([("start", "0"), ("end", "600")], span("step", "")),
        ranged([("start", "0"), ("end", "600"), ("step", "x")], span("step", "x")),
        ranged([("start", "0"), ("end", "600"), ("step", "300y")], span("step", "300y")),
        ranged(
            [("start", "0"), ("end", "600"), ("step", "1e30")],
            span("step", "1e30") + ". It overflows int64"
        ),
        ranged([("start", "0"), ("end", "600"), ("step", "0")], noStep),
        ranged([("start", "0"), ("end", "600"), ("step", "-1")], noStep),
        ranged([("start", "0"), ("end", "600"), ("step", "NaN")], noStep),
        ranged(
            [("start", "600"), ("end", "0"), ("step", "x")],
            "invalid parameter \"end\": end timestamp must not be before start time"
        ),
        ranged(
            [("start", "0"), ("end", "11001"), ("step", "1")],
            "exceeded maximum resolution of 11,000 points per timeseries. "
                + "Try decreasing the query resolution (?step=XX)"
        ),
        ranged(
            [("start", "0"), ("end", "6"), ("step", "1"), ("timeout", "x")],
            span("timeout", "x")
        ),
        ranged([("start", "0"), ("end", "6"), ("step", "1")], matrix("range vector"), unnamed)
            .asking("up[5m]"),
        ranged([("start", "0"), ("end", "6"), ("step", "1")], matrix("string"), unnamed)
            .asking("\"x\""),
    ]

    private static let exemplars = [
        RequestFault("query_exemplars", [("start", "x")], time("start", "x"), capital),
        RequestFault("query_exemplars", [("end", "x")], time("end", "x"), capital),
        RequestFault(
            "query_exemplars",
            [("query", "up"), ("start", "5"), ("end", "1")],
            "end timestamp must not be before start timestamp"
        ),
        RequestFault(
            "query_exemplars",
            [],
            "1:1: parse error: no expression found in input, expected one such as up or sum(up)",
            .beginning
        ),
    ]

    private static let lists = [
        RequestFault("series", [], "no match[] parameter provided"),
        RequestFault(
            "series",
            [("match[]", "up{")],
            "invalid parameter \"match[]\": 1:4: parse error: unexpected end of input in label "
                + "matching, expected a label or \"}\"",
            expected
        ),
        RequestFault(
            "series",
            [("match[]", "sum(up)")],
            "invalid parameter \"match[]\": 1:1: parse error: expected a series selector such as "
                + "up{site=\"a\"}, got \"sum(up)\"",
            expected
        ),
        RequestFault(
            "series",
            [("match[]", "{}")],
            "invalid parameter \"match[]\": 1:1: parse error: vector selector must contain at "
                + "least one non-empty matcher, expected one such as site=\"a\"",
            expected
        ),
        RequestFault("series", [("match[]", "up"), ("start", "x")], time("start", "x"), capital),
        RequestFault("series", [("match[]", "{}"), ("end", "x")], time("end", "x"), capital),
        RequestFault(
            "labels",
            [("match[]", "up{")],
            "1:4: parse error: unexpected end of input in label matching, expected a label or "
                + "\"}\"",
            expected
        ),
        RequestFault("labels", [("start", "x")], time("start", "x"), capital),
        RequestFault("labels", [("end", "x")], time("end", "x"), capital),
        RequestFault(
            "labels",
            [("limit", "x")],
            "invalid parameter \"limit\": strconv.Atoi: parsing \"x\": invalid syntax",
            newer
        ),
        RequestFault("label/a%FF/values", [], #"invalid label name: "a\xff""#),
        RequestFault("label/a/values", [("start", "x")], time("start", "x"), capital),
        RequestFault("label/a/values", [("end", "x")], time("end", "x"), capital),
    ]

    private static let others = [
        RequestFault("metadata", [("limit", "x")], "limit must be a number"),
        RequestFault(
            "metadata",
            [("limit_per_metric", "x")],
            "limit_per_metric must be a number",
            newer
        ),
        RequestFault(
            "rules",
            [("type", "other")],
            "invalid parameter \"type\": not supported value \"other\""
        ),
        RequestFault(
            "rules",
            [("exclude_alerts", "maybe")],
            "invalid parameter \"exclude_alerts\": error converting exclude_alerts: "
                + "strconv.ParseBool: parsing \"maybe\": invalid syntax",
            newer
        ),
        RequestFault(
            "rules",
            [("group_limit", "x")],
            "invalid parameter \"group_limit\": group_limit needs to be a valid number: "
                + "strconv.ParseInt: parsing \"x\": invalid syntax",
            newer
        ),
        RequestFault(
            "rules",
            [("group_limit", "0")],
            "invalid parameter \"group_limit\": group_limit needs to be greater than 0",
            newer
        ),
        RequestFault(
            "rules",
            [("group_next_token", "x")],
            "invalid parameter \"group_next_token\": group_limit needs to be present in order to "
                + "paginate over the groups",
            newer
        ),
        RequestFault(
            "rules",
            [("group_limit", "1"), ("group_next_token", "x")],
            "invalid parameter \"group_next_token\": invalid group_next_token 'x'. were rule "
                + "groups changed?",
            newer
        ),
        RequestFault(
            "format_query",
            [],
            "invalid parameter \"query\": 1:1: parse error: no expression found in input, "
                + "expected one such as up or sum(up)",
            .beginning
        ),
        RequestFault("status/tsdb", [("limit", "0")], "limit must be a positive number", newer),
        RequestFault("status/tsdb", [("limit", "x")], "limit must be a positive number", newer),
        RequestFault("status/tsdb", [("limit", "10001")], "limit must not exceed 10000", newer),
    ]

    private static let noStep =
        "invalid parameter \"step\": zero or negative query resolution step widths are not "
        + "accepted. Try a positive integer"

    private static func noTime(_ text: String) -> String {
        "cannot parse \"\(text)\" to a valid timestamp"
    }

    private static func time(_ name: String, _ text: String) -> String {
        "invalid parameter \"\(name)\": invalid time value for '\(name)': " + noTime(text)
    }

    private static func span(_ name: String, _ text: String) -> String {
        "invalid parameter \"\(name)\": cannot parse \"\(text)\" to a valid duration"
    }

    private static func matrix(_ type: String) -> String {
        "invalid parameter \"query\": invalid expression type \"\(type)\" for range query, must be "
            + "Scalar or instant Vector"
    }

    private static func ranged(
        _ parameters: [(String, String)],
        _ error: String,
        _ earlier: Earlier = .same
    ) -> RequestFault {
        RequestFault("query_range", [("query", "up")] + parameters, error, earlier)
    }

    private func asking(_ query: String) -> RequestFault {
        RequestFault(path, [("query", query)] + parameters.dropFirst(), error, earlier)
    }
}
