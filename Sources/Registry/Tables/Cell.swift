/// One value as it is stored.
enum Cell: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    /// As it is shown in messages.
    var shown: String {
        switch self {
        case .null: ""
        case .integer(let number): String(number)
        case .real(let number): String(number)
        case .text(let text): text
        }
    }

    /// The text, or nil for any other value.
    var string: String? {
        if case .text(let text) = self { return text }
        return nil
    }

    /// The number, or nil for any other value.
    var number: Double? {
        switch self {
        case .real(let number): number
        case .integer(let number): Double(number)
        case .null, .text: nil
        }
    }
}
