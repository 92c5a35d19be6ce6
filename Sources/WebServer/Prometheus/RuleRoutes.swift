internal import Hummingbird
internal import Telemetry

/// `rules` and `alerts` of the Prometheus API.
///
/// Parameters of `rules` narrow the list: `type` (`alert` or `record`), `rule_name[]`,
/// `rule_group[]`, `file[]` (and as Mimir writes them, without brackets), `match[]` on a rule's
/// labels; `exclude_alerts=true` leaves the alerts out. With `group_limit` groups come in pages:
/// `groupNextToken` of an answer is the next one's `group_next_token`.
/// - Source: Prometheus 3, "HTTP API", "Rules" and "Alerts".
struct RuleRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("rules", [.get]) { request, _ in
            try await rules(RequestParameters(&request))
        }
        router.answer("alerts", [.get]) { _, _ in
            let alerts = await backend.ruleGroups().flatMap(\.rules).flatMap { $0.alerts ?? [] }
            return try Response.success(encoding: ["alerts": alerts])
        }
    }

    private func rules(_ parameters: RequestParameters) async throws -> Response {
        let isWanted = try filter(parameters)
        let excludesAlerts = try Self.excludesAlerts(parameters)
        let place = try PlaceInPages(parameters)
        let files = Set(parameters.all("file[]") + parameters.all("file"))
        let names = Set(parameters.all("rule_group[]") + parameters.all("rule_group"))
        var groups = await backend.ruleGroups()
        groups.removeAll { group in
            (!names.isEmpty && !names.contains(group.name))
                || (!files.isEmpty && !files.contains(group.file))
        }
        for index in groups.indices {
            groups[index].rules.removeAll { !isWanted($0) }
            guard excludesAlerts else { continue }
            for place in groups[index].rules.indices
            where groups[index].rules[place].alerts != nil {
                groups[index].rules[place].alerts = []
            }
        }
        groups.removeAll { $0.rules.isEmpty }
        return try Response.success(encoding: try RulePage(groups, place))
    }

    private static func excludesAlerts(_ parameters: RequestParameters) throws(APIError) -> Bool {
        guard let text = parameters.first("exclude_alerts")?.lowercased() else { return false }
        // As Go's ParseBool reads it.
        switch text {
        case "1", "t", "true": return true
        case "0", "f", "false": return false
        default:
            throw APIError.invalid(
                "exclude_alerts",
                "error converting exclude_alerts: strconv.ParseBool: parsing "
                    + "\(QuotedText.of(text)): invalid syntax"
            )
        }
    }

    /// Which rules are asked for.
    private func filter(_ parameters: RequestParameters) throws(APIError)
        -> (RuleView) -> Bool
    {
        let selectors = try parameters.selectors()
        let type = parameters.first("type")?.lowercased()
        guard type == nil || type == "alert" || type == "record" else {
            throw APIError.invalid("type", "not supported value \(QuotedText.of(type ?? ""))")
        }
        let names = Set(parameters.all("rule_name[]") + parameters.all("rule_name"))
        return { rule in
            if type == "alert" && rule.type != "alerting" { return false }
            if type == "record" && rule.type != "recording" { return false }
            if !names.isEmpty && !names.contains(rule.name) { return false }
            guard !selectors.isEmpty else { return true }
            let labels = Labels((rule.labels ?? [:]).map { Label($0.key, $0.value) })
            return selectors.contains { $0.allSatisfy { $0.accepts(labels) } }
        }
    }
}

/// Which groups are asked for where they come in pages.
private struct PlaceInPages {
    /// Most groups of a page; nil for all groups on one.
    let limit: Int?
    /// Where the page begins; nil for the first.
    let token: String?

    init(_ parameters: RequestParameters) throws(APIError) {
        let (text, token) = (parameters.first("group_limit"), parameters.first("group_next_token"))
        self.token = token
        guard let text else {
            guard token == nil else {
                throw APIError.invalid(
                    "group_next_token",
                    "group_limit needs to be present in order to paginate over the groups"
                )
            }
            limit = nil
            return
        }
        guard let count = Int32(text) else {
            let reason = RequestParameters.noNumber(text, "ParseInt")
            throw APIError.invalid(
                "group_limit",
                "group_limit needs to be a valid number: \(reason)"
            )
        }
        guard count > 0 else {
            throw APIError.invalid("group_limit", "group_limit needs to be greater than 0")
        }
        limit = Int(count)
    }
}

/// Some of the groups, and where the next page begins.
private struct RulePage: Encodable {
    var groups: [RuleGroupView]
    var groupNextToken: String?

    init(_ groups: [RuleGroupView], _ place: PlaceInPages) throws(APIError) {
        self.groups = groups
        if let token = place.token {
            guard let start = groups.firstIndex(where: { Self.token($0) == token }) else {
                throw APIError.invalid(
                    "group_next_token",
                    "invalid group_next_token '\(token)'. were rule groups changed?"
                )
            }
            self.groups.removeFirst(start)
        }
        if let limit = place.limit, self.groups.count > limit {
            groupNextToken = Self.token(self.groups[limit])
            self.groups.removeLast(self.groups.count - limit)
        }
    }

    private static func token(_ group: RuleGroupView) -> String { "\(group.file);\(group.name)" }
}
