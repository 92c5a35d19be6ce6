import Telemetry
import TestKit

@testable import RingStore

/// What rollup tiers must hold, as plainly as it can be said: every sample that was ever taken.
struct RollupModel {
    /// For each series' number its samples, the values as bit patterns.
    private(set) var samples: [UInt32: [Int64: UInt64]] = [:]

    mutating func append(_ series: SeriesID, _ sample: Sample) {
        samples[series.rawValue, default: [:]][sample.time.milliseconds] = sample.value.bitPattern
    }

    var count: Int { samples.values.reduce(0) { $0 + $1.count } }

    /// Forgets the samples of a series in a range of times.
    mutating func remove(_ series: SeriesID, in range: ClosedRange<Int64>) {
        samples[series.rawValue] = samples[series.rawValue]?.filter { !range.contains($0.key) }
    }

    /// The summaries of a series in buckets of a width, by the ends of those.
    func summaries(_ number: UInt32, width: Int64) -> [Int64: SampleSummary] {
        var summaries: [Int64: SampleSummary] = [:]
        for (time, bits) in (samples[number] ?? [:]).sorted(by: { $0.key < $1.key })
        where bits != Sample.staleMarkerBits {
            // The least multiple of the width that is not before the time.
            var end = time / width * width
            if end < time { end += width }
            let value = Double(bitPattern: bits)
            if summaries[end] == nil {
                summaries[end] = SampleSummary(time: time, value: value)
            } else {
                summaries[end]?.add(time: time, value: value)
            }
        }
        return summaries
    }

    /// The summary of a series' samples in a window, nil when there is none.
    func summary(_ number: UInt32, after start: Int64, to end: Int64) -> SampleSummary? {
        let inside = (samples[number] ?? [:]).filter { $0.key > start && $0.key <= end }
        return SampleSummary(
            inside.sorted { $0.key < $1.key }.map {
                Sample(time: Instant(milliseconds: $0.key), value: Double(bitPattern: $0.value))
            }
        )
    }

    /// Says where the pieces that a snapshot gives for windows differ, or nil when all are right.
    func difference(
        from snapshot: StoreSnapshot,
        _ series: SeriesID,
        _ plan: SummaryPlan
    ) throws -> String? {
        var pieces = SummaryBuffer()
        let horizon = snapshot.raw.horizon
        try snapshot.summarize(series, plan, into: &pieces)
        guard zip(pieces.times, pieces.times.dropFirst()).allSatisfy({ $0 < $1 }) else {
            return "the pieces of series \(series.rawValue) do not rise"
        }
        for index in 0..<plan.windows.count {
            let end = plan.windows.firstEnd + plan.windows.step * Int64(index)
            let start = end - plan.windows.length
            let found = pieces.summary(after: start, to: end)
            let wanted = summary(series.rawValue, after: start, to: end)
            // Only where samples have given way may a bucket count whole that a window cuts.
            let isExcused = pieces.inexactCount > 0 && plan.windows.times.lowerBound < horizon
            if isExcused || SampleSummary.areSame(found, wanted) { continue }
            return "series \(series.rawValue) in \(start)...\(end) of \(plan): "
                + "\(String(describing: found)), not \(String(describing: wanted))"
        }
        return nil
    }

    /// Says where a tier's rows differ, or nil when they are just those.
    func difference(from store: borrowing RingStore, _ rollup: RollupTier) throws -> String? {
        let width = rollup.buckets.width
        let ends = rollup.ring.horizon...max(rollup.ring.horizon, rollup.frontier)
        var reader = RollupReader(rollup.ring.partitions, .all)
        for number in 0..<UInt32(store.catalogue.count) {
            let wanted = summaries(number, width: width).filter { ends.contains($0.key) }
            var found: [Int64: SampleSummary] = [:]
            var fault: String?
            try reader.load(number, endingIn: .min ... .max)
            reader.forEach { row in
                if !row.isWhole { fault = "the row at \(row.end) is not whole" }
                if row.end > rollup.frontier { fault = "a row at \(row.end) is early" }
                if ends.contains(row.end) { found[row.end] = row.summary }
            }
            if let fault { return "\(rollup.tier) series \(number): \(fault)" }
            for end in Set(wanted.keys).union(found.keys).sorted()
            where !SampleSummary.areSame(wanted[end], found[end]) {
                return "\(rollup.tier) series \(number) at \(end): "
                    + "\(String(describing: found[end])), not \(String(describing: wanted[end]))"
            }
        }
        return nil
    }
}
