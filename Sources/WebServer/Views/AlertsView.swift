/// Alerts, as `GET /api/langso/v1/alerts` gives them.
public struct AlertsView: Codable, Sendable {
    /// Pending and firing alerts, the gravest first.
    public var open: [AlertView]
    /// Resolved ones, the latest first; at most 500.
    public var past: [AlertView]

    /// Creates the view.
    public init(open: [AlertView], past: [AlertView]) {
        self.open = open
        self.past = past
    }
}

/// One alert.
public struct AlertView: Codable, Sendable {
    /// Its number; each occurrence has a new one.
    public var number: Int
    /// `pending`, `firing` or `resolved`.
    public var state: String
    /// Name of the rule.
    public var name: String
    /// Code of the alarm, as `A1`.
    public var code: String
    /// `critical`, `major`, `minor` or `warning`.
    public var severity: String
    /// All labels.
    public var labels: [String: String]
    /// Summary in Vietnamese.
    public var summaryVi: String
    /// Summary in English.
    public var summaryEn: String
    /// When the condition began to hold, RFC 3339.
    public var activeAt: String
    /// When it began to fire; null while pending.
    public var firedAt: String?
    /// When it was resolved; null while open.
    public var resolvedAt: String?
    /// Value of the expression at the last evaluation, as text.
    public var value: String
    /// Number of the alert whose cause it shares; null when it stands for itself.
    public var absorbedBy: Int?
    /// Numbers of the alerts it stands for.
    public var members: [Int]
    /// Expression of the rule, to be opened as a chart.
    public var expression: String
    /// Whether simulated devices are behind it.
    public var isSimulated: Bool

    /// Creates the view.
    public init(
        number: Int,
        state: String,
        name: String,
        code: String,
        severity: String,
        labels: [String: String],
        summaryVi: String,
        summaryEn: String,
        activeAt: String,
        firedAt: String?,
        resolvedAt: String?,
        value: String,
        absorbedBy: Int?,
        members: [Int],
        expression: String,
        isSimulated: Bool
    ) {
        self.number = number
        self.state = state
        self.name = name
        self.code = code
        self.severity = severity
        self.labels = labels
        self.summaryVi = summaryVi
        self.summaryEn = summaryEn
        self.activeAt = activeAt
        self.firedAt = firedAt
        self.resolvedAt = resolvedAt
        self.value = value
        self.absorbedBy = absorbedBy
        self.members = members
        self.expression = expression
        self.isSimulated = isSimulated
    }
}

/// A rule group in the shape of Prometheus' `rules` endpoint.
public struct RuleGroupView: Codable, Sendable {
    /// Name of the group.
    public var name: String
    /// File it came from.
    public var file: String
    /// Seconds between evaluations.
    public var interval: Double
    /// Most alerts or series one rule may give; 0 is no limit.
    public var limit: Int
    /// Seconds the last evaluation took.
    public var evaluationTime: Double
    /// When it was evaluated last, RFC 3339.
    public var lastEvaluation: String
    /// Its rules in order.
    public var rules: [RuleView]

    /// Creates the view.
    public init(
        name: String,
        file: String,
        interval: Double,
        limit: Int,
        evaluationTime: Double,
        lastEvaluation: String,
        rules: [RuleView]
    ) {
        self.name = name
        self.file = file
        self.interval = interval
        self.limit = limit
        self.evaluationTime = evaluationTime
        self.lastEvaluation = lastEvaluation
        self.rules = rules
    }
}

/// A rule in the shape of Prometheus' `rules` endpoint.
public struct RuleView: Codable, Sendable {
    /// `alerting` or `recording`.
    public var type: String
    /// Name of the alert or of the recorded series.
    public var name: String
    /// Expression, as Prometheus writes it.
    public var query: String
    /// Seconds the condition must hold; null for recording rules.
    public var duration: Double?
    /// Seconds it fires on after the condition has gone; null for recording rules.
    public var keepFiringFor: Double?
    /// Labels it adds; left out for a recording rule that adds none.
    public var labels: [String: String]?
    /// Annotation templates; null for recording rules.
    public var annotations: [String: String]?
    /// Its pending and firing alerts; null for recording rules.
    public var alerts: [RuleAlertView]?
    /// `inactive`, `pending` or `firing`; null for recording rules.
    public var state: String?
    /// `ok`, `err` or `unknown`.
    public var health: String
    /// Why the last evaluation failed.
    public var lastError: String?
    /// Seconds the last evaluation took.
    public var evaluationTime: Double
    /// When it was evaluated last, RFC 3339.
    public var lastEvaluation: String

    /// Creates the view.
    public init(
        type: String,
        name: String,
        query: String,
        duration: Double?,
        keepFiringFor: Double?,
        labels: [String: String]?,
        annotations: [String: String]?,
        alerts: [RuleAlertView]?,
        state: String?,
        health: String,
        lastError: String?,
        evaluationTime: Double,
        lastEvaluation: String
    ) {
        self.type = type
        self.name = name
        self.query = query
        self.duration = duration
        self.keepFiringFor = keepFiringFor
        self.labels = labels
        self.annotations = annotations
        self.alerts = alerts
        self.state = state
        self.health = health
        self.lastError = lastError
        self.evaluationTime = evaluationTime
        self.lastEvaluation = lastEvaluation
    }
}

/// An alert in the shape of Prometheus' `alerts` and `rules` endpoints.
public struct RuleAlertView: Codable, Sendable {
    /// All labels, `alertname` among them.
    public var labels: [String: String]
    /// Annotations, expanded.
    public var annotations: [String: String]
    /// `pending` or `firing`.
    public var state: String
    /// When the condition began to hold, RFC 3339.
    public var activeAt: String
    /// Since when it fires without its condition, RFC 3339; left out while that holds.
    public var keepFiringSince: String?
    /// Value in Go's exponent form.
    public var value: String

    /// Creates the view.
    public init(
        labels: [String: String],
        annotations: [String: String],
        state: String,
        activeAt: String,
        keepFiringSince: String? = nil,
        value: String
    ) {
        self.labels = labels
        self.annotations = annotations
        self.state = state
        self.activeAt = activeAt
        self.keepFiringSince = keepFiringSince
        self.value = value
    }
}
