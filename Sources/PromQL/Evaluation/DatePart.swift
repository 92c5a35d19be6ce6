internal import Telemetry

/// The parts of a date that functions give, in universal time.
enum DatePart {
    case minute, hour, dayOfWeek, dayOfMonth, dayOfYear, daysInMonth, month, year

    init?(_ function: Function) {
        switch function {
        case .minute: self = .minute
        case .hour: self = .hour
        case .dayOfWeek: self = .dayOfWeek
        case .dayOfMonth: self = .dayOfMonth
        case .dayOfYear: self = .dayOfYear
        case .daysInMonth: self = .daysInMonth
        case .month: self = .month
        case .year: self = .year
        default: return nil
        }
    }

    /// The part of a time in seconds since 1970; NaN for what is no time.
    ///
    /// - Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    func value(of seconds: Double) -> Double {
        guard let whole = Int64(exactly: seconds.rounded(.down)), abs(whole) < 1 << 53 else {
            return .nan
        }
        let days = (Double(whole) / 86_400).rounded(.down)
        let second = whole - Int64(days) * 86_400
        switch self {
        case .minute: return Double(second / 60 % 60)
        case .hour: return Double(second / 3600)
        case .dayOfWeek: return Double(((Int64(days) + 4) % 7 + 7) % 7)
        default: break
        }
        let (year, month, day) = Self.civil(Int64(days))
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        switch self {
        case .dayOfMonth: return Double(day)
        case .month: return Double(month)
        case .year: return Double(year)
        case .daysInMonth: return Double(lengths[month - 1])
        default: return Double(lengths[..<(month - 1)].reduce(0, +) + day)
        }
    }

    private static func civil(_ days: Int64) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let place = (5 * dayOfYear + 2) / 153
        let month = Int(place < 10 ? place + 3 : place - 9)
        let year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
        return (year, month, Int(dayOfYear - (153 * place + 2) / 5 + 1))
    }
}

extension Evaluator {
    /// A part of the date of each value, or of the time of evaluation.
    func dates(
        _ part: DatePart,
        _ argument: Expression?,
        _ grid: Grid
    ) throws(QueryError) -> [GridSeries] {
        guard let argument else {
            let values = (0..<grid.count).map { part.value(of: Double(grid[$0]) / 1000) }
            return [GridSeries(labels: .empty, column: Column(values))]
        }
        return try map(vector(argument, grid)) { part.value(of: $0) }
    }
}
