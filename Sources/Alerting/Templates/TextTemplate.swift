public import Telemetry

/// A text with `{{ … }}` actions, as labels and annotations of Prometheus rules hold it.
///
/// The language is Go's `text/template` with the functions of Prometheus:
///
///     text      anything outside of {{ and }}; {{- and -}} trim the blanks beside them
///     action    {{ pipeline }}   {{ $name := pipeline }}   {{ $name = pipeline }}
///               {{/* comment */}}
///               {{ if pipeline }} … {{ else if pipeline }} … {{ else }} … {{ end }}
///               {{ with pipeline }} … {{ else }} … {{ end }}
///               {{ range pipeline }} … {{ break }} … {{ continue }} … {{ else }} … {{ end }}
///               {{ range $index, $element := pipeline }} … {{ end }}
///               {{ define "name" }} … {{ end }}    a template of its own, in which . and $ are
///                                                  what it is given and no other $name is known
///               {{ template "name" pipeline }}     expands it
///               {{ block "name" pipeline }} … {{ end }}    both at once
///     pipeline  command { | command }      the value before | is the last argument after it
///     command   operand  or  function operand…
///     operand   $labels  $labels.name  $value  $externalLabels.name  $externalURL  $name  $
///               .  .Labels.name  .Value  .ExternalLabels.name  .ExternalURL
///               "text"  `text`  12  -0.5  true  false  ( pipeline )  ( pipeline ).Field
///
/// Functions are the cases of `TemplateFunction`. What is not supported (the functions `call`,
/// `html`, `js`, `slice`, `urlquery` of Go) is refused when the text is read, never when an alert
/// opens. A label that is missing is the empty text.
///
/// - Source: Prometheus, "Template reference"; Go, package text/template.
public struct TextTemplate: Hashable, Sendable {
    /// The template as it was written.
    public let text: String
    /// Whether it asks for other series when it is expanded.
    let usesQuery: Bool
    private let parts: [TemplatePart]
    /// The templates that it defines, by their names.
    private let definitions: [String: [TemplatePart]]

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
        definitions = parser.definitions
        usesQuery = parser.usesQuery
    }

    /// Takes a text as it stands, with no template in it.
    init(plain text: String) {
        self.text = text
        parts = [.text(text)]
        definitions = [:]
        usesQuery = false
    }

    /// What it always expands to; nil when that depends on the data.
    var plainText: String? {
        var text = ""
        for part in parts {
            guard case .text(let piece) = part else { return nil }
            text += piece
        }
        return text
    }

    /// Why a trial run fails, with a number for the value and without labels; nil when it does not.
    ///
    /// Types are known before any alert, so it shows what could never work. Prometheus does not
    /// refuse it: the alert shows the failure in place of the text. What depends on other series
    /// cannot be tried.
    var trialFailure: String? {
        guard !usesQuery else { return nil }
        var data = TemplateData(labels: .empty, value: 0.5)
        data.isTrial = true
        do {
            _ = try expand(with: data)
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
        var expander = TemplateExpander(data, definitions)
        return try expander.text(of: parts)
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

/// Evaluates an expression for a template.
typealias TemplateQuery = @Sendable (String) throws(AlertingError) -> [TemplateSample]

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
    /// Answers `query`; nil answers nothing.
    var query: TemplateQuery?
    /// Whether nothing is known of the labels: an empty text then passes as a number.
    var isTrial = false

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
