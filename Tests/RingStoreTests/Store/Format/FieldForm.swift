/// How the page about the format says that a field is written.
///
/// It reads by the page's own words, and takes nothing from the code that it is compared with.
enum FieldForm: Equatable {
    case unsigned(bytes: Int)
    case twosComplement
    case characters(count: Int)
    case double
    case variable
    case folded
    case text
    case bits

    /// Reads a cell of the page; nil when it names no form.
    init?(_ cell: String) {
        switch cell {
        case "1", "4", "8": self = .unsigned(bytes: cell == "1" ? 1 : cell == "4" ? 4 : 8)
        case "8 signed": self = .twosComplement
        case "4 ASCII", "8 ASCII": self = .characters(count: cell == "4 ASCII" ? 4 : 8)
        case "8 IEEE": self = .double
        case "variable": self = .variable
        case "signed": self = .folded
        case "text": self = .text
        case "bits": self = .bits
        default: return nil
        }
    }

    /// Bytes of a field, or nil when that depends on its value.
    var fixedBytes: Int? {
        switch self {
        case .unsigned(let bytes): bytes
        case .twosComplement, .double: 8
        case .characters(let count): count
        case .variable, .folded, .text, .bits: nil
        }
    }

    /// Whether bytes, all of them, say what the page writes.
    ///
    /// - Parameters:
    ///   - bytes: The bytes.
    ///   - value: The page's words.
    ///   - width: Width of the numbers in bits, or nil where the page shows the bits themselves.
    /// - Returns: Whether they do.
    func says(_ bytes: [UInt8], _ value: String, width: Int?) -> Bool {
        if let fixedBytes, fixedBytes != bytes.count { return false }
        switch self {
        case .unsigned: return Self.number(bytes) == PageNumber.unsigned(value)
        case .twosComplement: return Int64(bitPattern: Self.number(bytes)) == Int64(value)
        case .characters: return bytes == Array(value.utf8)
        case .double: return Self.number(bytes) == PageNumber.bits(value)
        case .variable: return Self.variable(bytes) == PageNumber.unsigned(value)
        case .folded:
            guard let number = Int64(value) else { return false }
            let folded = number < 0 ? ~UInt64(bitPattern: number) * 2 + 1 : UInt64(number) * 2
            return Self.variable(bytes) == folded
        case .text:
            return bytes == [UInt8(value.utf8.count)] + Array(value.utf8)
        case .bits:
            return Self.bits(value, width: width).map { BitText($0).bytes == bytes } ?? false
        }
    }

    private static func number(_ bytes: [UInt8]) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func variable(_ bytes: [UInt8]) -> UInt64? {
        guard let last = bytes.last, last < 128, bytes.dropLast().allSatisfy({ $0 >= 128 }) else {
            return nil
        }
        return bytes.reversed().reduce(0) { $0 << 7 | UInt64($1 & 127) }
    }

    /// Bits that the page shows, or those of the numbers that it shows; the first one first.
    private static func bits(_ value: String, width: Int?) -> String? {
        guard let width else { return value.filter { $0 == "0" || $0 == "1" } }
        let numbers = value.split(separator: " ").map { UInt64($0) }
        guard numbers.allSatisfy({ $0.map { $0 >> UInt64(width) == 0 } ?? false }) else {
            return nil
        }
        return numbers.map { BitText($0 ?? 0, width: width).text }.joined()
    }
}

/// Numbers and values as the pages write them.
enum PageNumber {
    /// An unsigned number, in decimal digits or after `0x`.
    static func unsigned(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    /// Bit pattern of a value; a pattern after `0x` stands for itself.
    static func bits(_ text: String) -> UInt64? {
        text.hasPrefix("0x") ? unsigned(text) : Double(text)?.bitPattern
    }
}

/// Bits as the page writes them: the one that lies lowest in its byte first.
struct BitText {
    let text: String

    init(_ text: String) { self.text = text }

    init(_ number: UInt64, width: Int) {
        text = (0..<width).map { number >> UInt64($0) & 1 == 1 ? "1" : "0" }.joined()
    }

    /// The number whose lowest bit is the first.
    var number: UInt64 { text.reversed().reduce(0) { $0 << 1 | ($1 == "1" ? 1 : 0) } }

    /// The bytes, the last one filled up with zeros.
    var bytes: [UInt8] {
        let bits = Array(text)
        return stride(from: 0, to: bits.count, by: 8).map { start in
            let part = String(bits[start..<min(start + 8, bits.count)])
            return UInt8(BitText(part).number)
        }
    }
}
