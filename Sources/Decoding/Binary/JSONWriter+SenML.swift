/// SenML in CBOR, written as the SenML in JSON that it stands for.
///
/// Labels are the integers of the table below, or texts; integers beyond it are passed over, as
/// labels are that nobody understands. Numbers are written exactly: whole numbers of any size and
/// decimal fractions digit by digit, floating point ones in the shortest form that reads back the
/// same.
///
/// - Source: RFC 8428, section 6 and table 4; RFC 8949, sections 3.4.3 and 3.4.4.
extension JSONWriter {
    /// Labels −6 to 8 in their order.
    private static let senMLLabels: [[UInt8]] = [
        "bs", "bv", "bu", "bt", "bn", "bver", "n", "u", "v", "vs", "vb", "s", "t", "ut", "vd",
    ].map { Array($0.utf8) }

    /// Writes a pack.
    ///
    /// - Throws: ``DecodingError`` when it is not CBOR, no array of maps, or over a limit.
    mutating func writeSenML(_ bytes: [UInt8], _ limits: DecodingLimits) throws(DecodingError) {
        var reader = CBORReader(bytes)
        var head = try reader.head()
        if head == .tag(CBORReader.selfDescribed) { head = try reader.head() }
        guard case .array(let count) = head else {
            throw reader.fault("expected an array of SenML records", at: 0)
        }
        beginArray()
        try Self.each(count, &reader, limits) { (reader, head) throws(DecodingError) in
            try writeRecord(&reader, head, limits)
        }
        endArray()
        guard reader.isAtEnd else { throw reader.fault("something follows the pack") }
    }

    private mutating func writeRecord(
        _ reader: inout CBORReader,
        _ head: CBORReader.Head,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        guard case .map(let count) = head else { throw reader.fault("expected a SenML record") }
        beginObject()
        try Self.each(count, &reader, limits) { (reader, head) throws(DecodingError) in
            guard let label = try Self.label(&reader, head) else {
                try reader.skip(depth: limits.depth)
                return
            }
            try writeMember(&reader, label, limits)
        }
        endObject()
    }

    /// Reads as many items as there are, or up to the break.
    private static func each(
        _ count: Int?,
        _ reader: inout CBORReader,
        _ limits: DecodingLimits,
        _ body: (inout CBORReader, CBORReader.Head) throws(DecodingError) -> Void
    ) throws(DecodingError) {
        var done = 0
        while count.map({ done < $0 }) ?? true {
            let head = try reader.head()
            if head == .end {
                guard count == nil else { throw reader.fault("an end where an item is due") }
                return
            }
            guard done < limits.elements else { throw .tooManyElements(limit: limits.elements) }
            try body(&reader, head)
            done += 1
        }
    }

    /// The label as JSON has it; nil for an integer that is not in the table.
    private static func label(_ reader: inout CBORReader, _ head: CBORReader.Head)
        throws(DecodingError) -> [UInt8]?
    {
        switch head {
        case .unsigned(let number): return number <= 8 ? senMLLabels[Int(number) + 6] : nil
        case .negative(let number): return number <= 5 ? senMLLabels[5 - Int(number)] : nil
        case .text: return try reader.content(head)
        default: throw reader.fault("a label is neither a whole number nor a text")
        }
    }

    private mutating func writeMember(
        _ reader: inout CBORReader,
        _ label: [UInt8],
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        let head = try reader.head()
        switch head {
        case .unsigned(let value):
            key(label)
            raw("\(value)")
        case .negative(let value):
            key(label)
            raw(Self.negativeText(value))
        case .float(let value):
            let name = String(decoding: label, as: UTF8.self)
            key(label)
            try number(value, name)
        case .tag(CBORReader.decimalFraction):
            key(label)
            raw(try Self.decimalText(&reader))
        case .tag(CBORReader.bigNumber), .tag(CBORReader.negativeBigNumber):
            key(label)
            raw(try Self.bigText(&reader, isNegative: head == .tag(CBORReader.negativeBigNumber)))
        case .text:
            key(label)
            string(try reader.content(head))
        case .bytes:
            key(label)
            string(Base64Text.encode(try reader.content(head)[...], isForURLs: true))
        case .simple(20), .simple(21):
            key(label)
            flag(head == .simple(21))
        case .simple(22), .simple(23):
            key(label)
            null()
        case .simple, .array, .map, .tag, .end:
            // No value of SenML; it matters only where the label is one that must be understood.
            try reader.skip(head, depth: limits.depth)
            key(label)
            null()
        }
    }

    /// The whole number −1 − n.
    private static func negativeText(_ value: UInt64) -> String {
        value == .max ? "-18446744073709551616" : "-\(value + 1)"
    }

    /// An array of exponent and mantissa, both whole numbers.
    private static func decimalText(_ reader: inout CBORReader) throws(DecodingError) -> String {
        let head = try reader.head()
        guard head == .array(2) || head == .array(nil) else {
            throw reader.fault("a decimal fraction is an array of exponent and mantissa")
        }
        let exponent = try wholeText(&reader)
        let mantissa = try wholeText(&reader)
        if head == .array(nil), try reader.head() != .end {
            throw reader.fault("a decimal fraction has more than exponent and mantissa")
        }
        return mantissa + "e" + exponent
    }

    /// A whole number as bytes, the highest first, behind its tag.
    private static func bigText(_ reader: inout CBORReader, isNegative: Bool)
        throws(DecodingError) -> String
    {
        let head = try reader.head()
        guard case .bytes = head else { throw reader.fault("a big number is no bytes") }
        var bytes = Array(try reader.content(head).drop { $0 == 0 })
        guard bytes.count <= DecodingLimits.bigNumberBytes else {
            throw reader.fault(
                "a number has more than \(DecodingLimits.bigNumberBytes) bytes: no double holds it"
            )
        }
        if isNegative {
            // −1 − n is the negative of n + 1.
            bytes.insert(0, at: 0)
            var place = bytes.count - 1
            while bytes[place] == 0xFF {
                bytes[place] = 0
                place -= 1
            }
            bytes[place] += 1
        }
        return (isNegative ? "-" : "") + decimalDigits(of: bytes)
    }

    /// The decimal digits of a number in bytes, the highest first.
    ///
    /// Takes four bytes and nine digits at a time: the longest number costs some 600 steps.
    static func decimalDigits(of bytes: [UInt8]) -> String {
        let base: UInt64 = 1_000_000_000
        // The lowest nine digits first.
        var groups: [UInt64] = [0]
        var place = 0
        while place < bytes.count {
            let width = (bytes.count - place - 1) % 4 + 1
            var carry: UInt64 = 0
            for byte in bytes[place..<place + width] { carry = carry << 8 | UInt64(byte) }
            place += width
            for index in groups.indices {
                carry += groups[index] << UInt64(8 * width)
                groups[index] = carry % base
                carry /= base
            }
            while carry > 0 {
                groups.append(carry % base)
                carry /= base
            }
        }
        var text = "\(groups.removeLast())"
        for group in groups.reversed() {
            let digits = "\(group)"
            text += String(repeating: "0", count: 9 - digits.utf8.count) + digits
        }
        return text
    }

    private static func wholeText(_ reader: inout CBORReader) throws(DecodingError) -> String {
        let head = try reader.head()
        switch head {
        case .unsigned(let value): return "\(value)"
        case .negative(let value): return negativeText(value)
        case .tag(CBORReader.bigNumber), .tag(CBORReader.negativeBigNumber):
            return try bigText(&reader, isNegative: head == .tag(CBORReader.negativeBigNumber))
        default: throw reader.fault("a decimal fraction has parts that are no whole numbers")
        }
    }
}
