internal import Telemetry

/// A time of day or a span below a day as text.
enum CivilClock {
    /// Seconds as `HH:MM:SS`.
    static func text(_ seconds: Int64) -> String {
        "\(two(seconds / 3600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }

    /// Minutes of a day as `HH:MM`.
    static func text(minutes: Int) -> String {
        "\(two(Int64(minutes / 60))):\(two(Int64(minutes % 60)))"
    }

    /// An offset as `+07:00`.
    static func zone(_ offset: Milliseconds) -> String {
        let minutes = Int(abs(offset.count) / 60_000)
        return (offset < .zero ? "-" : "+") + text(minutes: minutes)
    }

    private static func two(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }
}
