/// What a verdict says.
public enum Outcome: String, Hashable, Sendable, CaseIterable {
    /// *Đạt*: the value passes its threshold.
    case met
    /// *Chưa đạt*: the value fails its threshold.
    case notMet = "not_met"
    /// *Chưa đủ dữ liệu*: too little is known to say.
    case notEnoughData = "not_enough_data"
    /// *Chưa có ngưỡng*: no threshold is loaded for the unit on that day.
    case noThreshold = "no_threshold"

    /// The outcome as pages show it.
    public var title: BilingualText {
        switch self {
        case .met: BilingualText(vi: "đạt", en: "met")
        case .notMet: BilingualText(vi: "chưa đạt", en: "not met")
        case .notEnoughData: BilingualText(vi: "chưa đủ dữ liệu", en: "not enough data")
        case .noThreshold: BilingualText(vi: "chưa có ngưỡng", en: "no threshold")
        }
    }
}
