/// The parser: one pass without recursion, so that no input can exhaust the stack.
extension JSONDocument {
    /// Reads a payload, replacing what the document held.
    ///
    /// - Throws: ``DecodingError`` for anything that is not taken; the document is then empty.
    mutating func parse(_ payload: Span<UInt8>, limits: DecodingLimits) throws(DecodingError) {
        clear()
        // Nodes hold places in the text as 32 bits, one less for the zero byte after it.
        let limit = min(limits.payloadBytes, Int(UInt32.max) - 1)
        guard payload.count <= limit else {
            throw .payloadTooLarge(bytes: payload.count, limit: limit)
        }
        do {
            _ = try UTF8Span(validating: payload)
        } catch {
            throw .notUTF8(what: "payload", offset: error.byteOffsets.lowerBound)
        }
        payload.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        bytes.append(0)
        do throws(DecodingError) {
            try parseText(limits)
        } catch {
            clear()
            throw error
        }
    }

    /// Forgets the text, so that nothing of it is read for another message's; arrays keep room.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
        open.removeAll(keepingCapacity: true)
    }

    private mutating func parseText(_ limits: DecodingLimits) throws(DecodingError) {
        var position = 0
        while true {
            position = afterBlanks(position)
            let isOpened = try parseValue(&position, limits)
            if isOpened { continue }
            // A value is complete: close what ends here, until another value is due.
            while true {
                position = afterBlanks(position)
                guard let container = open.last else {
                    guard position == bytes.count - 1 else {
                        throw .notJSON(offset: position, problem: "something follows the value")
                    }
                    return
                }
                let isObject = nodes[container.node].kind == .object
                if bytes[position] == UInt8(ascii: ",") {
                    position += 1
                    open[open.count - 1].count += 1
                    guard container.count < limits.elements else {
                        throw .tooManyElements(limit: limits.elements)
                    }
                    if isObject { try parseKey(&position) }
                    break
                }
                guard bytes[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw .notJSON(
                        offset: position,
                        problem:
                            "expected a comma or the end of the \(isObject ? "object" : "array")"
                    )
                }
                position += 1
                try closeContainer(container, end: position)
            }
        }
    }

    /// Parses the value at a position; true when it is a container with something in it.
    private mutating func parseValue(_ position: inout Int, _ limits: DecodingLimits)
        throws(DecodingError) -> Bool
    {
        switch bytes[position] {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return try openContainer(&position, limits)
        case UInt8(ascii: "\""):
            let start = position + 1
            let isEscaped = try scanString(&position)
            add(.string, start, position - 1, isEscaped: isEscaped)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            let start = position
            try scanNumber(&position)
            add(.number, start, position)
        case UInt8(ascii: "t"): try parseWord("true", .yes, &position)
        case UInt8(ascii: "f"): try parseWord("false", .no, &position)
        case UInt8(ascii: "n"): try parseWord("null", .null, &position)
        default: throw .notJSON(offset: position, problem: "expected a value")
        }
        return false
    }

    private mutating func openContainer(_ position: inout Int, _ limits: DecodingLimits)
        throws(DecodingError) -> Bool
    {
        guard open.count < limits.depth else {
            throw .tooDeep(limit: limits.depth, offset: position)
        }
        let isObject = bytes[position] == UInt8(ascii: "{")
        let index = nodes.count
        add(isObject ? .object : .array, position, position)
        position = afterBlanks(position + 1)
        if bytes[position] == (isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) {
            position += 1
            nodes[index].end = UInt32(position)
            return false
        }
        open.append(OpenContainer(node: index, count: 1))
        if isObject { try parseKey(&position) }
        return true
    }

    private mutating func closeContainer(_ container: OpenContainer, end: Int)
        throws(DecodingError)
    {
        nodes[container.node].end = UInt32(end)
        nodes[container.node].next = UInt32(nodes.count)
        open.removeLast()
        if nodes[container.node].kind == .object, container.count > 1 {
            try refuseDuplicateKeys(container)
        }
    }

    private mutating func parseKey(_ position: inout Int) throws(DecodingError) {
        position = afterBlanks(position)
        guard bytes[position] == UInt8(ascii: "\"") else {
            throw .notJSON(offset: position, problem: "expected a key in quotation marks")
        }
        let start = position + 1
        let isEscaped = try scanString(&position)
        let end = position - 1
        add(.key, start, end, isEscaped: isEscaped)
        nodes[nodes.count - 1].next = JSONKey.signature(bytes, start..<end)
        position = afterBlanks(position)
        guard bytes[position] == UInt8(ascii: ":") else {
            throw .notJSON(offset: position, problem: "expected a colon after the key")
        }
        position += 1
    }

    private mutating func parseWord(
        _ word: StaticString,
        _ kind: JSONNode.Kind,
        _ position: inout Int
    ) throws(DecodingError) {
        let length = word.utf8CodeUnitCount
        let isThere = word.withUTF8Buffer { letters in
            bytes.count > position + length
                && bytes[position..<(position + length)].elementsEqual(letters)
        }
        guard isThere else { throw .notJSON(offset: position, problem: "expected a value") }
        add(kind, position, position + length)
        position += length
    }

    private mutating func add(
        _ kind: JSONNode.Kind,
        _ start: Int,
        _ end: Int,
        isEscaped: Bool = false
    ) {
        nodes.append(
            JSONNode(
                kind: kind,
                isEscaped: isEscaped,
                start: UInt32(start),
                end: UInt32(end),
                next: UInt32(nodes.count + 1)
            )
        )
    }

    /// The first place from a position on that holds no blank of JSON.
    func afterBlanks(_ position: Int) -> Int {
        var position = position
        while true {
            switch bytes[position] {
            case 0x20, 0x0A, 0x0D, 0x09: position += 1
            default: return position
            }
        }
    }

    /// Compares each pair of keys of small objects, and sorts those of large ones.
    private func refuseDuplicateKeys(_ container: OpenContainer) throws(DecodingError) {
        // Up to 32 keys are at most 496 comparisons of two words each, and need no memory.
        let end = Int(nodes[container.node].next)
        if container.count > 32 {
            var seen: Set<String> = []
            var index = container.node + 1
            while index < end {
                let key = text(of: index)
                guard seen.insert(key).inserted else {
                    throw .duplicateKey(key: key, offset: Int(nodes[index].start))
                }
                index = Int(nodes[index + 1].next)
            }
            return
        }
        var later = Int(nodes[container.node + 2].next)
        while later < end {
            var earlier = container.node + 1
            while earlier < later {
                if sameKey(earlier, later) {
                    throw .duplicateKey(key: text(of: later), offset: Int(nodes[later].start))
                }
                earlier = Int(nodes[earlier + 1].next)
            }
            later = Int(nodes[later + 1].next)
        }
    }

    private func sameKey(_ left: Int, _ right: Int) -> Bool {
        if nodes[left].isEscaped || nodes[right].isEscaped {
            return text(of: left) == text(of: right)
        }
        guard nodes[left].next == nodes[right].next else { return false }
        let (one, other) = (nodes[left].range, nodes[right].range)
        return bytes[one].elementsEqual(bytes[other])
    }
}
