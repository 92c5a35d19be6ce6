internal import Telemetry

/// What a store must hold, as plainly as it can be said: for each series its samples by time.
struct CampaignModel: Sendable {
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

    /// Forgets what no store can hold any more.
    mutating func drop(before horizon: Int64) {
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
}
