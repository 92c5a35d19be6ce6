/// How fast a recording is played.
public enum ReplayPace: Hashable, Sendable, CustomStringConvertible {
    /// As fast as it was recorded.
    case recorded
    /// So many times as fast; see ``factors`` for the range.
    case times(Double)
    /// Without waiting.
    case unpaced

    /// Factors that make sense: a minute takes from 60 µs to 16 hours.
    public static let factors: ClosedRange<Double> = 0.001...1_000_000

    /// Reads `1`, a factor as `1000` or `0.5`, or `max`; nil for anything else.
    public init?(_ text: String) {
        if text == "max" {
            self = .unpaced
            return
        }
        guard JSONText.isNumber(text), let factor = Double(text), Self.factors.contains(factor)
        else { return nil }
        self = factor == 1 ? .recorded : .times(factor)
    }

    /// The pace as ``init(_:)`` reads it.
    public var description: String {
        switch self {
        case .recorded: "1"
        case .times(let factor):
            Int64(exactly: factor).map { "\($0)" } ?? "\(factor)"
        case .unpaced: "max"
        }
    }
}
