internal import Telemetry

/// A value inside a template.
enum TemplateValue: Hashable, Sendable {
    case text(String)
    case number(Double)
    case integer(Int)
    case flag(Bool)
    case labels(Labels)
    /// What `query` gives.
    case samples([TemplateSample])
    case sample(TemplateSample)
    /// What `args` gives.
    case arguments(TemplateArguments)
    /// What a map has under a name that is not in it, and a template that is given nothing: Go's
    /// nil.
    case nothing
    /// What `toTime` gives, in seconds since 1970.
    case time(Double)
    /// What the template is given: `.Labels`, `.Value` and so on.
    case root
}

/// Values under the names `arg0`, `arg1` and so on, so that a template can be given several.
struct TemplateArguments: Hashable, Sendable {
    let values: [TemplateValue]
    /// Bytes of the text that they print as, about.
    ///
    /// Arguments may be put into arguments again and again; the text of what is small in memory
    /// could be longer than anything.
    let byteCount: Int

    init(_ values: [TemplateValue]) {
        self.values = values
        byteCount = values.reduce("map[]".utf8.count) { count, value in
            count + "arg0: ".utf8.count + value.byteCount
        }
    }
}

/// A sample that a template has asked for.
struct TemplateSample: Hashable, Sendable {
    let labels: Labels
    let value: Double
}

extension TemplateValue {
    /// Go's truth: not empty and not zero.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .number(let number): number != 0
        case .integer(let number): number != 0
        case .flag(let flag): flag
        case .labels, .arguments: entries?.isEmpty == false
        case .nothing: false
        case .samples(let samples): !samples.isEmpty
        case .sample, .time, .root: true
        }
    }

    /// The entries of a map in rising order of their names, as Go goes over it; nil where it is
    /// no map.
    var entries: [(name: String, value: TemplateValue)]? {
        switch self {
        case .labels(let labels): labels.sorted.map { ($0.name, .text($0.value)) }
        case .arguments(let arguments):
            arguments.values.enumerated().map { ("arg\($0.offset)", $0.element) }
                .sorted { $0.0 < $1.0 }
        default: nil
        }
    }

    /// Bytes of ``text``; of arguments, about as many.
    var byteCount: Int {
        if case .arguments(let arguments) = self { arguments.byteCount } else { text.utf8.count }
    }

    /// The value as an action puts it out.
    var shownText: String { self == .nothing ? "<no value>" : text }

    /// The value as Go's `%v` prints it.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): NumberText.shortest(number)
        case .integer(let number): String(number)
        case .flag(let flag): String(flag)
        case .labels, .arguments: Self.text(entries ?? [])
        case .nothing: "<nil>"
        case .samples(let samples):
            "[" + samples.map { Self.sample($0).text }.joined(separator: " ") + "]"
        case .sample(let sample):
            "{\(Self.labels(sample.labels).text) \(NumberText.shortest(sample.value))}"
        case .time(let seconds): NumberText.timestamp(seconds)
        case .root: "{}"
        }
    }

    private static func text(_ entries: [(name: String, value: TemplateValue)]) -> String {
        "map[" + entries.map { "\($0.name):\($0.value.text)" }.joined(separator: " ") + "]"
    }

    var isText: Bool {
        if case .text = self { true } else { false }
    }

    /// Name of the type in Go, which its `printf` shows.
    var typeName: String {
        switch self {
        case .text: "string"
        case .number: "float64"
        case .integer: "int"
        case .flag: "bool"
        case .labels: "map[string]string"
        case .arguments: "map[string]interface {}"
        case .nothing: "<nil>"
        case .samples: "template.queryResult"
        case .sample: "*template.sample"
        case .time: "*time.Time"
        case .root: "struct"
        }
    }

    var kindName: String {
        switch self {
        case .text: "a text"
        case .number: "a number"
        case .integer: "a whole number"
        case .flag: "a flag"
        case .labels: "labels"
        case .arguments: "arguments"
        case .nothing: "nothing"
        case .samples: "samples"
        case .sample: "a sample"
        case .time: "a time"
        case .root: "everything"
        }
    }
}
