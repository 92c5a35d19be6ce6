/// Named classes and escapes of RE2; all of them ASCII only.
extension RegularParser {
    static let controls: [Unicode.Scalar: Unicode.Scalar] = [
        "a": "\u{7}", "f": "\u{C}", "t": "\t", "n": "\n", "r": "\r", "v": "\u{B}",
    ]

    private static let digit = ScalarSet([48...57])
    private static let lower = ScalarSet([97...122])
    private static let upper = ScalarSet([65...90])
    private static let alpha = lower.union(upper)
    private static let word = alpha.union(digit).union(ScalarSet("_"))
    /// Tab, line feed, form feed, carriage return, space.
    private static let space = ScalarSet([9...10, 12...13, 32...32])

    static let classes: [Unicode.Scalar: ScalarSet] = [
        "d": digit, "D": digit.inverted, "w": word, "W": word.inverted, "s": space,
        "S": space.inverted,
    ]

    static let posix: [String: ScalarSet] = [
        "alnum": alpha.union(digit), "alpha": alpha, "ascii": ScalarSet([0...127]),
        "blank": ScalarSet([9...9, 32...32]), "cntrl": ScalarSet([0...31, 127...127]),
        "digit": digit, "graph": ScalarSet([33...126]), "lower": lower,
        "print": ScalarSet([32...126]),
        "punct": ScalarSet([33...47, 58...64, 91...96, 123...126]),
        "space": ScalarSet([9...13, 32...32]), "upper": upper, "word": word,
        "xdigit": ScalarSet([48...57, 65...70, 97...102]),
    ]
}
