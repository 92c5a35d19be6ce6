/// The parser: one pass without recursion, so that no input can exhaust the stack, and without
/// memory of its own: an open container holds in its node where the next outer one is, and how many
/// members it has so far.
struct JSONParser {
    let limits: DecodingLimits
    /// Nodes that were written.
    private(set) var nodeCount = 0
    /// Whether a string or key holds a backslash.
    private(set) var hasEscapes = false
    private var position = 0
    /// Node of the innermost open container; nil outside of any.
    private var container: Int?
    private var depth = 0

    init(limits: DecodingLimits) { self.limits = limits }

    /// Writes the nodes of a text that ends in a zero byte.
    ///
    /// - Precondition: there is room for as many nodes as the text has bytes.
    /// - Throws: ``DecodingError`` for anything that is no JSON, or beyond a limit.
    mutating func parse(_ text: Span<UInt8>, _ nodes: inout MutableSpan<JSONNode>)
        throws(DecodingError)
    {
        while true {
            skipBlanks(text)
            if try parseValue(text, &nodes) { continue }
            // A value is complete: close what ends here, until another value is due.
            while true {
                skipBlanks(text)
                guard let container else {
                    guard position == text.count - 1 else {
                        throw .notJSON(offset: position, problem: "something follows the value")
                    }
                    return
                }
                if try !closes(container, text, &nodes) { break }
            }
        }
    }

    /// Reads what stands after a value inside a container: its end, true, or a comma and, in an
    /// object, the key of the next value.
    private mutating func closes(
        _ container: Int,
        _ text: Span<UInt8>,
        _ nodes: inout MutableSpan<JSONNode>
    ) throws(DecodingError) -> Bool {
        let isObject = nodes[container].kind == .object
        if text[position] == UInt8(ascii: ",") {
            position += 1
            nodes[container].end += 1
            guard nodes[container].end <= limits.elements else {
                throw .tooManyElements(limit: limits.elements)
            }
            if isObject { try parseKey(text, &nodes) }
            return false
        }
        guard text[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            let name = isObject ? "object" : "array"
            throw .notJSON(
                offset: position,
                problem: "expected a comma or the end of the \(name)"
            )
        }
        position += 1
        depth -= 1
        let outer = nodes[container].next
        self.container = outer == JSONNode.none ? nil : Int(outer)
        nodes[container].end = UInt32(position)
        nodes[container].next = UInt32(nodeCount)
        return true
    }

    /// Parses the value at the position; true when it is a container with something in it.
    private mutating func parseValue(_ text: Span<UInt8>, _ nodes: inout MutableSpan<JSONNode>)
        throws(DecodingError) -> Bool
    {
        let start = position
        switch text[start] {
        case UInt8(ascii: "\""):
            let isEscaped = try scanString(text)
            add(.string, start + 1, position - 1, isEscaped: isEscaped, &nodes)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try JSONDocument.scanNumber(text, &position)
            add(.number, start, position, &nodes)
        case UInt8(ascii: "{"), UInt8(ascii: "["): return try openContainer(text, &nodes)
        case UInt8(ascii: "t"): try parseWord("true", .yes, text, &nodes)
        case UInt8(ascii: "f"): try parseWord("false", .no, text, &nodes)
        case UInt8(ascii: "n"): try parseWord("null", .null, text, &nodes)
        default: throw .notJSON(offset: start, problem: "expected a value")
        }
        return false
    }

    private mutating func openContainer(
        _ text: Span<UInt8>,
        _ nodes: inout MutableSpan<JSONNode>
    ) throws(DecodingError) -> Bool {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth, offset: position) }
        let start = position
        let isObject = text[start] == UInt8(ascii: "{")
        position += 1
        skipBlanks(text)
        if text[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            position += 1
            add(isObject ? .object : .array, start, position, &nodes)
            return false
        }
        nodes[nodeCount] = JSONNode(
            kind: isObject ? .object : .array,
            start: UInt32(start),
            end: 1,
            next: container.map { UInt32($0) } ?? JSONNode.none
        )
        container = nodeCount
        nodeCount += 1
        depth += 1
        if isObject { try parseKey(text, &nodes) }
        return true
    }

    private mutating func parseKey(_ text: Span<UInt8>, _ nodes: inout MutableSpan<JSONNode>)
        throws(DecodingError)
    {
        skipBlanks(text)
        guard text[position] == UInt8(ascii: "\"") else {
            throw .notJSON(offset: position, problem: "expected a key in quotation marks")
        }
        let start = position + 1
        let isEscaped = try scanString(text)
        let end = position - 1
        nodes[nodeCount] = JSONNode(
            kind: .key,
            isEscaped: isEscaped,
            start: UInt32(start),
            end: UInt32(end),
            next: JSONKey.signature(text, start..<end)
        )
        nodeCount += 1
        skipBlanks(text)
        guard text[position] == UInt8(ascii: ":") else {
            throw .notJSON(offset: position, problem: "expected a colon after the key")
        }
        position += 1
    }

    private mutating func scanString(_ text: Span<UInt8>) throws(DecodingError) -> Bool {
        let isEscaped = try JSONDocument.scanString(text, &position)
        if isEscaped { hasEscapes = true }
        return isEscaped
    }

    private mutating func parseWord(
        _ word: StaticString,
        _ kind: JSONNode.Kind,
        _ text: Span<UInt8>,
        _ nodes: inout MutableSpan<JSONNode>
    ) throws(DecodingError) {
        let length = word.utf8CodeUnitCount
        let start = position
        let isThere = word.withUTF8Buffer { letters in
            // The zero byte behind the text is no letter.
            text.count > start + length
                && letters.indices.allSatisfy { text[start + $0] == letters[$0] }
        }
        guard isThere else { throw .notJSON(offset: start, problem: "expected a value") }
        position += length
        add(kind, start, position, &nodes)
    }

    private mutating func add(
        _ kind: JSONNode.Kind,
        _ start: Int,
        _ end: Int,
        isEscaped: Bool = false,
        _ nodes: inout MutableSpan<JSONNode>
    ) {
        nodes[nodeCount] = JSONNode(
            kind: kind,
            isEscaped: isEscaped,
            start: UInt32(start),
            end: UInt32(end),
            next: UInt32(nodeCount + 1)
        )
        nodeCount += 1
    }

    /// Moves to the next place that holds no blank of JSON.
    private mutating func skipBlanks(_ text: Span<UInt8>) {
        while true {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
