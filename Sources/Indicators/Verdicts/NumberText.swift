/// Numbers as people read them: two decimals at most, a comma in Vietnamese.
enum NumberText {
    /// A number with at most two decimals, zeros at the end cut, decimal point.
    static func english(_ number: Double) -> String {
        guard number.isFinite else { return "–" }
        let hundredths = (number.magnitude * 100).rounded()
        // Beyond this a double has no hundredths left.
        guard hundredths < 9e15 else { return "\(number)" }
        let whole = Int64(hundredths)
        var decimals = String(whole % 100)
        if decimals.count < 2 { decimals = "0" + decimals }
        while decimals.hasSuffix("0") { decimals.removeLast() }
        let sign = number < 0 && whole > 0 ? "-" : ""
        return sign + String(whole / 100) + (decimals.isEmpty ? "" : "." + decimals)
    }

    /// The same number with a decimal comma.
    static func vietnamese(_ number: Double) -> String {
        String(english(number).map { $0 == "." ? "," : $0 })
    }

    /// A number with its unit in both languages.
    static func bilingual(_ number: Double, unit: String) -> BilingualText {
        let suffix = unit.isEmpty ? "" : " " + unit
        return BilingualText(vi: vietnamese(number) + suffix, en: english(number) + suffix)
    }
}

extension BilingualText {
    /// The text with the same prefix in both languages.
    func prefixed(_ prefix: String) -> BilingualText {
        BilingualText(vi: prefix + vi, en: prefix + en)
    }
}
