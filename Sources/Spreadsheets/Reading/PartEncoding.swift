/// How the characters of a part are written.
///
/// - Source: ISO/IEC 29500-2 (ECMA-376 part 2, 8.1.4): XML of packages is in UTF-8 or UTF-16;
///   XML 1.0, section 4.3.3: the latter begins with a byte order mark.
enum PartEncoding {
    /// Why a part in another encoding is refused.
    static let fault = "it is written neither in UTF-8 nor in UTF-16"

    /// A part in UTF-8 without a byte order mark.
    ///
    /// - Returns: nil when it is in another encoding.
    static func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.starts(with: [0xFF, 0xFE]) { return fromUTF16(bytes, low: 0, high: 1) }
        if bytes.starts(with: [0xFE, 0xFF]) { return fromUTF16(bytes, low: 1, high: 0) }
        guard (try? UTF8Span(validating: bytes.span)) != nil else { return nil }
        return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
    }

    /// Whether a part may declare an encoding of a name.
    static func isUnicode(_ name: String) -> Bool {
        ["utf-8", "utf-16", "utf-16le", "utf-16be"].contains(name.lowercased())
    }

    /// XML 1.0, production 2 (`Char`).
    static func isCharacter(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09, 0x0A, 0x0D, 0x20...0xFFFD, 0x1_0000...: true
        default: false
        }
    }

    /// Whether valid UTF-8 has only such; U+FFFE and U+FFFF are `EF BF BE` and `EF BF BF`.
    static func hasOnlyCharacters(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { place in
            switch bytes[place] {
            case 0x09, 0x0A, 0x0D: true
            case ..<0x20: false
            case 0xEF: bytes[place + 1] != 0xBF || bytes[place + 2] < 0xBE
            default: true
            }
        }
    }

    private static func fromUTF16(_ bytes: [UInt8], low: Int, high: Int) -> [UInt8]? {
        guard bytes.count.isMultiple(of: 2) else { return nil }
        let units = stride(from: 2, to: bytes.count, by: 2).lazy.map { place in
            UInt16(bytes[place + high]) << 8 | UInt16(bytes[place + low])
        }
        return String(validating: units, as: UTF16.self).map { Array($0.utf8) }
    }
}
