internal import Telemetry

/// One value that an envelope names: what most families come down to before any profile.
///
/// Names, units and texts lie in the envelope's `texts`, so that a value outlives the document it
/// was read from, and families without JSON have them too. A profile reads named values by its
/// `records`.
struct NamedValue: Sendable {
    enum Value: Sendable {
        case number(Double)
        case flag(Bool)
        /// Range of the envelope's `texts`.
        case text(Range<Int>)
    }

    var name: Range<Int>
    /// Signature of the name, which tells most others apart at one comparison.
    var signature: UInt32 = 0
    /// Unit that the message gives; nil leaves it to the profile.
    var unit: Range<Int>?
    var value: Value
    /// Which of several equal things of the device, where the profile names none; nil for one.
    var channel: Range<Int>?
    /// When it was measured; nil for the time of the message.
    var time: Instant?
    /// Whether the time was counted from our own clock.
    var isRelative = false
    /// Whether another value says the same: where nothing reads this one, nothing was lost.
    var isRepeated = false
}

extension Envelope {
    /// Adds the value of a node; null, objects and arrays are none.
    ///
    /// The signature is that of the name, where it is known; the text is where that of a string
    /// stands already.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    mutating func addNamed(
        _ name: Range<Int>,
        signature: UInt32? = nil,
        _ document: JSONDocument,
        _ node: Int,
        text: Range<Int>? = nil,
        unit: Range<Int>? = nil,
        time: Instant? = nil
    ) throws(DecodingError) {
        let value: NamedValue.Value
        switch document.nodes[node].kind {
        case .number:
            guard let number = document.number(node) else { return }
            value = .number(number)
        case .yes: value = .flag(true)
        case .no: value = .flag(false)
        case .string: value = .text(text ?? keep(document, node))
        case .object, .array, .key, .null: return
        }
        let known = signature ?? JSONKey.signature(texts.span, name)
        try append(
            NamedValue(name: name, signature: known, unit: unit, value: value, time: time)
        )
    }

    /// Adds a value.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    mutating func addNamed(_ value: NamedValue) throws(DecodingError) {
        var value = value
        value.signature = JSONKey.signature(texts.span, value.name)
        try append(value)
    }

    private mutating func append(_ value: NamedValue) throws(DecodingError) {
        guard named.count < DecodingLimits.namedValues else {
            throw .tooManyElements(limit: DecodingLimits.namedValues)
        }
        named.append(value)
        hasRecords = true
    }

    /// Adds a value that came as text: a number where it is one by the grammar of JSON.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    mutating func addNamed(_ name: Range<Int>, text: ArraySlice<UInt8>, time: Instant? = nil)
        throws(DecodingError)
    {
        let value: NamedValue.Value
        if let number = NumberText.value(text) {
            value = .number(number)
        } else {
            let range = keep(text)
            value = .text(range)
        }
        try addNamed(NamedValue(name: name, value: value, time: time))
    }

    /// Keeps bytes among the texts.
    mutating func keep(_ bytes: some Sequence<UInt8>) -> Range<Int> {
        let start = texts.count
        texts.append(contentsOf: bytes)
        return start..<texts.count
    }

    /// Keeps the text of a key or string among the texts.
    mutating func keep(_ document: JSONDocument, _ node: Int) -> Range<Int> {
        keep(document.bytes[document.nodes[node].range])
    }

    /// Keeps the text of a unit, which many values of a message may share.
    ///
    /// What is cut is no unit that anybody knows, and is told as such.
    mutating func keepUnit(_ document: JSONDocument, _ node: Int) -> Range<Int> {
        let unit = keep(document, node)
        let cut = unit.prefix(DecodingLimits.unitBytes)
        texts.removeLast(unit.count - cut.count)
        return cut
    }

    /// A piece of a document's text that stands among the texts.
    private struct CopiedText {
        let range: Range<Int>
        let start: Int

        /// Where a node's text stands among the texts; nil for one that is not of the piece, as
        /// those with escapes are not.
        func range(of node: JSONNode) -> Range<Int>? {
            guard node.start >= range.lowerBound, node.end <= range.upperBound else { return nil }
            let first = start + Int(node.start) - range.lowerBound
            return first..<(first + node.range.count)
        }
    }

    /// Adds each leaf of an object under its path, keys divided by points.
    ///
    /// Members of arrays are left out but counted. The prefix stands before each name, its point
    /// included. The text of the object is kept whole: to keep names and texts one by one costs
    /// more.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    mutating func flatten(
        _ document: JSONDocument,
        _ object: Int,
        prefix: [UInt8] = [],
        unit: (Range<Int>, inout Envelope) -> Range<Int>? = { _, _ in nil }
    ) throws(DecodingError) {
        guard document.nodes[object].kind == .object else { return }
        let range = document.nodes[object].range
        let text = CopiedText(range: range, start: texts.count)
        texts.append(contentsOf: document.bytes[range])
        try flatten(document, object, text, prefix, unit)
    }

    private mutating func flatten(
        _ document: JSONDocument,
        _ object: Int,
        _ text: CopiedText,
        _ prefix: [UInt8],
        _ unit: (Range<Int>, inout Envelope) -> Range<Int>?
    ) throws(DecodingError) {
        var index = object + 1
        let end = Int(document.nodes[object].next)
        while index < end {
            let node = index + 1
            switch document.nodes[node].kind {
            case .object:
                let path = prefix + Array(document.text(of: index).utf8) + [UInt8(ascii: ".")]
                if path.count > DecodingLimits.recordNameBytes {
                    unnamedCount += document.leafCount(in: node)
                } else {
                    try flatten(document, node, text, path, unit)
                }
            case .array, .null, .key: unnamedCount += document.leafCount(in: node)
            case .string, .number, .yes, .no:
                guard document.nodes[index].range.count <= DecodingLimits.recordNameBytes else {
                    unnamedCount += 1
                    break
                }
                let key = document.nodes[index]
                let whole = prefix.isEmpty ? text.range(of: key) : nil
                let name = whole ?? keepName(document, index, prefix)
                try addNamed(
                    name,
                    signature: prefix.isEmpty ? key.next : nil,
                    document,
                    node,
                    text: text.range(of: document.nodes[node]),
                    unit: unit(name, &self)
                )
            }
            index = Int(document.nodes[node].next)
        }
    }

    private mutating func keepName(
        _ document: JSONDocument,
        _ key: Int,
        _ prefix: [UInt8]
    ) -> Range<Int> {
        let start = texts.count
        texts.append(contentsOf: prefix)
        return start..<keep(document, key).upperBound
    }

    /// Whether a named value has a name.
    func isNamed(_ value: NamedValue, _ name: JSONKey) -> Bool { value.isNamed(name, texts) }
}

/// What a value says, by the texts of its envelope: handed on alone, as the envelope is large.
extension NamedValue {
    /// Whether it has a name.
    func isNamed(_ key: JSONKey, _ texts: [UInt8]) -> Bool {
        let count = key.bytes.count
        return signature == key.signature && name.count == count
            && JSONKey.isSame(texts.span, name.lowerBound, key.bytes.span, 0, count: count)
    }

    /// Whether it equals a raw value of a profile.
    func matches(_ raw: RawMatch, _ texts: [UInt8]) -> Bool {
        switch (value, raw) {
        case (.number(let number), .number(let other)): number == other
        case (.flag(let flag), .number(let other)): (flag ? 1 : 0) == other
        case (.text(let range), .text(let other)): texts[range].elementsEqual(other)
        default: false
        }
    }
}

/// Numbers as text outside JSON.
enum NumberText {
    /// The value of a text that is a JSON number in full, or nil.
    static func value(_ text: ArraySlice<UInt8>) -> Double? {
        guard let first = text.first, text.count <= DecodingLimits.numberBytes,
            first == UInt8(ascii: "-") || first &- 0x30 <= 9
        else { return nil }
        // Scanning stops at the zero byte.
        var bytes = Array(text)
        bytes.append(0)
        do throws(DecodingError) {
            let end = try JSONDocument.scanNumber(bytes.span, 0)
            guard end == text.count else { return nil }
        } catch {
            // Not a number: it stays text.
            return nil
        }
        return JSONDocument.double(bytes.span, 0..<text.count)
    }
}
