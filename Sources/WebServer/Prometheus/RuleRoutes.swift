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
        let excludesAlerts = try parameters.truth("exclude_alerts")
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
        return try Response.success(encoding: try RulePage(groups, parameters))
    }

    /// Which rules are asked for.
    private func filter(_ parameters: RequestParameters) throws(APIError)
        -> (RuleView) -> Bool
    {
        let type = parameters.first("type")
        guard type == nil || type == "alert" || type == "record" else {
            throw APIError(
                .badData,
                "invalid parameter \"type\": not supported value \"\(type ?? "")\""
            )
        }
        let names = Set(parameters.all("rule_name[]") + parameters.all("rule_name"))
        let selectors = try parameters.selectors()
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

/// Some of the groups, and where the next page begins.
private struct RulePage: Encodable {
    var groups: [RuleGroupView]
    var groupNextToken: String?

    init(_ groups: [RuleGroupView], _ parameters: RequestParameters) throws(APIError) {
        self.groups = groups
        let limit = try parameters.limit("group_limit")
        if let token = parameters.first("group_next_token") {
            guard limit != nil else {
                throw APIError(
                    .badData,
                    "invalid parameter \"group_limit\": it goes with \"group_next_token\""
                )
            }
            guard let start = groups.firstIndex(where: { Self.token($0) == token }) else {
                throw APIError(
                    .badData,
                    "invalid parameter \"group_next_token\": \"\(token)\" is no group, rules may "
                        + "have been changed; begin without it"
                )
            }
            self.groups.removeFirst(start)
        }
        if let limit, self.groups.count > limit {
            groupNextToken = Self.token(self.groups[limit])
            self.groups.removeLast(self.groups.count - limit)
        }
    }

    private static func token(_ group: RuleGroupView) -> String { "\(group.file);\(group.name)" }
}
