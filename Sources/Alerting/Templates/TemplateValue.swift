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
    /// What `toTime` gives, in seconds since 1970.
    case time(Double)
    /// What the template is given: `.Labels`, `.Value` and so on.
    case root
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
        case .labels(let labels): !labels.sorted.isEmpty
        case .samples(let samples): !samples.isEmpty
        case .sample, .time, .root: true
        }
    }

    /// The value as Go's `%v` prints it.
    var text: String {
        switch self {
        case .text(let text): text
        case .number(let number): NumberText.shortest(number)
        case .integer(let number): String(number)
        case .flag(let flag): String(flag)
        case .labels(let labels): Self.text(labels)
        case .samples(let samples):
            "[" + samples.map { Self.sample($0).text }.joined(separator: " ") + "]"
        case .sample(let sample):
            "{\(Self.text(sample.labels)) \(NumberText.shortest(sample.value))}"
        case .time(let seconds): NumberText.timestamp(seconds)
        case .root: "{}"
        }
    }

    private static func text(_ labels: Labels) -> String {
        "map[" + labels.sorted.map { "\($0.name):\($0.value)" }.joined(separator: " ") + "]"
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
        case .samples: "samples"
        case .sample: "a sample"
        case .time: "a time"
        case .root: "everything"
        }
    }
}
