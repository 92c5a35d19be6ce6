/// Which styles of cells show a number as a day or a time.
///
/// - Source: ISO/IEC 29500-1, sections 18.8.10 (`cellXfs`), 18.8.30 (`numFmt`, built-in numbers)
///   and 18.8.31 (format codes).
struct DateStyles: PartContent {
    /// Whether formats of the file, by their numbers, show days or times.
    private var formats: [Int: Bool] = [:]
    private var styles: [Int] = []
    private var isInside = false

    /// Whether numbers of a style, by its place, are days or times.
    func isDate(_ style: Int) -> Bool {
        guard styles.indices.contains(style) else { return false }
        let number = styles[style]
        return formats[number] ?? Self.builtIn.contains { $0.contains(number) }
    }

    mutating func begin(_ element: String, _ attributes: PartAttributes) {
        switch element {
        case "numFmt":
            guard let id = attributes["numFmtId"].flatMap({ Int($0) }) else { return }
            formats[id] = attributes["formatCode"].map(Self.showsDate)
        case "cellXfs": isInside = true
        case "xf" where isInside: styles.append(attributes["numFmtId"].flatMap { Int($0) } ?? 0)
        default: break
        }
    }

    mutating func end(_ element: String, _ text: String) {
        if element == "cellXfs" { isInside = false }
    }

    /// The last two are days in the scripts of East Asia.
    private static let builtIn = [14...22, 45...47, 27...36, 50...58]

    /// Whether a format code has a letter of days or times outside quotes, brackets and escapes.
    static func showsDate(_ code: String) -> Bool {
        var rest = code.unicodeScalars[...]
        rest = rest.split(separator: ";").first ?? rest.prefix(0)
        while let character = rest.popFirst() {
            switch character {
            case "\"": rest = rest.drop { $0 != "\"" }.dropFirst()
            case "\\", "_", "*": rest = rest.dropFirst()
            case "[":
                let inner = rest.prefix { $0 != "]" }
                // Hours, minutes and seconds that go on counting past a day.
                let isCounting = inner.allSatisfy { "hmsHMS".unicodeScalars.contains($0) }
                if !inner.isEmpty, isCounting { return true }
                rest = rest.dropFirst(inner.count + 1)
            default:
                if "ymdhsYMDHS".unicodeScalars.contains(character) { return true }
            }
        }
        return false
    }
}
