internal import Telemetry

/// How the time of a record is read and moved.
struct RecordClock: Sendable {
    enum Format: Hashable, Sendable {
        case rfc3339
        case seconds
        case milliseconds
        /// Units since a start.
        case since(Instant, unit: Milliseconds)
        case pattern(TimePattern, ReplayZone)
    }

    /// How all times are moved.
    enum Shift: Hashable, Sendable {
        case span(Milliseconds)
        case lastIsNow
        case firstIsNow
        case wholeDays
    }

    let field: FieldReference
    let format: Format
    let shift: Shift

    /// Years 1 to 9999, which RFC 3339 can write.
    static let range =
        Instant(milliseconds: -62_135_596_800_000)...Instant(milliseconds: 253_402_300_799_999)

    /// The time of a record before it is moved.
    func time(
        of record: Record,
        topic: String,
        repeatedHour: inout RepeatedHour
    ) throws(RecordProblem) -> Instant {
        let text = try record.text(of: field).withoutBlanks
        let time: Instant?
        switch format {
        case .rfc3339: time = Instant(rfc3339: text)
        case .seconds: time = Self.instant(text, unit: .seconds(1))
        case .milliseconds: time = Self.instant(text, unit: Milliseconds(1))
        case .since(let start, let unit):
            time = Self.instant(text, unit: unit).map { start + ($0 - Instant(milliseconds: 0)) }
        case .pattern(let pattern, let zone):
            switch pattern.read(text) {
            case .absolute(let instant): time = instant
            case .local(let local):
                switch zone.meaning(ofLocal: local) {
                case .never:
                    throw problem("'\(text)' does not exist: clocks were set forward over it")
                case .once(let instant):
                    repeatedHour.leave(at: instant)
                    time = instant
                case .twice(let first, let second):
                    time = repeatedHour.choose(first, second, local: local, topic: topic)
                }
            case nil: time = nil
            }
        }
        guard let time, Self.range.contains(time) else {
            throw problem("'\(text.prefix(40))' is no time of the mapping's format")
        }
        return time
    }

    /// A time moved.
    ///
    /// - Throws: ``RecordProblem`` when it leaves the years that can be written.
    func moved(_ time: Instant, by span: Milliseconds) throws(RecordProblem) -> Instant {
        let moved = time + span
        guard Self.range.contains(moved) else {
            throw problem("the shift moves it beyond the years 1 to 9999")
        }
        return moved
    }

    /// How far times are moved, when the file's first and last records are known.
    func span(first: Instant, last: Instant, now: Instant) -> Milliseconds {
        switch shift {
        case .span(let span): return span
        case .lastIsNow: return now - last
        case .firstIsNow: return now - first
        case .wholeDays:
            let away = (now - last).count
            let day = Milliseconds.days(1).count
            // Down, also for a recording that ends after now: nothing may lie ahead.
            let days = away / day - (away % day < 0 ? 1 : 0)
            return .days(days)
        }
    }

    /// So many units since 1970; nil when the text is no decimal number.
    private static func instant(_ text: String, unit: Milliseconds) -> Instant? {
        guard JSONText.isNumber(text) else { return nil }
        if let whole = Int64(text) {
            let (product, isOver) = whole.multipliedReportingOverflow(by: unit.count)
            return isOver ? nil : Instant(milliseconds: product)
        }
        return Double(text).flatMap { Instant(secondsSince1970: $0 * unit.seconds) }
    }

    private func problem(_ message: String) -> RecordProblem {
        RecordProblem(field: field.description, message: message)
    }
}

extension RecordClock.Shift {
    /// Longest span that is taken: some 27 centuries.
    private static let maximumDays: Int64 = 1_000_000

    /// Reads `now`, `from_now`, `today` or a span as `-1d12h`; nil for anything else.
    init?(_ text: String) {
        switch text {
        case "now": self = .lastIsNow
        case "from_now": self = .firstIsNow
        case "today": self = .wholeDays
        default:
            guard let span = Self.span(text) else { return nil }
            self = .span(span)
        }
    }

    private static func span(_ text: String) -> Milliseconds? {
        let isNegative = text.hasPrefix("-")
        var rest = text.dropFirst(isNegative || text.hasPrefix("+") ? 1 : 0)
        guard !rest.isEmpty else { return nil }
        var total = Milliseconds.zero
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest[digits.endIndex...]
            // Ten digits of days are within the range of milliseconds, and beyond the limit.
            guard digits.count <= 10, let count = Int64(digits), let letter = rest.popFirst()
            else { return nil }
            switch letter {
            case "d": total = total + .days(count)
            case "h": total = total + .hours(count)
            case "m": total = total + .minutes(count)
            case "s": total = total + .seconds(count)
            default: return nil
            }
            guard total <= .days(maximumDays) else { return nil }
        }
        return isNegative ? .zero - total : total
    }
}
