/// The members of a SenML record that readings are made of, found in one pass over it.
///
/// - Source: RFC 8428 section 4, tables 1 and 2.
struct SenMLMembers {
    /// Labels, counted from 0.
    enum Label: Int {
        case baseName, baseTime, baseUnit, baseValue, baseVersion, name, unit, value, text, flag,
            data, sum, time
    }

    /// The values' nodes by the places of labels; 0, where the array of records stands, for none.
    private var nodes = InlineArray<13, UInt32>(repeating: 0)

    /// The node of a member's value, or nil.
    subscript(label: Label) -> Int? {
        let node = nodes[label.rawValue]
        return node == 0 ? nil : Int(node)
    }

    /// How many members of `v`, `vs`, `vb` and `vd` there are.
    var valueCount: Int {
        (self[.value] == nil ? 0 : 1) + (self[.text] == nil ? 0 : 1)
            + (self[.flag] == nil ? 0 : 1) + (self[.data] == nil ? 0 : 1)
    }

    /// Finds the members; others are passed over.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for a record that is no object, and for
    ///   a label that ends in `_`: none of those is understood.
    init(_ document: borrowing JSONDocument, _ record: Int) throws(DecodingError) {
        let nodes = document.nodes.span
        guard nodes[record].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an array of SenML records")
        }
        let text = document.bytes.span
        var index = record + 1
        let end = Int(nodes[record].next)
        while index < end {
            // The last byte of a key is that of its signature.
            if nodes[index].next & 0xFF == UInt32(UInt8(ascii: "_")) {
                throw .badValue(
                    field: document.text(of: index),
                    problem: "a label that must be understood"
                )
            }
            if let label = Self.label(text, nodes[index]) {
                self.nodes[label.rawValue] = UInt32(truncatingIfNeeded: index + 1)
            }
            index = Int(nodes[index + 1].next)
        }
    }

    /// The label that a key is, by its signature: length, first, middle and last byte, which of up
    /// to three bytes are all.
    private static func label(_ text: Span<UInt8>, _ key: JSONNode) -> Label? {
        // Longer keys, of which a signature holds the last eight bits of the length, are none.
        guard key.end &- key.start <= 4 else { return nil }
        switch key.next {
        case 0x01_6E6E6E: return .name  // n
        case 0x01_757575: return .unit  // u
        case 0x01_767676: return .value  // v
        case 0x01_747474: return .time  // t
        case 0x01_737373: return .sum  // s
        case 0x02_767373: return .text  // vs
        case 0x02_766262: return .flag  // vb
        case 0x02_766464: return .data  // vd
        case 0x02_626E6E: return .baseName  // bn
        case 0x02_627474: return .baseTime  // bt
        case 0x02_627575: return .baseUnit  // bu
        case 0x02_627676: return .baseValue  // bv
        case 0x04_626572: return text[Int(key.start) + 1] == UInt8(ascii: "v") ? .baseVersion : nil
        default: return nil
        }
    }
}

extension JSONDocument {
    /// The number of a member of a SenML record; nil without the member.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for anything but a number.
    func number(_ member: Int?, label: String) throws(DecodingError) -> Double? {
        guard let member else { return nil }
        guard let value = number(member) else {
            throw .badValue(field: label, problem: "expected a number")
        }
        return value
    }
}
