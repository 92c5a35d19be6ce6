/// A way to a value inside a JSON document: `properties.fill`, `rxInfo[0].rssi`, `ENERGY.Power[*]`,
/// `["switch:0"].apower`.
///
/// Keys are divided by points; keys with other characters than letters, digits, `_`, `-` and `:`
/// stand in brackets and quotation marks; `[n]` is an element from 0; `[*]`, once, is each of them.
public struct JSONPath: Hashable, Sendable, CustomStringConvertible {
    /// The path as it was written.
    public let description: String
    /// The keys of its steps one after another.
    private let keys: [UInt8]
    private let steps: [Step]

    /// A step; a key is a range of ``keys``, so that following a path counts no references.
    private enum Step: Hashable, Sendable {
        case key(start: Int, end: Int, signature: UInt32)
        case element(Int)
        case each
    }

    /// Reads a path; nil when it is not of the form.
    public init?(_ text: String) {
        var keys: [UInt8] = []
        var steps: [Step] = []
        var rest = text[...]
        while !rest.isEmpty {
            if rest.first == "[" {
                guard let close = rest.firstIndex(of: "]") else { return nil }
                let inside = rest[rest.index(after: rest.startIndex)..<close]
                guard let step = Self.bracketStep(inside, &keys) else { return nil }
                steps.append(step)
                rest = rest[rest.index(after: close)...]
                continue
            }
            if !steps.isEmpty {
                guard rest.first == "." else { return nil }
                rest = rest.dropFirst()
            }
            let key = rest.prefix { $0 != "." && $0 != "[" }
            guard !key.isEmpty, key.allSatisfy(Self.isPlain) else { return nil }
            steps.append(Self.keyStep(key, &keys))
            rest = rest[key.endIndex...]
        }
        guard !steps.isEmpty, steps.filter({ $0 == .each }).count <= 1 else { return nil }
        self.keys = keys
        self.steps = steps
        description = text
    }

    private static func keyStep(_ key: Substring, _ keys: inout [UInt8]) -> Step {
        let start = keys.count
        keys.append(contentsOf: key.utf8)
        let range = start..<keys.count
        return .key(
            start: start,
            end: keys.count,
            signature: JSONKey.signature(keys.span, range)
        )
    }

    private static func bracketStep(_ inside: Substring, _ keys: inout [UInt8]) -> Step? {
        if inside == "*" { return .each }
        if inside.count >= 2, inside.first == "\"", inside.last == "\"" {
            let key = inside.dropFirst().dropLast()
            return key.contains("\"") || key.isEmpty ? nil : keyStep(key, &keys)
        }
        return Int(inside).flatMap { $0 >= 0 ? .element($0) : nil }
    }

    private static func isPlain(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "_-:".contains(character)
    }

    /// Whether the path leads to each element of an array.
    var hasEach: Bool { steps.contains(.each) }

    /// The node that the path leads to from another, or nil; `[*]` is taken as `[place]`.
    func resolve(in document: JSONDocument, from start: Int, place: Int = 0) -> Int? {
        guard start < document.nodes.count else { return nil }
        let keys = keys.span
        var node = start
        for index in steps.indices {
            let next =
                switch steps[index] {
                case .key(let start, let end, let signature):
                    document.member(keys.extracting(start..<end), signature, of: node)
                case .element(let index): document.element(index, of: node)
                case .each: document.element(place, of: node)
                }
            guard let next else { return nil }
            node = next
        }
        return node
    }
}
