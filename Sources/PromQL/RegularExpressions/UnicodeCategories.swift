/// The general categories of Unicode as sets, for `\p{…}` in patterns.
///
/// - Source: Unicode Standard Annex #44, table 12, general category values; RE2 syntax page.
enum UnicodeCategories {
    /// The characters of a category such as `Lu`, or of a group of them such as `L`; nil for a name
    /// that is none.
    static func set(named name: String) -> ScalarSet? {
        if name == "Any" { return .everything }
        let members = names.filter { $0.name == name || $0.name.prefix(1) == name }
        guard !members.isEmpty else { return nil }
        return ScalarSet(members.flatMap { ranges[$0.category] ?? [] })
    }

    private static let names: [(name: String, category: Unicode.GeneralCategory)] = [
        ("Lu", .uppercaseLetter), ("Ll", .lowercaseLetter), ("Lt", .titlecaseLetter),
        ("Lm", .modifierLetter), ("Lo", .otherLetter), ("Mn", .nonspacingMark),
        ("Mc", .spacingMark), ("Me", .enclosingMark), ("Nd", .decimalNumber),
        ("Nl", .letterNumber), ("No", .otherNumber), ("Pc", .connectorPunctuation),
        ("Pd", .dashPunctuation), ("Ps", .openPunctuation), ("Pe", .closePunctuation),
        ("Pi", .initialPunctuation), ("Pf", .finalPunctuation), ("Po", .otherPunctuation),
        ("Sm", .mathSymbol), ("Sc", .currencySymbol), ("Sk", .modifierSymbol),
        ("So", .otherSymbol), ("Zs", .spaceSeparator), ("Zl", .lineSeparator),
        ("Zp", .paragraphSeparator), ("Cc", .control), ("Cf", .format), ("Co", .privateUse),
    ]

    /// The ranges of each category; all 1.1 million characters are looked at once, when the first
    /// pattern with `\p` is compiled.
    private static let ranges: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = {
        var ranges: [Unicode.GeneralCategory: [ClosedRange<UInt32>]] = [:]
        var start: UInt32 = 0
        var current: Unicode.GeneralCategory?
        for value in UInt32(0)...0x11_0000 {
            let category = Unicode.Scalar(value)?.properties.generalCategory
            guard category != current || value == 0x11_0000 else { continue }
            if let current { ranges[current, default: []].append(start...(value - 1)) }
            (start, current) = (value, category)
        }
        return ranges
    }()
}
