/// The parser: one pass without recursion, so that no input can exhaust the stack, and without
/// memory of its own: an open container holds in its node where the next outer one is, and how many
/// members it has so far.
///
/// Its steps are inlined, and what is not gets and gives values, so that all it knows stays in
/// registers. Places fit into 32 bits, as the document sees to before it parses.
struct JSONParser {
    private let limits: DecodingLimits
    /// Nodes that were written.
    private(set) var nodeCount = 0
    /// Whether a string or key holds a backslash.
    private(set) var hasEscapes = false
    /// Whether an object has two keys whose signatures are the same, or more keys than are compared
    /// in pairs: all are to be looked at.
    private(set) var mayRepeatKeys = false
    /// Bytes of strings and keys put together, eight at a time.
    private var letters: UInt64 = 0
    private var position = 0
    private var depth = 0
    /// Node of the innermost open container; none outside of any.
    private var container = JSONNode.none
    /// Whether it is an object, so that a key is due before a value.
    private var isInObject = false

    private init(limits: DecodingLimits) { self.limits = limits }

    /// Whether all that was read is ASCII; false says that it may not be.
    var isASCII: Bool { letters & JSONDocument.highestBits == 0 }

    /// Writes the nodes of a text that ends in a zero byte.
    ///
    /// - Precondition: there is room for as many nodes as the text has bytes.
    /// - Returns: the parser, which knows how many there are.
    /// - Throws: ``DecodingError`` for anything that is no JSON, or beyond a limit.
    static func parse(
        _ text: Span<UInt8>,
        into nodes: inout MutableSpan<JSONNode>,
        _ limits: DecodingLimits
    ) throws(DecodingError) -> JSONParser {
        var parser = JSONParser(limits: limits)
        while true {
            parser.skipBlanks(text)
            if parser.isInObject { try parser.parseKey(text, &nodes) }
            let start = parser.position
            switch text[start] {
            case UInt8(ascii: "\""):
                let isEscaped = try parser.scanString(text)
                parser.add(.string, start + 1, parser.position - 1, isEscaped: isEscaped, &nodes)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                parser.position = try JSONDocument.scanNumber(text, start)
                parser.add(.number, start, parser.position, &nodes)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                if try parser.openContainer(text, &nodes) { continue }
            default:
                let (kind, end) = try word(text, start)
                parser.position = end
                parser.add(kind, start, end, &nodes)
            }
            // A value is complete: close what ends here, until another value is due.
            repeat {
                parser.skipBlanks(text)
                if parser.container == JSONNode.none {
                    guard parser.position == text.count - 1 else {
                        throw failure(parser.position, "something follows the value")
                    }
                    return parser
                }
            } while try parser.closes(text, &nodes)
        }
    }

    /// Reads what stands after a value inside a container: its end, true, or a comma.
    @inline(__always)
    private mutating func closes(_ text: Span<UInt8>, _ nodes: inout MutableSpan<JSONNode>)
        throws(DecodingError) -> Bool
    {
        let open = Int(container)
        let byte = text[position]
        if byte == UInt8(ascii: ",") {
            position += 1
            nodes[open].end += 1
            guard nodes[open].end <= limits.elements else {
                throw .tooManyElements(limit: limits.elements)
            }
            return false
        }
        guard byte == (isInObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
            throw Self.failure(
                position,
                "expected a comma or the end of the \(isInObject ? "object" : "array")"
            )
        }
        position += 1
        depth -= 1
        if isInObject, JSONDocument.mayRepeatKeys(nodes.span, open, nodeCount) {
            mayRepeatKeys = true
        }
        container = nodes[open].next
        isInObject = container != JSONNode.none && nodes[Int(container)].kind == .object
        nodes[open].end = UInt32(truncatingIfNeeded: position)
        nodes[open].next = UInt32(truncatingIfNeeded: nodeCount)
        return true
    }

    /// Opens a container; false for one with nothing in it, which is complete.
    @inline(__always)
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
            start: UInt32(truncatingIfNeeded: start),
            end: 1,
            next: container
        )
        container = UInt32(truncatingIfNeeded: nodeCount)
        isInObject = isObject
        nodeCount += 1
        depth += 1
        return true
    }

    /// Parses a key and its colon, and moves to the value.
    @inline(__always)
    private mutating func parseKey(_ text: Span<UInt8>, _ nodes: inout MutableSpan<JSONNode>)
        throws(DecodingError)
    {
        guard text[position] == UInt8(ascii: "\"") else {
            throw Self.failure(position, "expected a key in quotation marks")
        }
        let start = position + 1
        let isEscaped = try scanString(text)
        let end = position - 1
        nodes[nodeCount] = JSONNode(
            kind: .key,
            isEscaped: isEscaped,
            start: UInt32(truncatingIfNeeded: start),
            end: UInt32(truncatingIfNeeded: end),
            next: JSONKey.signature(text, start..<end)
        )
        nodeCount += 1
        skipBlanks(text)
        guard text[position] == UInt8(ascii: ":") else {
            throw Self.failure(position, "expected a colon after the key")
        }
        position += 1
        skipBlanks(text)
    }

    private static func failure(_ position: Int, _ problem: String) -> DecodingError {
        .notJSON(offset: position, problem: problem)
    }

    @inline(__always)
    private mutating func scanString(_ text: Span<UInt8>) throws(DecodingError) -> Bool {
        let start = position
        var seen: UInt64
        (position, seen) = JSONDocument.afterPlainBytes(text, start + 1)
        letters |= seen
        if text[position] == UInt8(ascii: "\"") {
            position += 1
            return false
        }
        hasEscapes = true
        (position, seen) = try JSONDocument.scanEscapedString(text, start, from: position)
        letters |= seen
        return true
    }

    /// Reads one of the three words that are values.
    private static func word(_ text: Span<UInt8>, _ start: Int)
        throws(DecodingError) -> (JSONNode.Kind, end: Int)
    {
        switch text[start] {
        case UInt8(ascii: "t"): (.yes, try afterWord("true", text, start))
        case UInt8(ascii: "f"): (.no, try afterWord("false", text, start))
        case UInt8(ascii: "n"): (.null, try afterWord("null", text, start))
        default: throw failure(start, "expected a value")
        }
    }

    private static func afterWord(_ word: StaticString, _ text: Span<UInt8>, _ start: Int)
        throws(DecodingError) -> Int
    {
        let length = word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { letters in
            // The zero byte behind the text is no letter.
            text.count > start + length
                && letters.indices.allSatisfy { text[start + $0] == letters[$0] }
        }
        guard isThere else { throw .notJSON(offset: start, problem: "expected a value") }
        return start + length
    }

    @inline(__always)
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
            start: UInt32(truncatingIfNeeded: start),
            end: UInt32(truncatingIfNeeded: end),
            next: UInt32(truncatingIfNeeded: nodeCount + 1)
        )
        nodeCount += 1
    }

    /// Moves to the next place that holds no blank of JSON.
    @inline(__always)
    private mutating func skipBlanks(_ text: Span<UInt8>) {
        // Between most there is none.
        while text[position] <= 0x20 {
            switch text[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return
            }
        }
    }
}
