/// One label: a name and its value.
public struct Label: Hashable, Comparable, Sendable {
    /// Name, `[a-zA-Z_][a-zA-Z0-9_]*` by convention.
    public let name: String
    /// Value; never empty inside ``Labels``.
    public let value: String

    /// Creates a label.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Compares by name, then by value, both by the bytes of their UTF-8 as Prometheus does.
    public static func < (left: Label, right: Label) -> Bool {
        left.name == right.name
            ? left.value.utf8.lexicographicallyPrecedes(right.value.utf8)
            : left.name.utf8.lexicographicallyPrecedes(right.name.utf8)
    }
}

/// The labels that name a series: sorted by name, no name twice, no empty value.
///
/// The metric name is the label ``metricNameLabel``. Two series are one when their labels are
/// equal.
public struct Labels: Hashable, Sendable {
    /// The label that holds the metric name.
    public static let metricNameLabel = "__name__"

    /// The labels in rising order of their names.
    public let sorted: [Label]

    /// Creates labels from pairs in any order; the last of two with one name wins, empty values go.
    public init(_ labels: some Sequence<Label>) {
        var kept: [Label] = []
        for label in labels {
            if let index = kept.firstIndex(where: { $0.name == label.name }) {
                kept[index] = label
            } else {
                kept.append(label)
            }
        }
        kept.removeAll { $0.value.isEmpty }
        kept.sort()
        sorted = kept
    }

    /// Takes labels that are known to be in rising order of their names, none twice or empty.
    ///
    /// Costs nothing, where sorting costs a comparison of texts for each pair.
    /// - Precondition: they are so; checked in debug builds.
    public init(alreadySorted labels: [Label]) {
        assert(
            zip(labels, labels.dropFirst()).allSatisfy {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            } && labels.allSatisfy { !$0.value.isEmpty },
            "labels in rising order of their names, without empty values"
        )
        sorted = labels
    }

    /// Creates labels with a metric name.
    public init(metric: String, _ labels: [String: String] = [:]) {
        self.init(
            labels.map { Label($0.key, $0.value) } + [Label(Self.metricNameLabel, metric)]
        )
    }

    /// Hashes the values alone: names cost as much again and hardly ever tell two series apart.
    public func hash(into hasher: inout Hasher) {
        for label in sorted { hasher.combine(label.value) }
    }

    /// No labels.
    public static let empty = Labels([])

    /// The metric name, or nil when there is none.
    public var metricName: String? { self[Self.metricNameLabel] }

    /// The value of a label, or nil when it is absent.
    public subscript(name: String) -> String? {
        for label in sorted where label.name == name { return label.value }
        return nil
    }

    /// These labels with one set; an empty value removes it.
    public func setting(_ name: String, to value: String) -> Labels {
        Labels(sorted + [Label(name, value)])
    }

    /// These labels without some.
    public func removing(_ names: String...) -> Labels {
        Labels(alreadySorted: sorted.filter { !names.contains($0.name) })
    }

    /// These labels without the metric name.
    public var withoutMetricName: Labels {
        guard let place = sorted.firstIndex(where: { $0.name == Self.metricNameLabel }) else {
            return self
        }
        var rest = sorted
        rest.remove(at: place)
        return Labels(alreadySorted: rest)
    }
}

extension Labels: Comparable {
    /// Compares label by label, a shorter prefix first.
    public static func < (left: Labels, right: Labels) -> Bool {
        left.sorted.lexicographicallyPrecedes(right.sorted)
    }
}

extension Labels: ExpressibleByDictionaryLiteral {
    /// Creates labels from a literal such as `["__name__": "up", "device": "d1"]`.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements.map { Label($0.0, $0.1) })
    }
}

extension Labels: CustomStringConvertible {
    /// The labels as PromQL writes them: `name{label="value", …}`.
    public var description: String {
        let inner = sorted.filter { $0.name != Self.metricNameLabel }
            .map { "\($0.name)=\(Self.quoted($0.value))" }
            .joined(separator: ", ")
        let name = metricName ?? ""
        return inner.isEmpty && !name.isEmpty ? name : "\(name){\(inner)}"
    }

    /// A text as a PromQL string literal with double quotes.
    public static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
