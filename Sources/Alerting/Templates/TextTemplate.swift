public import Telemetry

/// A text with `{{ … }}` actions, as labels and annotations of Prometheus rules hold it.
///
/// The language is the part of Go's `text/template` that published rule files use:
///
///     text      anything outside of {{ and }}; {{- and -}} trim the blanks beside them
///     action    {{ pipeline }}   {{/* comment */}}
///               {{ if pipeline }} … {{ else if pipeline }} … {{ else }} … {{ end }}
///     pipeline  command { | command }      the value before | is the last argument after it
///     command   operand  or  function operand…
///     operand   $labels  $labels.name  $value  $externalLabels.name  $externalURL
///               .Labels  .Labels.name  .Value  .ExternalLabels.name  .ExternalURL
///               "text"  `text`  12  -0.5  true  false  ( pipeline )
///
/// Functions are the cases of `TemplateFunction`. What is not supported (`range`, `with`,
/// `query`, variables, regular expressions) is refused when the text is read, never when an alert
/// opens. A label that is missing is the empty text.
///
/// - Source: Prometheus, "Template reference"; Go, package text/template.
public struct TextTemplate: Hashable, Sendable {
    /// The template as it was written.
    public let text: String
    let parts: [TemplatePart]

    /// Reads a template.
    ///
    /// - Throws: ``AlertingError/badTemplate(offset:reason:)`` for what is malformed, too long or
    ///   not supported.
    public init(parsing text: String) throws(AlertingError) {
        guard text.utf8.count <= AlertingLimits.templateBytes else {
            throw .badTemplate(
                offset: AlertingLimits.templateBytes,
                reason: "it has \(text.utf8.count) bytes, the limit is "
                    + "\(AlertingLimits.templateBytes)"
            )
        }
        self.text = text
        var parser = TemplateParser(tokens: try TemplateLexer.tokens(of: text))
        parts = try parser.template()
    }

    /// Takes a text as it stands, with no template in it.
    init(plain text: String) {
        self.text = text
        parts = [.text(text)]
    }

    /// Why a trial run fails, with a number for the value and without labels; nil when it does not.
    ///
    /// Types are known before any alert, so it shows what could never work. Prometheus does not
    /// refuse it: the alert shows the failure in place of the text.
    var trialFailure: String? {
        do {
            _ = try expand(with: TemplateData(labels: .empty, value: 0.5))
            return nil
        } catch .templateFailed(let reason) {
            return reason
        } catch {
            return "\(error)"
        }
    }

    /// Expands the template.
    ///
    /// - Throws: ``AlertingError/templateFailed(reason:)`` when a function refuses its arguments.
    public func expand(with data: TemplateData) throws(AlertingError) -> String {
        try Self.expand(parts, with: data)
    }

    /// Expands the template, or gives the text that Prometheus shows when that fails.
    public func text(with data: TemplateData) -> String {
        do {
            return try expand(with: data)
        } catch {
            return "<error expanding template: \(error)>"
        }
    }
}

/// What a template may show.
public struct TemplateData: Sendable {
    /// Labels of the result; the metric name is among them where the expression keeps it.
    public var labels: Labels
    /// Value of the result.
    public var value: Double
    /// Labels of the whole gateway.
    public var externalLabels: Labels
    /// Address under which people reach the gateway; empty when none is configured.
    public var externalURL: String

    /// Creates the data.
    public init(
        labels: Labels,
        value: Double,
        externalLabels: Labels = .empty,
        externalURL: String = ""
    ) {
        self.labels = labels
        self.value = value
        self.externalLabels = externalLabels
        self.externalURL = externalURL
    }
}

/// A piece of a template.
enum TemplatePart: Hashable, Sendable {
    case text(String)
    case action(TemplatePipeline)
    case branches([TemplateBranch], otherwise: [TemplatePart])
}

/// One `if` or `else if` with what stands under it.
struct TemplateBranch: Hashable, Sendable {
    let condition: TemplatePipeline
    let parts: [TemplatePart]
}

/// Commands, each given the value of the one before as its last argument.
struct TemplatePipeline: Hashable, Sendable {
    let commands: [TemplateCommand]
}

/// A function with its arguments, or a single operand.
enum TemplateCommand: Hashable, Sendable {
    case operand(TemplateOperand)
    case call(TemplateFunction, [TemplateOperand])
}

/// What a command works on.
enum TemplateOperand: Hashable, Sendable {
    case label(String)
    case labels
    case externalLabel(String)
    case externalLabels
    case externalURL
    case value
    case constant(TemplateValue)
    indirect case pipeline(TemplatePipeline)
}

/// A value inside a template.
enum TemplateValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int)
    case flag(Bool)
    case labels(Labels)
}
