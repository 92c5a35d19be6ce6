/// Sizes as operators write them: `256MiB`, `4GiB`, `64 KiB`, or bytes without a unit.
public enum SizeText {
    /// What is expected, for messages.
    public static let expectation = "a size such as 256MiB or 4GiB"

    private static let shifts: [String: UInt64] = ["": 0, "KiB": 10, "MiB": 20, "GiB": 30]

    /// Reads a size.
    ///
    /// - Returns: bytes, more than 0; nil when the text is none.
    public static func parse(_ text: String) -> UInt64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).drop { $0 == " " }
        guard let number = UInt64(digits), let shift = shifts[String(unit)],
            number > 0, number <= UInt64.max >> (shift + 8)
        else { return nil }
        return number << shift
    }

    /// The shortest text that ``parse(_:)`` reads as this size.
    public static func print(_ bytes: UInt64) -> String {
        for (unit, shift) in [("GiB", 30 as UInt64), ("MiB", 20), ("KiB", 10)]
        where bytes > 0 && bytes % (1 << shift) == 0 {
            return "\(bytes >> shift)\(unit)"
        }
        return "\(bytes)"
    }
}
