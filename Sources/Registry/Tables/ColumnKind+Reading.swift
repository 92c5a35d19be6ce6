internal import Telemetry

/// Why a field is refused, and what would be right.
struct Refusal: Error {
    let message: String

    init(_ message: String) {
        self.message = message
    }

    init(_ text: some StringProtocol, isNot wanted: String) {
        message = "\"\(text.prefix(40))\" is not \(wanted)"
    }
}

extension ColumnKind {
    /// Reads a field that is not empty.
    ///
    /// Each value has one stored form, so that a file read twice changes nothing.
    func read(_ text: String) throws(Refusal) -> Cell {
        switch self {
        case .code: return .text(try Self.code(text))
        case .key: return .text(try Self.key(text))
        case .text: return .text(try Self.freeText(text))
        case .address: return .text(try Self.address(text))
        case .whole(let range): return .integer(Int64(try Self.whole(text, in: range)))
        case .decimal(let range): return .real(try Self.decimal(text, in: range))
        case .date:
            guard let date = CivilDate(text) else {
                throw Refusal(text, isNot: "a day of the calendar as 2025-07-01")
            }
            return .text(date.description)
        case .instant: return .text(try Self.instant(text).rfc3339)
        case .flag:
            guard text == "true" || text == "false" else {
                throw Refusal(text, isNot: "true or false")
            }
            return .integer(text == "true" ? 1 : 0)
        case .word(let words):
            guard words.contains(text) else {
                throw Refusal(text, isNot: "one of \(words.joined(separator: ", "))")
            }
            return .text(text)
        case .clock: return .integer(Int64(try Self.clock(text).minutes))
        case .switching: return .text(try Self.switching(text))
        case .weekdays: return .text(try Self.weekdays(text))
        case .span: return .integer(try Self.span(text))
        case .codes: return .text(try Self.list(text, Self.code).joined(separator: ";"))
        case .keys: return .text(try Self.list(text, Self.key).joined(separator: ";"))
        case .parameters: return .text(try Self.parameters(text))
        }
    }

    // MARK: Texts

    private static func code(_ text: String) throws(Refusal) -> String {
        guard (1...RegistryLimits.maximumCodeLength).contains(text.utf8.count),
            text.utf8.allSatisfy(isCodeByte)
        else {
            throw Refusal(
                text,
                isNot: "a code: 1 to \(RegistryLimits.maximumCodeLength) of "
                    + "A-Z a-z 0-9 . _ - without spaces"
            )
        }
        return text
    }

    private static func key(_ text: String) throws(Refusal) -> String {
        guard (1...RegistryLimits.maximumCodeLength).contains(text.utf8.count),
            text.utf8.allSatisfy({ isCodeByte($0) || $0 == UInt8(ascii: ":") })
        else {
            throw Refusal(
                text,
                isNot: "a key: 1 to \(RegistryLimits.maximumCodeLength) of "
                    + "A-Z a-z 0-9 . _ - : without spaces"
            )
        }
        return text
    }

    private static func isCodeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private static func freeText(_ text: String) throws(Refusal) -> String {
        guard text.utf8.count <= RegistryLimits.maximumTextBytes else {
            throw Refusal(
                "the text has \(text.utf8.count) bytes, \(RegistryLimits.maximumTextBytes) are "
                    + "allowed"
            )
        }
        // A line end in a name would tear the reports and tables in which it stands.
        guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
            throw Refusal("the text holds a control character, as a line end or a tab; remove it")
        }
        return text
    }

    private static func address(_ text: String) throws(Refusal) -> String {
        guard text.utf8.count <= RegistryLimits.maximumAddressBytes,
            text.unicodeScalars.allSatisfy({
                $0.properties.generalCategory != .control && !$0.properties.isWhitespace
            })
        else {
            throw Refusal(
                text,
                isNot: "an address: 1 to \(RegistryLimits.maximumAddressBytes) bytes without spaces"
            )
        }
        return DeviceAddress.normalized(text)
    }

    // MARK: Numbers

    private static func whole(
        _ text: some StringProtocol,
        in range: ClosedRange<Int>
    ) throws(Refusal) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw Refusal(
                text,
                isNot: "a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private static func decimal(
        _ text: some StringProtocol,
        in range: ClosedRange<Double>
    ) throws(Refusal) -> Double {
        // Double would also read hexadecimal, infinity and NaN.
        let allowed = text.utf8.allSatisfy {
            ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains($0)
                || $0 | 0x20 == UInt8(ascii: "e")
        }
        guard allowed, let number = Double(text), range.contains(number) else {
            throw Refusal(
                text,
                isNot: "a number from \(plain(range.lowerBound)) to \(plain(range.upperBound)) "
                    + "with a decimal point"
            )
        }
        // Minus zero and zero are one value and have one stored form.
        return number == 0 ? 0 : number
    }

    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }
}
