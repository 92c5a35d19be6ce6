public import PromQL
public import Telemetry

/// One rule of a rule file.
public struct Rule: Sendable {
    /// What a rule gives.
    public enum Kind: Sendable {
        /// Samples of a series with the rule's name.
        case recording
        /// Alerts with the rule's name.
        case alerting(AlertingTerms)
    }

    /// Identity that outlives a restart: file, group, kind and name, numbered where those are the
    /// same.
    public let id: RuleID
    /// Name of the alert or of the recorded series.
    public let name: String
    /// Whether it records or alerts.
    public let kind: Kind
    /// What is evaluated.
    public let expression: PromQL.Expression
    /// The expression as the file has it.
    public let expressionText: String
    /// Labels it adds, the group's among them, in rising order of their names.
    public let labels: [RuleText]
    /// Line of the file at which it stands, from 1.
    public let line: Int

    /// Whether its templates ask for other series.
    var usesQuery: Bool { (labels + annotations).contains { $0.template.usesQuery } }

    /// Annotation templates; empty for a recording rule.
    public var annotations: [RuleText] {
        if case .alerting(let terms) = kind { terms.annotations } else { [] }
    }
}

/// What only alerting rules have.
public struct AlertingTerms: Sendable {
    /// How long the condition must hold before the alert fires: `for`.
    public let holdFor: Milliseconds
    /// How long the alert fires on after the condition has gone: `keep_firing_for`.
    public let keepFiringFor: Milliseconds
    /// Annotation templates in rising order of their names.
    public let annotations: [RuleText]
}

/// A named template.
public struct RuleText: Hashable, Sendable {
    /// Name of the label or annotation.
    public let name: String
    /// Its text.
    public let template: TextTemplate

    /// The same text without any template in it.
    var plain: RuleText { RuleText(name: name, template: TextTemplate(plain: template.text)) }
}

/// What a rule is known by in stored state.
public struct RuleID: Hashable, Comparable, Codable, Sendable, CustomStringConvertible {
    /// The text.
    public let rawValue: String

    /// Creates an identity from its text.
    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// Reads a plain string.
    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes a plain string.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }

    /// Compares by text.
    public static func < (left: RuleID, right: RuleID) -> Bool { left.rawValue < right.rawValue }

    /// The text.
    public var description: String { rawValue }
}
