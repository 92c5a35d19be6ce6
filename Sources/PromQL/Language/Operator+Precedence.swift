extension Binary.Operator {
    /// Whether it compares.
    public var isComparison: Bool {
        switch self {
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual: true
        default: false
        }
    }

    /// Whether it combines sets of series.
    public var isSet: Bool { self == .and || self == .or || self == .unless }

    /// How strongly it binds; the larger the stronger.
    var precedence: Int {
        switch self {
        case .or: 1
        case .and, .unless: 2
        case .equal, .notEqual, .greater, .less, .greaterOrEqual, .lessOrEqual: 3
        case .add, .subtract: 4
        case .multiply, .divide, .modulo, .arcTangent: 5
        case .power: 6
        }
    }
}
