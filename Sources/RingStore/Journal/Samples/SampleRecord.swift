public import Telemetry

/// The payload of a record of kind ``RecordKind/samples``.
///
/// It holds samples by the numbers of their series, and the labels of those series that the segment
/// has not named before. All numbers have their lowest byte first. Version 3:
///
/// | bytes | what |
/// | --- | --- |
/// | 1 | the version, 3 |
/// | 2 | how many definitions follow |
/// | 2 | how many samples follow them, at most 1024 |
/// | | the definitions, then the samples, to the end of the payload |
///
/// A definition says which series a number stands for: the number, then how many labels it has,
/// then for each of these, by their place among them, what differs from the label in the same place
/// of the definition before it in the record:
///
/// | byte | what follows |
/// | --- | --- |
/// | 0 | nothing: it is the same |
/// | 1 | the value; the name is the same |
/// | 2 | the name and the value |
///
/// Names and values come after their length in bytes of UTF-8. Numbers of series, counts and
/// lengths are written in groups of seven bits, the lowest first, each but the last with 128 added.
/// A definition holds for the samples of its own record and of the records after it, until the
/// number is defined again or its segment ends: whoever reads from the beginning of a segment can
/// read all of it. Series of one kind or one device, which mostly follow each other, share most
/// labels.
///
/// A sample begins with a byte that says how long its three parts are, in their order here:
///
/// | bits | part | bytes for 0, 1, 2 … |
/// | --- | --- | --- |
/// | 6 and 7 | number of the series | 0, 1, 2, 4 |
/// | 0 to 2 | time | 0, 1, 2, 3, 4, 5, 6, 8 |
/// | 3 to 5 | value | 0, 2, 3, 4, 5, 6, 7, 8 |
///
/// The number is told by how far it lies from the one after the number of the sample before, the
/// time in milliseconds by how far from the time of the sample before; both are folded, so that
/// 0, -1, 1, -2 become 0, 1, 2, 3, and wrap around. Before the first sample stand the number -1
/// and the time 0. The value is the highest bytes of its bit pattern; those that are left out are
/// zeros. So every bit pattern and every time comes back as it was, and a batch of one sample each
/// of many series takes about 11 bytes a sample.
///
/// Version 2, which is only read, has the version 2, and the name and the value of every label
/// without the byte before.
///
/// Version 1, which is only read: byte 1; number of samples (4 bytes); then for each the number of
/// labels (2), for each label the length of its name (2), the name, the length of its value (2),
/// the value, all in UTF-8; time in milliseconds since 1970 (8); bit pattern of the value (8). Such
/// a record ends all definitions before it.
public enum SampleRecord {
    static let version: UInt8 = 3
    static let secondVersion: UInt8 = 2
    static let firstVersion: UInt8 = 1
    /// Version and both counts.
    static let headerBytes = 5
    /// Most samples of a record; such a one leaves little free where it does not fit into the rest
    /// of a segment.
    public static let maximumSamples = 1024
    /// Most bytes of a sample.
    public static let maximumSampleBytes = 21
    /// Most bytes of a number, a count or a length of a definition.
    static let maximumVariableBytes = 5

    /// How much of a label a definition has.
    enum LabelForm: UInt8 {
        /// Nothing: it is the one in the same place of the definition before.
        case same
        /// Only its value: that one has the same name.
        case value
        /// Name and value.
        case full
    }

    /// Checks that a series can be named in a record.
    ///
    /// - Throws: ``JournalError/recordTooLarge(bytes:limit:)``.
    /// - Returns: The most bytes that naming it takes.
    public static func definitionBytes(of labels: Labels) throws(JournalError) -> Int {
        let bytes = maximumDefinitionBytes(labels.sorted)
        let needed = headerBytes + bytes + maximumSampleBytes
        guard needed <= RecordLayout.maximumPayloadBytes else {
            throw .recordTooLarge(bytes: needed, limit: RecordLayout.maximumPayloadBytes)
        }
        return bytes
    }

    /// No length takes as many bytes as it might, because records are not so long: that leaves room
    /// for the byte that says what differs.
    static func maximumDefinitionBytes(_ labels: [Label]) -> Int {
        labels.reduce(2 * maximumVariableBytes) { sum, label in
            sum + 2 * maximumVariableBytes + label.name.utf8.count + label.value.utf8.count
        }
    }
}

/// A sample on its way into the journal or out of it, its series told by a number.
///
/// What the number stands for, the owner of the journal says; it is less than
/// `StoreSettings.maximumSeriesLimit`.
public struct NumberedSample: Sendable {
    /// The number of the series.
    public var series: UInt32
    /// Its time and value; every bit pattern is kept.
    public var sample: Sample

    /// Creates one.
    public init(series: UInt32, sample: Sample) {
        self.series = series
        self.sample = sample
    }
}
