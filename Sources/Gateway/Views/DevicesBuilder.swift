internal import Ingest
internal import Knowledge
internal import Registry
internal import RingStore
internal import Telemetry
internal import WebServer

/// Makes the list of devices with their last readings.
struct DevicesBuilder {
    let registry: RegistrySnapshot
    let zoneOffset: Milliseconds
    let source: KnownSource<StoreSnapshot>
    let now: Instant

    /// Most readings that are shown of one device.
    static let maximumReadings = 60

    /// The last samples of a device; of the series of its places the newest one counts.
    fileprivate struct Last {
        var readings: [Key: (sample: Sample, quantity: Quantity)] = [:]
        var marks: [Key: (sample: Sample, mark: MarkView)] = [:]
        var heard: Instant?

        struct Key: Hashable {
            let metric: String
            let channel: String
            var reason = ""
        }
    }

    var views: [DeviceView] {
        let last = lastReadings
        let today = CivilDate(now, offset: zoneOffset)
        return registry.devicesInService.map { device in
            let found = last[device.code] ?? Last()
            let interval = registry.expectedInterval(of: device).span
            let limit = RegistrySnapshot.silenceLimit(interval)
            let state = found.heard.map { now - $0 <= limit ? "up" : "down" } ?? "never"
            return DeviceView(
                code: device.code,
                name: device.name ?? device.code,
                kind: device.kind.rawValue,
                profile: device.profile ?? "",
                village: registry.village(device.village)?.name ?? device.village,
                unit: registry.unit(of: device.village, on: today)?.name ?? "",
                isSimulated: device.isSimulated,
                state: state,
                lastMessageAt: found.heard?.rfc3339,
                expectedIntervalSeconds: interval.seconds,
                readings: Self.readings(of: found).sorted {
                    ($0.metric, $0.channel) < ($1.metric, $1.channel)
                },
                marks: found.marks.values.map(\.mark).sorted {
                    ($0.metric, $0.channel, $0.reason) < ($1.metric, $1.channel, $1.reason)
                }
            )
        }
    }

    /// The last sample of each stored series of a device, as far back as two days.
    private var lastReadings: [String: Last] {
        let range = (now - .days(2))...(now + .minutes(5))
        let hasDevice = LabelMatcher("device", .notEqual(""))
        guard let found = try? source.base.select([hasDevice], in: range) else { return [:] }
        var last: [String: Last] = [:]
        var buffer = SampleBuffer()
        for series in found {
            guard let code = series.labels["device"], let metric = series.labels.metricName else {
                continue
            }
            let isHeartbeat = metric == IngestPipeline.heartbeatMetric
            guard let sample = lastSample(series.id, range, passingMarkers: isHeartbeat, &buffer)
            else { continue }
            if isHeartbeat {
                let heard = last[code]?.heard ?? sample.time
                last[code, default: Last()].heard = max(heard, sample.time)
            } else {
                last[code, default: Last()].note(sample, series.labels, metric)
            }
        }
        return last
    }

    private static func readings(of last: Last) -> [ReadingView] {
        last.readings.map { key, found in
            ReadingView(
                metric: key.metric,
                channel: key.channel,
                value: found.quantity.readingValue(found.sample.value),
                unit: found.quantity.unit == "1" ? "" : found.quantity.unit,
                time: found.sample.time.rfc3339
            )
        }
    }

    /// The series of marks, with the quality that each stands for.
    fileprivate static let markQualities: [String: Quality] = [
        IngestPipeline.rejectedMetric: .rejected, IngestPipeline.doubtfulMetric: .doubtful,
        IngestPipeline.suspiciousMetric: .suspicious,
    ]

    fileprivate static func mark(_ labels: Labels, _ sample: Sample, _ quality: Quality)
        -> MarkView?
    {
        guard let quantity = labels["metric"].flatMap(Quantity.withMetricName) else { return nil }
        return MarkView(
            metric: quantity.metricName,
            channel: labels["channel"] ?? "",
            quality: quality.rawValue,
            reason: labels["reason"] ?? "",
            value: quantity.readingValue(sample.value),
            unit: quantity.unit == "1" ? "" : quantity.unit,
            time: sample.time.rfc3339
        )
    }

    /// The last sample of a series; nil where it has ended, unless markers of an end are to be
    /// passed over.
    ///
    /// Looks at the last two hours first: most devices have spoken in them.
    private func lastSample(
        _ series: SeriesID,
        _ range: ClosedRange<Instant>,
        passingMarkers: Bool,
        _ buffer: inout SampleBuffer
    ) -> Sample? {
        for start in [now - .hours(2), range.lowerBound] {
            guard (try? source.read(series, in: start...range.upperBound, into: &buffer)) != nil
            else { return nil }
            for index in (0..<buffer.count).reversed() {
                let sample = buffer[index]
                if sample.value.bitPattern != Sample.staleMarkerBits { return sample }
                if !passingMarkers { return nil }
            }
        }
        return nil
    }
}

extension DevicesBuilder.Last {
    /// Takes the last sample of one of the device's series.
    fileprivate mutating func note(_ sample: Sample, _ labels: Labels, _ metric: String) {
        let channel = labels["channel"] ?? ""
        if let quality = DevicesBuilder.markQualities[metric] {
            guard let mark = DevicesBuilder.mark(labels, sample, quality) else { return }
            let reason = "\(mark.quality) \(mark.reason)"
            let key = Key(metric: mark.metric, channel: channel, reason: reason)
            guard isNewest(among: marks.count, marks[key]?.sample, sample) else { return }
            marks[key] = (sample, mark)
        } else if let quantity = Quantity.withMetricName(metric) {
            let key = Key(metric: metric, channel: channel)
            guard isNewest(among: readings.count, readings[key]?.sample, sample) else { return }
            readings[key] = (sample, quantity)
        }
    }

    /// Whether a sample is the newest of its key, or the first where there is room for one more.
    private func isNewest(among count: Int, _ known: Sample?, _ sample: Sample) -> Bool {
        known.map { $0.time < sample.time } ?? (count < DevicesBuilder.maximumReadings)
    }
}
