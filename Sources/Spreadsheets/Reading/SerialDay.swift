internal import Telemetry

/// Days and times as spreadsheets count them: days, with the time as a fraction.
///
/// - Source: ISO/IEC 29500-1, section 18.17.4.
enum SerialDay {
    private static let secondsOfDay = 86_400
    /// 9999-12-31, the last day that the programs know.
    private static let last = 2_958_465.0
    /// The programs count a 29 February 1900, which there was not, for an older program's sake.
    private static let missingDay = 60
    /// Days from 1970-01-01 to the day that is number 0.
    private static let zeroOf1900 = -25_569
    private static let zeroOf1904 = -24_107

    /// A day as `2025-07-01`, a time as `18:30`, both as `2025-07-01 18:30`; seconds where there
    /// are any.
    ///
    /// - Returns: nil for a number that is no day.
    static func text(_ number: Double, countsFrom1904: Bool) -> String? {
        guard number >= 0, number < last + 1 else { return nil }
        let seconds = Int((number * Double(secondsOfDay)).rounded())
        let (day, second) = seconds.quotientAndRemainder(dividingBy: secondsOfDay)
        if day == 0, !countsFrom1904 || second > 0 { return time(second) }
        guard countsFrom1904 || day != missingDay else { return nil }
        let zero = countsFrom1904 ? zeroOf1904 : day < missingDay ? zeroOf1900 + 1 : zeroOf1900
        let date = CivilDate(daysSince1970: zero + day).description
        return second == 0 ? date : "\(date) \(time(second))"
    }

    private static func time(_ second: Int) -> String {
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = "\(two(second / 3600)):\(two(second / 60 % 60))"
        return second % 60 == 0 ? minutes : "\(minutes):\(two(second % 60))"
    }
}
