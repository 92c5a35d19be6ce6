/// Where a value stands in a record.
enum FieldReference: Hashable, Sendable, CustomStringConvertible {
    /// A column of a csv record.
    case column(String)
    /// A path into a JSON line.
    case path(RecordPath)

    var description: String {
        switch self {
        case .column(let name): name
        case .path(let path): path.description
        }
    }
}

/// A way to a value inside a JSON line, as `properties.fill`, `rxInfo[0].rssi`, `["switch:0"].w`.
///
/// Keys are divided by points; keys that hold points or brackets stand in brackets and quotation
/// marks; `[n]` is an element from 0.
struct RecordPath: Hashable, Sendable, CustomStringConvertible {
    enum Step: Hashable, Sendable {
        case key(String)
        case element(Int)
    }

    /// The path as it was written.
    let description: String
    let steps: [Step]

    /// Reads a path; nil when it is not of the form.
    init?(_ text: String) {
        var steps: [Step] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == "[" {
                guard let close = rest.firstIndex(of: "]") else { return nil }
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                guard let step = Self.bracketStep(inside) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: close)...]
                continue
            }
            if !steps.isEmpty {
                guard rest.first == "." else { return nil }
                rest = rest.dropFirst()
            }
            let key = rest.prefix { $0 != "." && $0 != "[" }
            guard !key.isEmpty, !key.contains(where: { "]\"{}".contains($0) }) else { return nil }
            steps.append(.key(String(key)))
            rest = rest[key.endIndex...]
        }
        guard !steps.isEmpty else { return nil }
        self.steps = steps
        description = text
    }

    private static func bracketStep(_ inside: Substring) -> Step? {
        if inside.count >= 3, inside.first == "\"", inside.last == "\"" {
            let key = inside.dropFirst().dropLast()
            return key.contains("\"") ? nil : .key(String(key))
        }
        return Int(inside).flatMap { $0 >= 0 ? .element($0) : nil }
    }
}
