public import Telemetry

extension StoreSnapshot: SeriesSource {
    /// Finds the series that pass every matcher and may have samples in the range.
    ///
    /// Costs a pass over the values of each label that a pattern is asked of, and a few words for
    /// each 64 series; nothing is read from disk. The series come in the order of their numbers.
    ///
    /// - Returns: Each series once.
    public func select(
        _ matchers: [LabelMatcher],
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [SeriesReference] {
        guard let range = known(range) else { return [] }
        let selected = catalogue.index.select(matchers, below: catalogue.count)
        let sealed = seriesSealed(in: range)
        // A query asks for a few of many series: only their heads are looked at.
        return selected.sorted.compactMap { number in
            guard sealed.contains(number) || head.holds(number, in: range) else { return nil }
            return SeriesReference(id: SeriesID(number), labels: catalogue.labels(of: number))
        }
    }

    /// Replaces a buffer's content by a series' samples in a range, in rising time.
    ///
    /// - Throws: `SeriesSourceError.damaged` when a block of the series does not pass its check;
    ///   `.unreadable` when the disk refuses, or samples gave way because the snapshot was held for
    ///   long: ask a new one.
    public func read(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        buffer.removeAll()
        guard series.rawValue < catalogue.count, let range = clamped(range) else { return }
        var samples = SampleRun()
        try read(series.rawValue, in: range, into: &samples)
        buffer.replace(times: samples.times, bits: samples.bits)
    }

    /// Adds samples in a range that has not given way to a work array, later than all in it.
    func read(
        _ number: UInt32,
        in range: ClosedRange<Int64>,
        into samples: inout SampleRun
    ) throws(SeriesSourceError) {
        let partitions = raw.partitions
        for index in partitions.index(of: range.lowerBound)..<partitions.count {
            guard partitions[index].start <= range.upperBound else { break }
            do {
                try partitions[index].read(number, in: range, into: &samples)
            } catch {
                throw Self.sourceError(error.fault, SeriesID(number), error.run)
            }
        }
        let known = samples.count
        head.series[Int(number)].copy(range, into: &samples)
        samples.settle(from: known)
    }

    /// The last sample of a series in a range; costs a look into memory when that is the last of
    /// all, and came since the store was opened or was asked for before.
    public func last(
        _ series: SeriesID,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> Sample? {
        guard series.rawValue < catalogue.count, let times = clamped(range) else { return nil }
        let last = latest[Int(series.rawValue)]
        if last.time < times.lowerBound { return nil }
        if last.isKnown, last.time <= times.upperBound {
            let time = Instant(milliseconds: last.time)
            return Sample(time: time, value: Double(bitPattern: last.bits))
        }
        var buffer = SampleBuffer()
        if last.isKnown {
            try read(series, in: range, into: &buffer)
            return buffer.isEmpty ? nil : buffer[buffer.count - 1]
        }
        if let known = openedLatest[series.rawValue]?.last(in: times) { return known }
        // Nothing is after the bound.
        let end = Instant(milliseconds: max(times.upperBound, last.time))
        try read(series, in: Instant(milliseconds: times.lowerBound)...end, into: &buffer)
        let tail = OpenedLatest.Tail(buffer, from: times.lowerBound)
        openedLatest.note(series.rawValue, tail)
        let index = buffer.times.lastIndex { $0 <= times.upperBound }
        return index.map { buffer[$0] }
    }

    /// Finds all names of labels in use by series that may have samples in the range.
    ///
    /// - Returns: Sorted names, each once.
    public func labelNames(
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [String] {
        let present = seriesPresent(in: range)
        return catalogue.index.names.filter { name in
            var isInUse = false
            catalogue.index.forEachEntry(of: name) { entry in
                isInUse = isInUse || entry.series.contains { present.contains($0) }
            }
            return isInUse
        }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Finds all values of a label in use by series that may have samples in the range.
    ///
    /// - Returns: Sorted values, each once.
    public func labelValues(
        of name: String,
        in range: ClosedRange<Instant>
    ) throws(SeriesSourceError) -> [String] {
        let present = seriesPresent(in: range)
        var values: [String] = []
        catalogue.index.forEachEntry(of: name) { entry in
            if entry.series.contains(where: { present.contains($0) }) { values.append(entry.value) }
        }
        return values.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// The series of all runs that touch a range, and of the head.
    private func seriesPresent(in range: ClosedRange<Instant>) -> SeriesSet {
        guard let range = known(range) else { return SeriesSet() }
        var present = seriesSealed(in: range)
        present.formUnion(head.seriesPresent(in: range))
        return present
    }

    /// The series of all runs that touch a range.
    private func seriesSealed(in range: ClosedRange<Int64>) -> SeriesSet {
        var sealed = SeriesSet()
        for run in raw.partitions.lazy.flatMap(\.runs) where run.times.overlaps(range) {
            sealed.formUnion(run.series)
        }
        guard range.lowerBound < raw.horizon else { return sealed }
        for rollup in rollups {
            // The rows of a bucket that has begun in the range may lie behind it.
            let width = rollup.tier.bucketMilliseconds ?? 0
            let (end, overflow) = range.upperBound.addingReportingOverflow(width)
            let ends = range.lowerBound...(overflow ? .max : end)
            for run in rollup.partitions.lazy.flatMap(\.runs) where run.times.overlaps(ends) {
                run.series.forEach { sealed.insert(RollupColumn.parts(of: $0).series) }
            }
        }
        return sealed
    }

    /// The part of a range of which samples or summaries are kept.
    private func known(_ range: ClosedRange<Instant>) -> ClosedRange<Int64>? {
        var lower = raw.horizon
        for rollup in rollups where rollup.horizon < lower && !rollup.partitions.isEmpty {
            let (start, overflow) = rollup.horizon.subtractingReportingOverflow(
                rollup.tier.bucketMilliseconds ?? 0
            )
            lower = overflow ? .min : start
        }
        lower = max(lower, range.lowerBound.milliseconds)
        let upper = range.upperBound.milliseconds
        return lower <= upper ? lower...upper : nil
    }

    /// The part of a range that has not given way.
    func clamped(_ range: ClosedRange<Instant>) -> ClosedRange<Int64>? {
        let lower = max(raw.horizon, range.lowerBound.milliseconds)
        let upper = range.upperBound.milliseconds
        return lower <= upper ? lower...upper : nil
    }

    static func sourceError(
        _ fault: RunFault,
        _ series: SeriesID,
        _ run: SealedRun
    ) -> SeriesSourceError {
        let times =
            "\(Instant(milliseconds: run.record.earliest)) to "
            + "\(Instant(milliseconds: run.record.latest))"
        switch fault {
        case .file(let error):
            return .unreadable("\(error)")
        case .damaged(let chunk):
            return .damaged(
                "block \(chunk) of the run with samples from \(times), read for series "
                    + "\(series.rawValue), does not pass its check"
            )
        case .gaveWay:
            return .unreadable(
                "the samples from \(times) gave way to newer ones while they were asked for; "
                    + "ask again"
            )
        }
    }
}
