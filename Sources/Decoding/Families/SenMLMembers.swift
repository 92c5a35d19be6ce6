/// The members of a SenML record that readings are made of, found in one pass over it.
///
/// - Source: RFC 8428 section 4, tables 1 and 2.
struct SenMLMembers {
    /// Labels by their letters, the last one in the lowest byte.
    private enum Label: UInt32 {
        case baseName = 0x626E  // bn
        case baseTime = 0x6274  // bt
        case baseUnit = 0x6275  // bu
        case baseValue = 0x6276  // bv
        case baseVersion = 0x6276_6572  // bver
        case name = 0x6E  // n
        case unit = 0x75  // u
        case value = 0x76  // v
        case text = 0x7673  // vs
        case flag = 0x7662  // vb
        case data = 0x7664  // vd
        case sum = 0x73  // s
        case time = 0x74  // t
    }

    private(set) var baseName: Int?
    private(set) var baseTime: Int?
    private(set) var baseUnit: Int?
    private(set) var baseValue: Int?
    private(set) var baseVersion: Int?
    private(set) var name: Int?
    private(set) var unit: Int?
    private(set) var value: Int?
    private(set) var text: Int?
    private(set) var flag: Int?
    private(set) var data: Int?
    private(set) var sum: Int?
    private(set) var time: Int?

    /// How many members of `v`, `vs`, `vb` and `vd` there are.
    var valueCount: Int {
        (value == nil ? 0 : 1) + (text == nil ? 0 : 1) + (flag == nil ? 0 : 1)
            + (data == nil ? 0 : 1)
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
            let range = nodes[index].range
            if !range.isEmpty, text[range.upperBound - 1] == UInt8(ascii: "_") {
                throw .badValue(
                    field: document.text(of: index),
                    problem: "a label that must be understood"
                )
            }
            if let label = Self.label(text, range) { take(label, index + 1) }
            index = Int(nodes[index + 1].next)
        }
    }

    private static func label(_ text: Span<UInt8>, _ range: Range<Int>) -> Label? {
        var letters: UInt32 = 0
        guard range.count <= 4, range.isEmpty || text[range.lowerBound] != 0 else { return nil }
        for index in range { letters = letters << 8 | UInt32(text[index]) }
        return Label(rawValue: letters)
    }

    private mutating func take(_ label: Label, _ node: Int) {
        switch label {
        case .baseName: baseName = node
        case .baseTime: baseTime = node
        case .baseUnit: baseUnit = node
        case .baseValue: baseValue = node
        case .baseVersion: baseVersion = node
        case .name: name = node
        case .unit: unit = node
        case .sum: sum = node
        case .time: time = node
        case .value: value = node
        case .text: text = node
        case .flag: flag = node
        case .data: data = node
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
