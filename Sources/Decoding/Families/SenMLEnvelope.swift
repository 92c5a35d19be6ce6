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
    /// Version of SenML that RFC 8428 defines; packs of a later one must be refused.
    private static let senMLVersion = 10.0
    /// Times below this are relative to now.
    static let relativeTimeLimit = 268_435_456.0

    private struct Base {
        var time = 0.0
        var value = 0.0
        var unit: Int?
        var name: [UInt8] = []
        /// Whether the name holds only bytes that names may hold.
        var isAllowed = true
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
            let members = try SenMLMembers(document, node)
            try takeSenMLBase(document, members, &base)
            guard let value = try Self.senMLValue(document, members, base) else {
                if members[.sum] != nil || members[.data] != nil {
                    notes.append(.recordWithoutReading)
                }
                continue
            }
            try Self.checkSenMLName(document, members[.name], base)
            if base.isForeign {
                notes.append(.foreignRecord)
                continue
            }
            let seconds = base.time + (try document.number(members[.time], label: "t") ?? 0)
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
            record.name = members[.name]
            record.unit = members[.unit] ?? base.unit
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
        _ members: SenMLMembers,
        _ base: inout Base
    ) throws(DecodingError) {
        if let version = try document.number(members[.baseVersion], label: "bver"),
            version > Self.senMLVersion
        {
            throw .badValue(field: "bver", problem: "the pack is of a later version than 10")
        }
        if let name = members[.baseName] {
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
            base.isAllowed = Self.areNameBytes(base.name.span, 0..<base.name.count)
            if address.isEmpty, records.isEmpty { address = base.name }
            base.isForeign = base.name != address
        }
        base.time = try document.number(members[.baseTime], label: "bt") ?? base.time
        base.value = try document.number(members[.baseValue], label: "bv") ?? base.value
        base.unit = members[.baseUnit] ?? base.unit
    }

    /// The value of a record; nil for one that only sets bases or carries a sum or data.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for more than one value.
    private static func senMLValue(
        _ document: JSONDocument,
        _ members: SenMLMembers,
        _ base: Base
    ) throws(DecodingError) -> SenMLRecord.Value? {
        guard members.valueCount <= 1 else {
            throw .badValue(field: "v", problem: "a record has one value of v, vs, vb and vd")
        }
        if let value = try document.number(members[.value], label: "v") {
            let sum = base.value + value
            guard sum.isFinite else {
                throw .badValue(field: "v", problem: "base value and value make no finite number")
            }
            return .number(sum)
        }
        if let flag = members[.flag] {
            guard let value = document.flag(flag) else {
                throw .badValue(field: "vb", problem: "expected true or false")
            }
            return .flag(value)
        }
        return members[.text].map { .text($0) }
    }

    /// Refuses a full name that RFC 8428 does not allow: the name is the key of the record.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)``.
    private static func checkSenMLName(
        _ document: JSONDocument,
        _ own: Int?,
        _ base: Base
    ) throws(DecodingError) {
        var range = 0..<0
        if let own {
            guard document.nodes[own].kind == .string else {
                throw .badValue(field: "n", problem: "expected a text")
            }
            range = document.nodes[own].range
        }
        guard base.name.count + range.count <= DecodingLimits.nameBytes else {
            throw .badValue(
                field: "n",
                problem: "base name and name have more than \(DecodingLimits.nameBytes) bytes"
            )
        }
        // Without any name the topic names the device, which is more than the standard asks for.
        guard let first = base.name.first ?? document.bytes[range].first else { return }
        guard isNameStart(first), base.isAllowed, areNameBytes(document.bytes.span, range) else {
            throw .badValue(
                field: "n",
                problem: "names hold letters, digits and -:./_ and begin with a letter or digit"
            )
        }
    }

    private static func areNameBytes(_ text: Span<UInt8>, _ range: Range<Int>) -> Bool {
        for index in range where !isNameByte(text[index]) { return false }
        return true
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: false
        }
    }

    /// By a bit for each byte, as most bytes of a pack are looked at: `-`, `.`, `/`, digits and `:`
    /// of the lower 64, letters and `_` of the upper.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        let allowed: UInt64 = byte < 64 ? 0x07FF_E000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
        return byte < 128 && allowed &>> UInt64(byte) & 1 == 1
    }
}
