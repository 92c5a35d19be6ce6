/// Texts of others on their way to a terminal, which takes some characters as orders.
public enum TerminalText {
    /// The text with everything that is not shown as itself written as `\u{1b}`: control
    /// characters, line ends, and what turns the direction of writing.
    public static func shown(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isOrder) else { return text }
        var shown = ""
        for scalar in text.unicodeScalars {
            if isOrder(scalar) {
                shown += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    private static func isOrder(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        // Of the format characters those that join letters belong to writing.
        case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
        default: false
        }
    }
}
