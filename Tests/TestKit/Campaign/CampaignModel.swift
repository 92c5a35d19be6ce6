internal import Telemetry

/// What a store must hold, as plainly as it can be said: for each series its samples by time.
struct CampaignModel: Sendable {
    /// Whether samples stay that the raw tier can hold no more: summaries speak of them.
    let keepsAll: Bool

    private struct Track: Sendable {
        var times: [Int64] = []
        var bits: [UInt64] = []

        /// Index of the first sample at or after a time.
        func index(from time: Int64) -> Int {
            var (low, high) = (0, times.count)
            while low < high {
                let middle = (low + high) / 2
                if times[middle] < time { low = middle + 1 } else { high = middle }
            }
            return low
        }
    }

    private var tracks: [Track] = []
    /// What a store with rollup tiers refused, by series and time: in a bucket whose samples have
    /// partly given way it takes late ones no more, and how far that reaches is not the same before
    /// and after a crash in the middle of a checkpoint.
    private var refused: [Int: [Int64: Set<UInt64>]] = [:]
    /// Windows that begin before are not as recomputed: a deletion reached where samples had given
    /// way.
    private var summariesFrom: [Int: Int64] = [:]

    init(keepsAll: Bool) {
        self.keepsAll = keepsAll
    }

    /// How many series have had samples.
    var seriesCount: Int { tracks.count }

    /// Puts a sample in its place; where one of that time is, the new value counts.
    mutating func put(_ sample: CampaignSample) {
        while tracks.count <= sample.series { tracks.append(Track()) }
        let index = tracks[sample.series].index(from: sample.time)
        if index < tracks[sample.series].times.count,
            tracks[sample.series].times[index] == sample.time
        {
            tracks[sample.series].bits[index] = sample.bits
        } else {
            tracks[sample.series].times.insert(sample.time, at: index)
            tracks[sample.series].bits.insert(sample.bits, at: index)
        }
    }

    /// Notes that a store refused a sample that is put: it may lack that, or have what was there.
    mutating func refuse(_ sample: CampaignSample) {
        if keepsAll {
            refused[sample.series, default: [:]][sample.time, default: []].insert(sample.bits)
        }
    }

    /// Whether a store refused such a sample.
    func hasRefused(_ sample: CampaignSample) -> Bool {
        refused[sample.series]?[sample.time]?.contains(sample.bits) == true
    }

    /// The same with such samples.
    func refusing(_ samples: [CampaignSample]) -> CampaignModel {
        var model = self
        for sample in samples { model.refuse(sample) }
        return model
    }

    /// Removes samples.
    mutating func remove(_ deletion: CampaignDeletion) {
        for series in deletion.series where series < tracks.count {
            let first = tracks[series].index(from: deletion.range.lowerBound)
            let end = tracks[series].index(from: deletion.range.upperBound + 1)
            tracks[series].times.removeSubrange(first..<end)
            tracks[series].bits.removeSubrange(first..<end)
        }
    }

    /// Notes that summaries are not as recomputed where a deletion met buckets whose samples had
    /// given way, for a horizon of the raw tier.
    mutating func note(_ deletion: CampaignDeletion, horizon: Int64) {
        let day: Int64 = 86_400_000
        let first = horizon < .max - 2 * day ? max(horizon, 0) / day * day + 2 * day : .max
        guard deletion.range.lowerBound < first else { return }
        for series in deletion.series {
            summariesFrom[series] = max(summariesFrom[series] ?? .min, first)
        }
    }

    /// The samples of a series in a stretch of time, open where it begins; nil when a store may
    /// rightly have others.
    func samples(_ series: Int, after start: Int64, to end: Int64) -> [CampaignSample]? {
        guard start >= summariesFrom[series] ?? .min,
            refused[series]?.keys.contains(where: { $0 > start && $0 <= end }) != true
        else { return nil }
        guard series < tracks.count else { return [] }
        let track = tracks[series]
        return (track.index(from: start + 1)..<track.index(from: end + 1)).map {
            CampaignSample(series: series, time: track.times[$0], bits: track.bits[$0])
        }
    }

    /// Forgets what no store can hold any more.
    mutating func drop(before horizon: Int64) {
        if keepsAll { return }
        for series in tracks.indices {
            let count = tracks[series].index(from: horizon)
            tracks[series].times.removeFirst(count)
            tracks[series].bits.removeFirst(count)
        }
    }

    /// Says where what was read differs from a series' samples since a horizon, or nil.
    func difference(_ series: Int, from read: SampleBuffer, since horizon: Int64) -> String? {
        guard series < tracks.count else {
            return read.isEmpty ? nil : "series \(series) was never given a sample"
        }
        if let refused = refused[series] {
            return difference(series, refused, from: read, since: horizon)
        }
        let track = tracks[series]
        let first = track.index(from: horizon)
        let isEqual =
            read.count == track.times.count - first
            && (0..<read.count).allSatisfy { index in
                read.times[index] == track.times[first + index]
                    && read.values[index].bitPattern == track.bits[first + index]
            }
        if isEqual { return nil }
        let wanted = Dictionary(uniqueKeysWithValues: zip(track.times, track.bits).dropFirst(first))
        for (time, value) in zip(read.times, read.values) where wanted[time] != value.bitPattern {
            let place = wanted[time].map { "\($0) was given" } ?? "nothing was given"
            return "series \(series) has \(value.bitPattern) at \(time) where \(place)"
        }
        let present = Set(read.times)
        let lack = wanted.keys.filter { !present.contains($0) }.sorted()
        return "series \(series) lacks \(lack.count) samples, first at \(lack.first ?? 0)"
    }

    /// The same where some times are uncertain.
    private func difference(
        _ series: Int,
        _ refused: [Int64: Set<UInt64>],
        from read: SampleBuffer,
        since horizon: Int64
    ) -> String? {
        let track = tracks[series]
        var next = track.index(from: horizon)
        func skipUncertain(before time: Int64) {
            while next < track.times.count, track.times[next] < time,
                refused[track.times[next]] != nil
            { next += 1 }
        }
        for (time, value) in zip(read.times, read.values) {
            skipUncertain(before: time)
            let isNext = next < track.times.count && track.times[next] == time
            let isGiven =
                isNext && track.bits[next] == value.bitPattern
                || refused[time]?.contains(value.bitPattern) == true
            if isNext { next += 1 }
            if next < track.times.count, !isNext, track.times[next] < time {
                return "series \(series) lacks the sample at \(track.times[next])"
            }
            if !isGiven {
                return "series \(series) has \(value.bitPattern) at \(time), not given so"
            }
        }
        skipUncertain(before: .max)
        guard next < track.times.count else { return nil }
        return "series \(series) lacks the sample at \(track.times[next])"
    }
}
