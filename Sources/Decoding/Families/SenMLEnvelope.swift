internal import Telemetry

/// One resolved SenML record: its name without the base, its value, its unit, its time.
struct SenMLRecord: Sendable {
    enum Value: Sendable {
        case number(Double)
        case flag(Bool)
        /// Node of a string.
        case text(Int)
    }

    /// Node of the name, or nil when the base name is the whole name.
    var name: Int?
    /// Node of the unit, or nil.
    var unit: Int?
    var value: Value
    /// When it was measured; nil until a record says.
    var time: Instant?
    /// Whether the time was counted from our own clock.
    var isRelative = false
}

/// SenML packs in JSON; those in CBOR come here as the JSON that they stand for.
///
/// Device: the base name of the first record without the divider at its end; the topic's wildcards
/// where a pack has no base name. Duplicates: full name and time, which is what storing goes by. A
/// time below 2^28 seconds is relative to now.
///
/// - Source: RFC 8428 sections 4 (labels, resolution), 4.5.3 (time), 4.4 (labels that end in `_`).
extension Envelope {
    private enum Key {
        static let baseVersion = JSONKey("bver")
        static let baseName = JSONKey("bn")
        static let baseTime = JSONKey("bt")
        static let baseUnit = JSONKey("bu")
        static let baseValue = JSONKey("bv")
        static let name = JSONKey("n")
        static let unit = JSONKey("u")
        static let value = JSONKey("v")
        static let text = JSONKey("vs")
        static let flag = JSONKey("vb")
        static let data = JSONKey("vd")
        static let sum = JSONKey("s")
        static let time = JSONKey("t")
    }

    /// Version of SenML that RFC 8428 defines; packs of a later one must be refused.
    private static let senMLVersion = 10.0
    /// Times below this are relative to now.
    private static let relativeTimeLimit = 268_435_456.0

    private struct Base {
        var time = 0.0
        var value = 0.0
        var unit: Int?
        var name: [UInt8] = []
        var isForeign = false
    }

    /// Reads a parsed pack.
    ///
    /// - Throws: ``DecodingError`` when it is no array of objects, of a later version, or has a
    ///   label that must be understood and is not.
    mutating func readSenML(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule,
        receivedAt: Instant
    ) throws(DecodingError) {
        guard document.nodes[JSONDocument.root].kind == .array else {
            throw .badValue(field: "payload", problem: "expected an array of SenML records")
        }
        hasRecords = true
        var base = Base()
        var newest: Instant?
        var hasNow = false
        var next = document.firstElement(of: JSONDocument.root)
        guard next != nil else { throw .missingField("[0]") }
        while let node = next {
            next = document.nextSibling(of: node, in: JSONDocument.root)
            try checkSenMLLabels(document, node)
            try takeSenMLBase(document, node, &base)
            guard let value = try senMLValue(document, node, base) else {
                if hasSumOrData(document, node) { notes.append(.recordWithoutReading) }
                continue
            }
            try checkSenMLName(document, node, base)
            if base.isForeign {
                notes.append(.foreignRecord)
                continue
            }
            let seconds = base.time + (try senMLNumber(document, Key.time, node) ?? 0)
            var record = SenMLRecord(value: value)
            if seconds >= Self.relativeTimeLimit {
                record.time = Instant(secondsSince1970: seconds)
                guard let time = record.time else {
                    throw .impossibleTime(field: "t", time: nil)
                }
                newest = max(newest ?? time, time)
            } else if seconds != 0 {
                guard let exact = Int64(exactly: (seconds * 1000).rounded()) else {
                    throw .impossibleTime(field: "t", time: nil)
                }
                record.time = receivedAt + Milliseconds(exact)
                record.isRelative = true
            } else {
                hasNow = true
            }
            record.name = document.member(Key.name, of: node)
            record.unit = document.member(Key.unit, of: node) ?? base.unit
            records.append(record)
        }
        deviceTime = newest
        if hasNow, newest != nil { placeSenMLNow(receivedAt) }
        while let last = address.last, !Self.isNameStart(last) { address.removeLast() }
        if address.isEmpty { takeTopicAddress(topic, rule) }
    }

    /// Places what was measured now at the time of arrival, beside records that have times: those
    /// would give it theirs.
    private mutating func placeSenMLNow(_ receivedAt: Instant) {
        for place in records.indices where records[place].time == nil {
            records[place].time = receivedAt
            records[place].isRelative = true
        }
    }

    private mutating func takeSenMLBase(
        _ document: JSONDocument,
        _ node: Int,
        _ base: inout Base
    ) throws(DecodingError) {
        if let version = try senMLNumber(document, Key.baseVersion, node),
            version > Self.senMLVersion
        {
            throw .badValue(field: "bver", problem: "the pack is of a later version than 10")
        }
        if let name = document.member(Key.baseName, of: node) {
            base.name.removeAll(keepingCapacity: true)
            guard document.appendString(name, to: &base.name) else {
                throw .badValue(field: "bn", problem: "expected a text")
            }
            guard base.name.count <= DecodingLimits.nameBytes else {
                throw .badValue(
                    field: "bn",
                    problem: "it is longer than \(DecodingLimits.nameBytes) bytes"
                )
            }
            if address.isEmpty, records.isEmpty { address = base.name }
            base.isForeign = base.name != address
        }
        base.time = try senMLNumber(document, Key.baseTime, node) ?? base.time
        base.value = try senMLNumber(document, Key.baseValue, node) ?? base.value
        base.unit = document.member(Key.baseUnit, of: node) ?? base.unit
    }

    /// The value of a record; nil for one that only sets bases or carries a sum or data.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for more than one value.
    private func senMLValue(_ document: JSONDocument, _ node: Int, _ base: Base)
        throws(DecodingError) -> SenMLRecord.Value?
    {
        let keys = [Key.value, Key.text, Key.flag, Key.data]
        guard keys.count(where: { document.member($0, of: node) != nil }) <= 1 else {
            throw .badValue(field: "v", problem: "a record has one value of v, vs, vb and vd")
        }
        if let value = try senMLNumber(document, Key.value, node) {
            let sum = base.value + value
            guard sum.isFinite else {
                throw .badValue(field: "v", problem: "base value and value make no finite number")
            }
            return .number(sum)
        }
        if let flag = document.member(Key.flag, of: node) {
            guard let value = document.flag(flag) else {
                throw .badValue(field: "vb", problem: "expected true or false")
            }
            return .flag(value)
        }
        return document.member(Key.text, of: node).map { .text($0) }
    }

    private func hasSumOrData(_ document: JSONDocument, _ node: Int) -> Bool {
        document.member(Key.sum, of: node) != nil || document.member(Key.data, of: node) != nil
    }

    /// Refuses a full name that RFC 8428 does not allow: the name is the key of the record.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)``.
    private func checkSenMLName(_ document: JSONDocument, _ node: Int, _ base: Base)
        throws(DecodingError)
    {
        var name = base.name
        if let own = document.member(Key.name, of: node),
            !document.appendString(own, to: &name)
        {
            throw .badValue(field: "n", problem: "expected a text")
        }
        guard name.count <= DecodingLimits.nameBytes else {
            throw .badValue(
                field: "n",
                problem: "base name and name have more than \(DecodingLimits.nameBytes) bytes"
            )
        }
        // Without any name the topic names the device, which is more than the standard asks for.
        guard let first = name.first else { return }
        guard Self.isNameStart(first), name.allSatisfy(Self.isNameByte) else {
            throw .badValue(
                field: "n",
                problem: "names hold letters, digits and -:./_ and begin with a letter or digit"
            )
        }
    }

    private func senMLNumber(_ document: JSONDocument, _ key: JSONKey, _ node: Int)
        throws(DecodingError) -> Double?
    {
        guard let member = document.member(key, of: node) else { return nil }
        guard let value = document.number(member) else {
            throw .badValue(
                field: String(decoding: key.bytes, as: UTF8.self),
                problem: "expected a number"
            )
        }
        return value
    }

    /// Refuses records that are no objects, and labels that end in `_`: none of those is
    /// understood.
    private func checkSenMLLabels(_ document: JSONDocument, _ node: Int) throws(DecodingError) {
        guard document.nodes[node].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an array of SenML records")
        }
        var index = node + 1
        let end = Int(document.nodes[node].next)
        while index < end {
            let range = document.nodes[index].range
            if !range.isEmpty, document.bytes[range.upperBound - 1] == UInt8(ascii: "_") {
                throw .badValue(
                    field: document.text(of: index),
                    problem: "a label that must be understood"
                )
            }
            index = Int(document.nodes[index + 1].next)
        }
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "-"), UInt8(ascii: ":"), UInt8(ascii: "."), UInt8(ascii: "/"),
            UInt8(ascii: "_"):
            true
        default: isNameStart(byte)
        }
    }
}
