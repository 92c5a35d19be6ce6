public import Telemetry

/// Reads records of kind ``RecordKind/samples``, in the order in which they lie in the journal.
///
/// It keeps what numbers stand for: begin with the first record of a segment, and hand in every
/// record of the kind from there on. Costs no allocation a sample once its memory has grown.
public struct SampleRecordReader: Sendable {
    /// The samples of the last record.
    public private(set) var samples: [NumberedSample] = []
    /// The numbers that stand for other labels since the last record was read; in rising order of
    /// their definitions, and some perhaps twice.
    public private(set) var defined: [UInt32] = []

    private var series: [Labels?] = []
    /// The payload, and behind it zeros for the last sample to be read like all others.
    private var bytes: [UInt8] = []

    /// Creates a reader that knows no series.
    public init() {}

    /// The labels that a number stands for.
    ///
    /// - Precondition: a sample of the last record has the number.
    public func labels(of number: UInt32) -> Labels {
        guard let labels = series[Int(number)] else {
            preconditionFailure("series \(number) is not defined")
        }
        return labels
    }

    /// Reads a record of the kind; its samples are then in ``samples``.
    ///
    /// - Throws: ``SampleRecordFault`` when the payload is none or another record is missing: there
    ///   are then no samples, and no number stands for anything until it is defined anew.
    public mutating func read(_ record: borrowing RecordView) throws(SampleRecordFault) {
        try unsafe read(payload: record.payload)
    }

    mutating func read(payload: UnsafeRawBufferPointer) throws(SampleRecordFault) {
        samples.removeAll(keepingCapacity: true)
        defined.removeAll(keepingCapacity: true)
        do throws(SampleRecordFault) {
            guard let version = unsafe payload.first else { throw SampleRecordFault.malformed }
            switch version {
            case SampleRecord.version, SampleRecord.secondVersion:
                try unsafe readNumbered(payload, isShortened: version == SampleRecord.version)
            case SampleRecord.firstVersion: try unsafe readFirst(payload)
            default: throw SampleRecordFault.unknownVersion(version)
            }
        } catch {
            samples.removeAll(keepingCapacity: true)
            defined.removeAll(keepingCapacity: true)
            series.removeAll(keepingCapacity: true)
            throw error
        }
    }

    // MARK: Versions 2 and 3

    private mutating func readNumbered(
        _ payload: UnsafeRawBufferPointer,
        isShortened: Bool
    ) throws(SampleRecordFault) {
        bytes.removeAll(keepingCapacity: true)
        unsafe bytes.append(contentsOf: payload)
        for _ in 0..<SampleRecord.maximumSampleBytes { bytes.append(0) }
        var reader = ByteReader(bytes, 0..<payload.count)
        reader.skip(1)
        let definitionCount = Int(reader.take(UInt16.self))
        let sampleCount = Int(reader.take(UInt16.self))
        var before: [Label] = []
        for _ in 0..<definitionCount {
            try readDefinition(&reader, after: &before, isShortened: isShortened)
        }
        guard !reader.isExhausted else { throw .malformed }
        try readSamples(sampleCount, in: reader.index..<payload.count)
    }

    private mutating func readDefinition(
        _ reader: inout ByteReader,
        after before: inout [Label],
        isShortened: Bool
    ) throws(SampleRecordFault) {
        let number = reader.takeCount(limit: StoreSettings.maximumSeriesLimit - 1)
        let labelCount = reader.takeCount(limit: reader.remaining)
        var labels: [Label] = []
        for place in 0..<labelCount {
            let form =
                isShortened ? SampleRecord.LabelForm(rawValue: reader.take()) : .full
            guard let form, form == .full || place < before.count else { throw .malformed }
            switch form {
            case .same: labels.append(before[place])
            case .value: labels.append(Label(before[place].name, reader.takeLongText()))
            case .full:
                let name = reader.takeLongText()
                labels.append(Label(name, reader.takeLongText()))
            }
        }
        guard !reader.isExhausted else { throw .malformed }
        define(UInt32(number), Labels(labels))
        before = labels
    }

    private mutating func define(_ number: UInt32, _ labels: Labels) {
        let missing = Int(number) + 1 - series.count
        if missing > 0 { series.append(contentsOf: repeatElement(nil, count: missing)) }
        series[Int(number)] = labels
        defined.append(number)
    }

    private mutating func readSamples(
        _ sampleCount: Int,
        in range: Range<Int>
    ) throws(SampleRecordFault) {
        samples.reserveCapacity(sampleCount)
        var offset = range.lowerBound
        var decoder = SampleBytes()
        let held = bytes
        try unsafe held.span.bytes.withUnsafeBytes { (memory) throws(SampleRecordFault) in
            for _ in 0..<sampleCount {
                guard offset < range.upperBound else { throw .malformed }
                let sample = unsafe decoder.take(memory, at: &offset)
                guard offset <= range.upperBound else { throw .malformed }
                guard Int(sample.series) < series.count, series[Int(sample.series)] != nil else {
                    throw .undefinedSeries(sample.series)
                }
                samples.append(sample)
            }
        }
        guard offset == range.upperBound else { throw .malformed }
    }

    // MARK: Version 1

    /// Gives each sample a number of its own.
    private mutating func readFirst(_ payload: UnsafeRawBufferPointer) throws(SampleRecordFault) {
        series.removeAll(keepingCapacity: true)
        var reader = ByteReader(unsafe [UInt8](payload))
        reader.skip(1)
        let sampleCount = reader.take(UInt32.self)
        var number: UInt32 = 0
        while number < sampleCount {
            var labels: [Label] = []
            for _ in 0..<reader.take(UInt16.self) {
                let name = reader.takeShortText()
                labels.append(Label(name, reader.takeShortText()))
            }
            let time = Instant(milliseconds: reader.take())
            let value = Double(bitPattern: reader.take())
            guard !reader.isExhausted else { throw .malformed }
            define(number, Labels(labels))
            samples.append(
                NumberedSample(series: number, sample: Sample(time: time, value: value))
            )
            number += 1
        }
        guard !reader.isExhausted, reader.remaining == 0 else { throw .malformed }
    }
}

extension ByteReader {
    /// Reads a text after its length in bytes, written in groups of seven bits.
    fileprivate mutating func takeLongText() -> String {
        takeText(byteCount: takeCount(limit: remaining))
    }

    /// Reads a text after its length in bytes, which takes two.
    fileprivate mutating func takeShortText() -> String {
        takeText(byteCount: Int(take(UInt16.self)))
    }
}
