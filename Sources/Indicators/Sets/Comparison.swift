/// How a value is held against its threshold.
public enum Comparison: String, Hashable, Sendable, CaseIterable {
    /// The value reaches the threshold or exceeds it.
    case atLeast = ">="
    /// The value exceeds the threshold.
    case above = ">"
    /// The value reaches the threshold or stays under it.
    case atMost = "<="
    /// The value stays under the threshold.
    case below = "<"

    /// Whether a value passes.
    public func accepts(_ value: Double, threshold: Double) -> Bool {
        switch self {
        case .atLeast: value >= threshold
        case .above: value > threshold
        case .atMost: value <= threshold
        case .below: value < threshold
        }
    }

    /// The sign as it is printed, `≥` for ``atLeast``.
    public var symbol: String {
        switch self {
        case .atLeast: "≥"
        case .above: ">"
        case .atMost: "≤"
        case .below: "<"
        }
    }
}
