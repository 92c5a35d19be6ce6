/// A JSON text and the index of its nodes, for reading messages without building a tree.
///
/// One document is parsed again and again; its arrays keep their room, so that parsing allocates
/// nothing after the first messages. The nodes stand in the order of the text: a container, then
/// all inside it; each member of an object is a key node and the node of its value. `next` leads
/// past a subtree. Numbers stay text until they are asked for, so that integers up to 2^64 − 1 are
/// exact.
///
/// A text is taken only when it is UTF-8 and JSON by RFC 8259 to the letter, no container is nested
/// too deep or has too many members, no object has a key twice (RFC 7493 section 2.3), no string
/// has half a surrogate pair (section 2.1), and every number lies in the range of a double (section
/// 2.2).
struct JSONDocument: Sendable {
    /// The text, followed by a zero byte that no rule of JSON allows there: scanning stops at it.
    ///
    /// Then what strings and keys with escapes say, which their nodes lead to.
    var bytes: [UInt8] = []
    var nodes: [JSONNode] = []
    /// Where the parser writes nodes before their number is known.
    var room: [JSONNode] = []

    /// The node of the whole text.
    static let root = 0

    /// The value of a member, or nil; the cost grows with the members of the object, not their
    /// size.
    ///
    /// Keys that the program itself names are static texts, so that asking for one allocates and
    /// counts nothing.
    func member(_ key: StaticString, of object: Int) -> Int? {
        key.withUTF8Buffer { letters in
            let letters = letters.span
            return member(letters, JSONKey.signature(letters, 0..<letters.count), of: object)
        }
    }

    /// The value of a member, or nil; for keys that profiles and tests name.
    func member(_ key: JSONKey, of object: Int) -> Int? {
        member(key.bytes.span, key.signature, of: object)
    }

    /// The value of a member, or nil, by the bytes of its key and their signature.
    func member(_ key: Span<UInt8>, _ signature: UInt32, of object: Int) -> Int? {
        let nodes = nodes.span
        guard nodes[object].kind == .object else { return nil }
        var index = object + 1
        let end = Int(nodes[object].next)
        while index < end {
            let node = nodes[index]
            if node.next == signature, isKey(index, key) { return index + 1 }
            index = Int(nodes[index + 1].next)
        }
        return nil
    }

    private func isKey(_ node: Int, _ key: Span<UInt8>) -> Bool {
        nodes[node].range.count == key.count
            && JSONKey.isSame(bytes.span, Int(nodes[node].start), key, 0, count: key.count)
    }

    /// The element of an array at an index from 0, or nil.
    func element(_ place: Int, of array: Int) -> Int? {
        guard nodes[array].kind == .array, place >= 0 else { return nil }
        var index = array + 1
        let end = Int(nodes[array].next)
        for _ in 0..<place where index < end { index = Int(nodes[index].next) }
        return index < end ? index : nil
    }

    /// The first element of an array, or nil; follow with ``nextSibling(of:in:)``.
    func firstElement(of array: Int) -> Int? {
        guard nodes[array].kind == .array, array + 1 < Int(nodes[array].next) else { return nil }
        return array + 1
    }

    /// The element after another of the same array, or nil.
    func nextSibling(of element: Int, in array: Int) -> Int? {
        let index = Int(nodes[element].next)
        return index < Int(nodes[array].next) ? index : nil
    }

    /// How many values that are no containers stand in a subtree.
    func leafCount(in root: Int) -> Int {
        var count = 0
        for index in root..<subtreeEnd(root) {
            switch nodes[index].kind {
            case .string, .number, .yes, .no: count += 1
            case .object, .array, .key, .null: break
            }
        }
        return count
    }

    private func subtreeEnd(_ root: Int) -> Int { Int(nodes[root].next) }

    /// Whether a piece of the text is the same as some bytes.
    func equals(_ range: Range<Int>, _ other: [UInt8]) -> Bool {
        range.count == other.count
            && JSONKey.isSame(bytes.span, range.lowerBound, other.span, 0, count: other.count)
    }

    /// Whether a node is a string with that text.
    func isString(_ node: Int, _ other: [UInt8]) -> Bool {
        nodes[node].kind == .string && equals(nodes[node].range, other)
    }

    /// The truth value of a node, or nil when it has none.
    func flag(_ node: Int) -> Bool? {
        switch nodes[node].kind {
        case .yes: true
        case .no: false
        default: nil
        }
    }

    /// The text of a string; nil for other nodes.
    func string(_ node: Int) -> String? {
        nodes[node].kind == .string ? text(of: node) : nil
    }

    /// Appends the bytes of a string; false for other nodes.
    func appendString(_ node: Int, to target: inout [UInt8]) -> Bool {
        guard nodes[node].kind == .string else { return false }
        target.append(contentsOf: bytes[nodes[node].range])
        return true
    }
}
