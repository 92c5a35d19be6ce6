/// Reading a text, and refusing what RFC 8259 allows but no message may have.
extension JSONDocument {
    /// Reads a payload, replacing what the document held.
    ///
    /// - Throws: ``DecodingError`` for anything that is not taken; the document is then empty.
    mutating func parse(_ payload: Span<UInt8>, limits: DecodingLimits) throws(DecodingError) {
        nodes.removeAll(keepingCapacity: true)
        // Nodes hold places as 32 bits, in a text that escapes may double.
        let limit = min(limits.payloadBytes, Int(UInt32.max) / 2 - 1)
        guard payload.count <= limit else {
            clear()
            throw .payloadTooLarge(bytes: payload.count, limit: limit)
        }
        payload.withUnsafeBufferPointer { bytes.replaceSubrange(bytes.indices, with: $0) }
        bytes.append(0)
        // No text has more nodes than bytes, so that adding one never has to make room.
        if room.count < payload.count {
            let missing = repeatElement(JSONNode.unused, count: payload.count - room.count)
            room.append(contentsOf: missing)
        }
        do throws(DecodingError) {
            let parser = try fillNodes(limits)
            if !parser.isASCII { try refuseUnlessUTF8(payload) }
            if parser.hasEscapes { resolveEscapes() }
            // Escapes change what keys say, so that none of the parser's looks holds.
            if parser.hasEscapes || parser.mayRepeatKeys { try refuseDuplicateKeys() }
        } catch {
            clear()
            // What is no text is told as such, wherever the parser stopped.
            try refuseUnlessUTF8(payload)
            throw error
        }
    }

    private func refuseUnlessUTF8(_ payload: Span<UInt8>) throws(DecodingError) {
        do {
            _ = try UTF8Span(validating: payload)
        } catch {
            throw .notUTF8(what: "payload", offset: error.byteOffsets.lowerBound)
        }
    }

    /// Writes the nodes of the text.
    private mutating func fillNodes(_ limits: DecodingLimits) throws(DecodingError) -> JSONParser {
        // A reference of its own lets the text be read while nodes are written.
        let text = bytes
        var free = room.mutableSpan
        let parser = try JSONParser.parse(text.span, into: &free, limits)
        nodes.append(contentsOf: room[..<parser.nodeCount])
        return parser
    }

    /// Forgets the text, so that nothing of it is read for another message's; arrays keep room.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
    }

    private func refuseDuplicateKeys() throws(DecodingError) {
        let nodes = nodes.span
        for index in nodes.indices
        where nodes[index].kind == .object
            && Self.mayRepeatKeys(nodes, index, Int(nodes[index].next))
        {
            try refuseDuplicateKeys(of: index)
        }
    }

    /// Whether two keys of an object have the same signature, or there are more than
    /// ``comparedKeys``.
    ///
    /// A key is compared with those before it only when a sieve of 64 bits has seen one of its
    /// sort, which of small objects it rarely has.
    ///
    /// - Parameters:
    ///   - nodes: what was written so far.
    ///   - object: the object's node.
    ///   - end: past the last node inside the object.
    /// - Returns: whether they are to be compared in full.
    static func mayRepeatKeys(_ nodes: Span<JSONNode>, _ object: Int, _ end: Int) -> Bool {
        var sieve: UInt64 = 0
        var keyCount = 0
        var key = object + 1
        while key < end {
            keyCount += 1
            if keyCount > comparedKeys { return true }
            let signature = nodes[key].next
            let bit = UInt64(1) &<< UInt64(JSONKey.mixed(signature) >> 26)
            if sieve & bit != 0 {
                var earlier = object + 1
                while earlier < key {
                    if nodes[earlier].next == signature { return true }
                    earlier = Int(nodes[earlier + 1].next)
                }
            }
            sieve |= bit
            key = Int(nodes[key + 1].next)
        }
        return false
    }

    /// Refuses an object that has a key twice; keys of large objects are sorted.
    private func refuseDuplicateKeys(of object: Int) throws(DecodingError) {
        let nodes = nodes.span
        let end = Int(nodes[object].next)
        var keyCount = 0
        var key = object + 1
        while key < end {
            keyCount += 1
            if keyCount > Self.comparedKeys { return try refuseDuplicatesAmongMany(object) }
            var earlier = object + 1
            while earlier < key {
                if order(earlier, key) == 0 { throw duplicate(key) }
                earlier = Int(nodes[earlier + 1].next)
            }
            key = Int(nodes[key + 1].next)
        }
    }

    /// Up to so many keys are compared in pairs, at most 496 comparisons of two words each.
    private static let comparedKeys = 32

    private func refuseDuplicatesAmongMany(_ object: Int) throws(DecodingError) {
        let end = Int(nodes[object].next)
        var keys: [Int] = []
        var index = object + 1
        while index < end {
            keys.append(index)
            index = Int(nodes[index + 1].next)
        }
        keys.sort { left, right in
            let order = order(left, right)
            return order == 0 ? left < right : order < 0
        }
        var again: Int?
        for (left, right) in zip(keys, keys.dropFirst()) where order(left, right) == 0 {
            again = min(again ?? right, right)
        }
        if let again { throw duplicate(again) }
    }

    private func duplicate(_ key: Int) -> DecodingError {
        // Where the parser saw the key, which its node may not say any more.
        .duplicateKey(key: text(of: key), offset: Int(room[key].start))
    }

    /// Zero for keys of the same bytes, else below or above zero in an order that is always the
    /// same: by signature first, which most keys differ in.
    private func order(_ left: Int, _ right: Int) -> Int {
        let (one, other) = (nodes[left], nodes[right])
        if one.next != other.next { return one.next < other.next ? -1 : 1 }
        let bytes = bytes.span
        let count = min(one.range.count, other.range.count)
        for index in 0..<count {
            let (first, second) = (bytes[Int(one.start) + index], bytes[Int(other.start) + index])
            if first != second { return first < second ? -1 : 1 }
        }
        return one.range.count - other.range.count
    }
}
