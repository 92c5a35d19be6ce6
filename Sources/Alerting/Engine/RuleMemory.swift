internal import Telemetry

/// Samples that rules gave lately, which the store may not show yet.
///
/// Rules read what earlier rules and earlier evaluations gave. In Prometheus that goes through the
/// storage; here samples travel through the journal and a queue first, and a run over history
/// writes nothing while it runs. So the engine remembers them and ``RuleSource`` lays them over the
/// store's.
struct RuleMemory: Sendable {
    /// Samples of one series, in rising time.
    struct Series: Sendable {
        let labels: Labels
        var times: [Int64] = []
        var values: [Double] = []
    }

    private(set) var series: [Series] = []
    private(set) var indices: [String: [Labels: Int]] = [:]
    private(set) var sampleCount = 0

    /// The position of a series, which is made when it is new.
    mutating func index(of labels: Labels) -> Int {
        let name = labels.metricName ?? ""
        if let index = indices[name]?[labels] { return index }
        series.append(Series(labels: labels))
        indices[name, default: [:]][labels] = series.count - 1
        return series.count - 1
    }

    /// Adds a sample; one of the same time is replaced, one before the last is ignored.
    mutating func append(_ labels: Labels, _ sample: Sample) {
        let index = index(of: labels)
        let time = sample.time.milliseconds
        if let last = series[index].times.last, last >= time {
            if last == time {
                series[index].values[series[index].values.count - 1] = sample.value
            }
            return
        }
        series[index].times.append(time)
        series[index].values.append(sample.value)
        sampleCount += 1
    }

    /// Removes the sample of a series at a time, if there is one.
    mutating func remove(_ labels: Labels, at time: Instant) {
        guard let index = indices[labels.metricName ?? ""]?[labels],
            let position = series[index].times.lastIndex(of: time.milliseconds)
        else { return }
        series[index].times.remove(at: position)
        series[index].values.remove(at: position)
        sampleCount -= 1
    }

    /// Forgets the samples of each series from a time on.
    mutating func forget(from start: (Labels) -> Instant) {
        for index in series.indices {
            let first = start(series[index].labels).milliseconds
            let kept = series[index].times.partitioningIndex { $0 >= first }
            let extra = series[index].times.count - kept
            series[index].times.removeLast(extra)
            series[index].values.removeLast(extra)
            sampleCount -= extra
        }
    }

    /// Forgets all but the last sample of each series, and that as well where it lies before a time
    /// or ends the series.
    mutating func forgetAllButLasts(since time: Instant) {
        var fresh = RuleMemory()
        for line in series {
            guard let last = line.times.last, let value = line.values.last,
                last >= time.milliseconds,
                value.bitPattern != RuleSample.staleMarker.bitPattern
            else { continue }
            let sample = Sample(time: Instant(milliseconds: last), value: value)
            fresh.append(line.labels, sample)
        }
        self = fresh
    }

    /// Forgets the samples of each series before a time, and series without any.
    mutating func forget(before end: (Labels) -> Instant) {
        var kept: [Series] = []
        var count = 0
        for var line in series {
            let limit = end(line.labels).milliseconds
            guard let last = line.times.last, last >= limit else { continue }
            let old = line.times.firstIndex { $0 >= limit } ?? 0
            line.times.removeFirst(old)
            line.values.removeFirst(old)
            count += line.times.count
            kept.append(line)
        }
        guard count != sampleCount || kept.count != series.count else { return }
        series = kept
        sampleCount = count
        indices = [:]
        for (index, line) in kept.enumerated() {
            indices[line.labels.metricName ?? "", default: [:]][line.labels] = index
        }
    }
}
