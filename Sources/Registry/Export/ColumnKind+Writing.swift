extension ColumnKind {
    /// Whether values are numbers that one may reckon with.
    var isNumber: Bool {
        switch self {
        case .whole, .decimal: true
        default: false
        }
    }

    /// The words that may stand in a column; empty when others may.
    var choices: [String] {
        switch self {
        case .word(let words): words
        case .flag: ["true", "false"]
        default: []
        }
    }

    /// A stored value as the import reads it.
    func written(_ cell: Cell) -> RegistryTable.Value {
        switch (self, cell) {
        case (_, .null): .empty
        case (.flag, .integer(let number)): .text(number == 0 ? "false" : "true")
        case (.clock, .integer(let minutes)): .text(Self.clock(minutes))
        case (.span, .integer(let seconds)): .text(Self.span(seconds))
        case (_, .integer(let number)): .number(Double(number))
        case (_, .real(let number)): .number(number)
        case (_, .text(let text)): .text(text)
        }
    }

    private static func clock(_ minutes: Int64) -> String {
        func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(two(minutes / 60)):\(two(minutes % 60))"
    }

    /// In the largest unit that gives a whole number.
    private static func span(_ seconds: Int64) -> String {
        for (unit, factor) in [("d", 86_400), ("h", 3600), ("m", 60)] as [(String, Int64)]
        where seconds % factor == 0 {
            return "\(seconds / factor)\(unit)"
        }
        return "\(seconds)s"
    }
}
