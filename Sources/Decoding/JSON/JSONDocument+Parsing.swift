/// Reading a text, and refusing what RFC 8259 allows but no message may have.
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
        // No text has more nodes than bytes, so that adding one never has to make room.
        if room.count < payload.count {
            let missing = repeatElement(JSONNode.unused, count: payload.count - room.count)
            room.append(contentsOf: missing)
        }
        // A reference of its own lets the text be read while nodes are written.
        let text = bytes
        var parser = JSONParser(limits: limits)
        do throws(DecodingError) {
            var free = room.mutableSpan
            try parser.parse(text.span, &free)
            nodes.append(contentsOf: room[..<parser.nodeCount])
            try refuseDuplicateKeys()
        } catch {
            clear()
            throw error
        }
    }

    /// Forgets the text, so that nothing of it is read for another message's; arrays keep room.
    mutating func clear() {
        bytes.removeAll(keepingCapacity: true)
        nodes.removeAll(keepingCapacity: true)
    }

    private func refuseDuplicateKeys() throws(DecodingError) {
        for index in nodes.indices where nodes[index].kind == .object {
            try refuseDuplicateKeys(of: index)
        }
    }

    /// Refuses an object that has a key twice.
    ///
    /// A key is compared with those before it only when a sieve of 64 bits has seen one of its
    /// sort, which of small objects it rarely has; keys of large objects are sorted into a set.
    private func refuseDuplicateKeys(of object: Int) throws(DecodingError) {
        let nodes = nodes.span
        let end = Int(nodes[object].next)
        var sieve: UInt64 = 0
        var hasEscapes = false
        var keyCount = 0
        var key = object + 1
        while key < end {
            keyCount += 1
            if keyCount > Self.comparedKeys { return try refuseDuplicatesAmongMany(object) }
            // Bits of the signature mixed by multiplication with Knuth's golden ratio.
            let bit = UInt64(1) << UInt64((nodes[key].next &* 0x9E37_79B1) >> 26)
            hasEscapes = hasEscapes || nodes[key].isEscaped
            if sieve & bit != 0 || hasEscapes {
                var earlier = object + 1
                while earlier < key {
                    if sameKey(earlier, key) {
                        throw .duplicateKey(key: text(of: key), offset: Int(nodes[key].start))
                    }
                    earlier = Int(nodes[earlier + 1].next)
                }
            }
            sieve |= bit
            key = Int(nodes[key + 1].next)
        }
    }

    /// Up to so many keys are compared in pairs, at most 496 comparisons of two words each.
    private static let comparedKeys = 32

    private func refuseDuplicatesAmongMany(_ object: Int) throws(DecodingError) {
        let end = Int(nodes[object].next)
        var seen: Set<String> = []
        var index = object + 1
        while index < end {
            let key = text(of: index)
            guard seen.insert(key).inserted else {
                throw .duplicateKey(key: key, offset: Int(nodes[index].start))
            }
            index = Int(nodes[index + 1].next)
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
