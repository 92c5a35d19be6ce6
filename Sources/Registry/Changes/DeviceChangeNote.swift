internal import Telemetry

/// What is to be said of a change of a device: a code with its values, so that each page says it in
/// its language, and the same in English.
public struct DeviceChangeNote: Hashable, Sendable, CustomStringConvertible {
    /// What is said.
    public let code: DeviceChangeNoteCode
    /// What the code says it of.
    public let values: [String]

    /// Creates a note.
    public init(_ code: DeviceChangeNoteCode, _ values: String...) {
        self.init(code, values)
    }

    init(_ code: DeviceChangeNoteCode, _ values: [String]) {
        self.code = code
        self.values = values
    }

    /// The sentence in English.
    public var description: String { code.template.filled(with: values) }
}
