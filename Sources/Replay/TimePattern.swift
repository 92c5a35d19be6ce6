internal import Telemetry

/// A form of written times, as `yyyy-MM-dd HH:mm`.
///
/// The letters are those of Unicode's date patterns, as many operators know them from spreadsheets;
/// which ones there are stands at ``ReplayMapping``.
///
/// - Source: Unicode Technical Standard 35, part 4, "Date Format Patterns".
struct TimePattern: Hashable, Sendable {
    private enum Piece: Hashable, Sendable {
        case number(Part, digits: ClosedRange<Int>)
        case fraction
        case offset
        case character(Character)

        var part: Part? {
            if case .number(let part, _) = self { part } else { nil }
        }
    }

    private enum Part: Hashable, Sendable {
        case year, month, day, hour, minute, second
    }

    private let pieces: [Piece]

    /// Whether the pattern has an offset, so that no zone is needed.
    var hasOffset: Bool { pieces.contains(.offset) }

    /// Why a text is no pattern; lower case, no full stop.
    struct Problem: Error, Hashable {
        let message: String
    }

    /// Reads a pattern.
    init(_ text: String) throws(Problem) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let letter = rest.first {
            if letter == "'" {
                rest = rest.dropFirst()
                guard let close = rest.firstIndex(of: "'") else {
                    throw Problem(message: "a ' is never closed")
                }
                pieces += rest[..<close].map { .character($0) }
                rest = rest[rest.index(after: close)...]
                continue
            }
            let run = rest.prefix { $0 == letter }
            guard letter.isLetter, letter != "T" else {
                pieces += run.map { .character($0) }
                rest = rest[run.endIndex...]
                continue
            }
            guard let piece = Self.pieces[String(run)] else {
                throw Problem(
                    message: "'\(run)' has no meaning in a time format, known are: "
                        + Self.pieces.keys.sorted().joined(separator: ", ")
                )
            }
            guard !pieces.contains(where: { Self.isSamePart($0, piece) }) else {
                throw Problem(message: "'\(run)' stands twice in the time format")
            }
            pieces.append(piece)
            rest = rest[run.endIndex...]
        }
        for (part, name) in [(Part.year, "yyyy"), (.month, "MM"), (.day, "dd")]
        where !pieces.contains(where: { $0.part == part }) {
            throw Problem(message: "the time format has no '\(name)'")
        }
        self.pieces = pieces
    }

    private static let pieces: [String: Piece] = [
        "yyyy": .number(.year, digits: 4...4),
        "MM": .number(.month, digits: 2...2), "M": .number(.month, digits: 1...2),
        "dd": .number(.day, digits: 2...2), "d": .number(.day, digits: 1...2),
        "HH": .number(.hour, digits: 2...2), "H": .number(.hour, digits: 1...2),
        "mm": .number(.minute, digits: 2...2), "ss": .number(.second, digits: 2...2),
        "SSS": .fraction, "XXX": .offset,
    ]

    private static func isSamePart(_ left: Piece, _ right: Piece) -> Bool {
        left == right || left.part != nil && left.part == right.part
    }

    /// Reads a time; nil when the text is not of this form or no such time is in the calendar.
    func read(_ text: String) -> WrittenTime? {
        var rest = text[...]
        var parts: [Part: Int] = [:]
        var fraction: Int64 = 0
        var offset: Milliseconds?
        for piece in pieces {
            switch piece {
            case .character(let character):
                guard rest.first == character else { return nil }
                rest = rest.dropFirst()
            case .number(let part, let digits):
                let run = rest.prefix(digits.upperBound).prefix { $0.isASCII && $0.isNumber }
                guard digits.contains(run.count), let value = Int(run) else { return nil }
                parts[part] = value
                rest = rest[run.endIndex...]
            case .fraction:
                let run = rest.prefix { $0.isASCII && $0.isNumber }
                guard !run.isEmpty, let value = Double("0.\(run)") else { return nil }
                fraction = Int64((value * 1000).rounded())
                rest = rest[run.endIndex...]
            case .offset:
                let run = rest.first == "Z" ? rest.prefix(1) : rest.prefix(6)
                guard let read = ReplayZone.offset(run) else { return nil }
                offset = read
                rest = rest[run.endIndex...]
            }
        }
        guard rest.isEmpty,
            let date = CivilDate(
                year: parts[.year] ?? 0,
                month: parts[.month] ?? 0,
                day: parts[.day] ?? 0
            )
        else { return nil }
        let (hour, minute) = (parts[.hour] ?? 0, parts[.minute] ?? 0)
        // A second of 60 is a leap second, taken as the start of the next minute.
        guard hour <= 23, minute <= 59, parts[.second] ?? 0 <= 60 else { return nil }
        let seconds = Int64(hour * 3600 + minute * 60 + (parts[.second] ?? 0))
        let local = Int64(date.daysSince1970) * 86_400_000 + seconds * 1000 + fraction
        guard let offset else { return .local(local) }
        return .absolute(Instant(milliseconds: local) - offset)
    }
}
