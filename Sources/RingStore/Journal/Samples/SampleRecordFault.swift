/// Why a record of samples could not be read.
public enum SampleRecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// A newer program wrote it.
    case unknownVersion(UInt8)
    /// The payload is not what its version says.
    case malformed
    /// The record that says what the number stands for was not read before.
    case undefinedSeries(UInt32)

    /// What was attempted and why it failed.
    public var description: String {
        switch self {
        case .unknownVersion(let version):
            "cannot read a record of samples of version \(version): this program reads versions "
                + "\(SampleRecord.firstVersion) to \(SampleRecord.version)"
        case .malformed: "cannot read a record of samples: it is not as its version says"
        case .undefinedSeries(let number):
            "cannot read a record of samples: no record before it in its segment defines series "
                + "\(number)"
        }
    }
}
