internal import Glibc

extension Binary.Operator {
    /// The result of two numbers; for a comparison the left one, or nil when it does not hold.
    func apply(_ left: Double, _ right: Double) -> Double? {
        switch self {
        case .add: left + right
        case .subtract: left - right
        case .multiply: left * right
        case .divide: left / right
        case .modulo: Glibc.fmod(left, right)
        case .power: Glibc.pow(left, right)
        case .arcTangent: Glibc.atan2(left, right)
        case .equal: left == right ? left : nil
        case .notEqual: left != right ? left : nil
        case .greater: left > right ? left : nil
        case .less: left < right ? left : nil
        case .greaterOrEqual: left >= right ? left : nil
        case .lessOrEqual: left <= right ? left : nil
        case .and, .or, .unless: nil
        }
    }
}

extension Binary {
    /// The result of two numbers as the expression gives it, with `bool` taken into account.
    func result(_ left: Double, _ right: Double) -> Double? {
        let value = operation.apply(left, right)
        return returnsBool ? (value == nil ? 0 : 1) : value
    }

    /// Whether results no longer are what the metric's name says.
    var dropsName: Bool { !operation.isComparison || returnsBool }
}
