public import Telemetry

extension StoreSnapshot {
    /// How windows are answered from a rollup tier: the one with the least work, or nil when the
    /// samples themselves cost no more; where samples have given way, the best that is left.
    public func plan(_ windows: WindowGrid, _ fields: SummaryFields) -> SummaryPlan? {
        guard !rollups.isEmpty, let view = TierChoice(windows: windows).tier(raw, rollups) else {
            return nil
        }
        return SummaryPlan(
            windows: windows,
            fields: fields,
            tier: view.tier.rawValue,
            bucket: Milliseconds(view.tier.bucketMilliseconds ?? 0)
        )
    }

    /// Replaces a buffer's content by what a series' windows are put together from.
    ///
    /// Rows stand for the buckets that every window has whole or not at all. Samples are read
    /// where the edge of a window cuts a bucket, where a bucket got samples since the last
    /// checkpoint, and where nothing is rolled up. A bucket whose samples have given way counts
    /// whole, in the window that its last sample lies in.
    ///
    /// - Throws: As ``read(_:in:into:)``.
    public func summarize(
        _ series: SeriesID,
        _ plan: SummaryPlan,
        into buffer: inout SummaryBuffer
    ) throws(SeriesSourceError) {
        buffer.removeAll(plan.fields)
        guard series.rawValue < catalogue.count,
            let view = rollups.first(where: { $0.tier.rawValue == plan.tier })
        else { return }
        var reading = SummaryReading(self, view, plan)
        try reading.read(series.rawValue, of: self, into: &buffer)
    }

    /// Replaces a buffer's content by samples of a series for whoever looks back for the last one:
    /// before the raw tier's horizon the last sample of each bucket, the finest that are kept.
    ///
    /// - Throws: As ``read(_:in:into:)``.
    public func readLasts(
        _ series: SeriesID,
        in range: ClosedRange<Instant>,
        into buffer: inout SampleBuffer
    ) throws(SeriesSourceError) {
        buffer.removeAll()
        guard series.rawValue < catalogue.count else { return }
        let lower = range.lowerBound.milliseconds
        let upper = range.upperBound.milliseconds
        var parts: [SampleRun] = []
        // Where finer tiers begin, which know better.
        var known = raw.horizon
        for rollup in rollups where lower < known {
            guard let width = rollup.tier.bucketMilliseconds else { continue }
            let buckets = RollupBuckets(width: width)
            let first = max(buckets.end(of: lower), rollup.horizon)
            let last = buckets.end(of: min(upper, known - 1))
            guard first <= last else { continue }
            var part = SampleRun()
            var reader = RollupReader(rollup.partitions, .last)
            do {
                try reader.load(series.rawValue, endingIn: first...last)
            } catch {
                throw Self.sourceError(error.fault, series, error.run)
            }
            reader.forEach { row in
                guard let summary = row.summary, summary.lastTime >= lower,
                    summary.lastTime < known, summary.lastTime <= upper
                else { return }
                part.append(summary.lastTime, summary.last.bitPattern)
            }
            parts.append(part)
            known = min(known, buckets.times(endingAt: buckets.end(of: first)).lowerBound)
        }
        var samples = SampleRun()
        for part in parts.reversed() { samples.append(part, 0..<part.count) }
        if let range = clamped(range) { try read(series.rawValue, in: range, into: &samples) }
        buffer.replace(times: samples.times, bits: samples.bits)
    }
}
