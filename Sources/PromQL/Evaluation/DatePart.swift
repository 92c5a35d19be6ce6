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

    /// The part of a time in seconds since 1970; NaN for what is no time or lies too far away.
    func value(of seconds: Double) -> Double {
        // The calendar ends at the year 142 million; nothing measured lies beyond.
        guard seconds.magnitude < 0x1p52 else { return .nan }
        // Cut, not rounded down: before 1970 the second that has begun is the later one.
        let whole = Int(seconds)
        let days = Int((Double(whole) / 86_400).rounded(.down))
        let second = whole - days * 86_400
        let date = CivilDate(daysSince1970: days)
        switch self {
        case .minute: return Double(second / 60 % 60)
        case .hour: return Double(second / 3600)
        case .dayOfWeek: return Double(date.weekday)
        case .dayOfMonth: return Double(date.day)
        case .month: return Double(date.month)
        case .year: return Double(date.year)
        case .daysInMonth:
            return Double(CivilDate.dayCount(year: date.year, month: date.month))
        case .dayOfYear:
            let newYear = CivilDate(year: date.year, month: 1, day: 1)
            return newYear.map { Double(days - $0.daysSince1970 + 1) } ?? .nan
        }
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
