/// What is wrong with one of a device's parameters.
public enum ParameterFault: Hashable, Sendable, CustomStringConvertible {
    /// The profile has no parameter of that name.
    case unknown(String, profile: String)
    /// The value is outside the parameter's range, or no number.
    case outside(DeviceProfile.Parameter, value: Double)

    /// The fault as one sentence.
    public var description: String {
        switch self {
        case .unknown(let id, let profile): "the profile '\(profile)' has no parameter '\(id)'"
        case .outside(let parameter, let value):
            "\(parameter.id) = \(value) \(parameter.unit) is outside "
                + "\(parameter.range.lowerBound) to \(parameter.range.upperBound)"
        }
    }
}
