public import Telemetry

extension Journal {
    /// Adds samples to a batch, as records of kind ``RecordKind/samples``, for the next commit.
    ///
    /// Costs no allocation a sample, and some 11 bytes of the journal for one of a series that its
    /// segment has named before. One batch at a time may hold samples: it must be committed to this
    /// journal, or emptied, before samples are added to another one.
    ///
    /// - Parameters:
    ///   - samples: In the order in which they shall be stored. A number stands for the same
    ///     labels in all calls, until ``forgetSeries()``.
    ///   - receivedAt: When they arrived.
    ///   - batch: Gets the records; it may hold others already.
    ///   - labels: Is asked for the labels of numbers that the segment does not define yet.
    /// - Throws: ``JournalError/recordTooLarge(bytes:limit:)`` for labels that no record can hold;
    ///   the batch is as before.
    public mutating func append(
        _ samples: [NumberedSample],
        receivedAt: Instant,
        to batch: RecordBatch,
        labels: (UInt32) -> Labels
    ) throws(JournalError) {
        try append(samples, receivedAt, to: batch) { $1.name(labels($0).sorted) }
    }

    /// Adds samples whose series are those of a store.
    ///
    /// As ``append(_:receivedAt:to:labels:)``, but that labels which a series has in common with
    /// the one named before it are neither fetched nor compared.
    ///
    /// - Parameters:
    ///   - samples: In the order in which they shall be stored.
    ///   - receivedAt: When they arrived.
    ///   - batch: Gets the records; it may hold others already.
    ///   - store: Has all of the series; their numbers are `SeriesID.rawValue`.
    /// - Throws: As there.
    public mutating func append(
        _ samples: [NumberedSample],
        receivedAt: Instant,
        to batch: RecordBatch,
        namedBy store: StoreSnapshot
    ) throws(JournalError) {
        let catalogue = store.catalogue
        try append(samples, receivedAt, to: batch) { number, labels in
            let places = catalogue.labelPlaces(of: number)
            labels.name(
                places.count,
                number: { catalogue.labelNumber(at: places.lowerBound + $0) },
                label: { catalogue.index.label($0) }
            )
        }
    }

    /// Adds samples to a batch, and has the series named that a record has to define.
    private mutating func append(
        _ samples: [NumberedSample],
        _ receivedAt: Instant,
        to batch: RecordBatch,
        _ name: Naming
    ) throws(JournalError) {
        guard !samples.isEmpty else { return }
        definitions.begin(batch)
        let recordCount = batch.count
        var position = geometry.end(of: batch, from: head)
        var rest = samples[...]
        do {
            while !rest.isEmpty {
                let count = try append(rest, receivedAt, to: batch, &position, name)
                rest.removeFirst(count)
            }
        } catch {
            batch.removeLast(batch.count - recordCount)
            definitions.forget()
            throw error
        }
    }

    private typealias Naming = (UInt32, inout NamedLabels) -> Void

    /// Adds samples of series that are known by their labels only.
    ///
    /// Costs a look-up of its labels each time that a series is named.
    ///
    /// - Parameters:
    ///   - samples: In the order in which they shall be stored.
    ///   - receivedAt: When they arrived.
    ///   - batch: Gets the records; it may hold others already.
    ///   - numbers: The numbers that all samples of this journal are given.
    /// - Throws: As ``append(_:receivedAt:to:labels:)``.
    public mutating func append(
        _ samples: LabelledSamples,
        receivedAt: Instant,
        to batch: RecordBatch,
        numbers: inout SeriesNumbers
    ) throws(JournalError) {
        if numbers.isFull {
            numbers.removeAll()
            forgetSeries()
        }
        var numbered: [NumberedSample] = []
        numbered.reserveCapacity(samples.samples.count)
        for series in samples.series {
            let number = numbers.number(of: series.labels)
            for index in series.range {
                numbered.append(NumberedSample(series: number, sample: samples.samples[index]))
            }
        }
        try append(numbered, receivedAt: receivedAt, to: batch) { numbers.labels(of: $0) }
    }

    /// Lets numbers stand for other series from now on.
    public mutating func forgetSeries() {
        definitions.forget()
    }

    /// Adds one record with the first of some samples, and returns how many those are.
    private mutating func append(
        _ samples: ArraySlice<NumberedSample>,
        _ receivedAt: Instant,
        to batch: RecordBatch,
        _ position: inout UInt64,
        _ name: Naming
    ) throws(JournalError) -> Int {
        let segment = geometry.segment(of: position)
        var count = try encode(samples, in: segment, name)
        var place = geometry.place(of: recordBytes, from: position)
        if geometry.segment(of: place) != segment {
            // The next segment defines nothing yet: the record becomes longer, if anything, and
            // fits into the rest of this one still less.
            count = try encode(samples, in: segment + 1, name)
            place = geometry.place(of: recordBytes, from: place)
        }
        try batch.append(kind: .samples, receivedAt: receivedAt, payload: samplePayload)
        position = place + UInt64(recordBytes)
        return count
    }

    private var recordBytes: Int { RecordLayout.headerBytes + samplePayload.count }

    /// Writes the first of some samples as the payload of a record of a segment, and returns how
    /// many those are.
    private mutating func encode(
        _ samples: ArraySlice<NumberedSample>,
        in segment: UInt64,
        _ name: Naming
    ) throws(JournalError) -> Int {
        samplePayload.removeAll(keepingCapacity: true)
        samplePayload.append(SampleRecord.version)
        samplePayload.append(contentsOf: [0, 0, 0, 0])
        let limit = min(
            RecordLayout.maximumPayloadBytes,
            geometry.maximumRecordBytes - RecordLayout.headerBytes
        )
        var definitionCount = 0
        var named = NamedLabels()
        var count = 0
        for sample in samples.prefix(SampleRecord.maximumSamples) {
            let needed = samplePayload.count + (count + 1) * SampleRecord.maximumSampleBytes
            if needed > limit { break }
            if !definitions.isDefined(sample.series, in: segment) {
                name(sample.series, &named)
                let all = needed + SampleRecord.maximumDefinitionBytes(named.labels)
                guard all <= limit else {
                    guard count > 0 else { throw .recordTooLarge(bytes: all, limit: limit) }
                    break
                }
                definitions.define(sample.series, in: segment)
                define(sample.series, named)
                definitionCount += 1
            }
            count += 1
        }
        samplePayload.putCount(definitionCount, at: 1)
        samplePayload.putCount(count, at: 3)
        encode(samples.prefix(count))
        return count
    }

    /// Writes the labels of a series as far as they differ from those of the one named before.
    private mutating func define(_ number: UInt32, _ named: borrowing NamedLabels) {
        samplePayload.appendVariable(UInt64(number))
        samplePayload.appendVariable(UInt64(named.labels.count))
        for place in named.labels.indices {
            let form = named.forms[place]
            samplePayload.append(form.rawValue)
            if form == .full { samplePayload.appendText(named.labels[place].name) }
            if form != .same { samplePayload.appendText(named.labels[place].value) }
        }
    }

    private mutating func encode(_ samples: ArraySlice<NumberedSample>) {
        unsafe withUnsafeTemporaryAllocation(
            byteCount: samples.count * SampleRecord.maximumSampleBytes,
            alignment: 1
        ) { memory in
            var bytes = SampleBytes()
            var end = 0
            for sample in samples { end += unsafe bytes.put(sample, into: memory, at: end) }
            unsafe samplePayload.append(contentsOf: memory[..<end])
        }
    }
}

extension [UInt8] {
    /// Puts a count of two bytes, the lowest first.
    fileprivate mutating func putCount(_ count: Int, at index: Int) {
        self[index] = UInt8(truncatingIfNeeded: count)
        self[index + 1] = UInt8(truncatingIfNeeded: count >> 8)
    }
}
