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

    private struct Last {
        var readings: [ReadingView] = []
        var marks: [MarkView] = []
        var heard: Instant?
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
                readings: found.readings.sorted {
                    ($0.metric, $0.channel) < ($1.metric, $1.channel)
                },
                marks: found.marks.sorted {
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
            guard let code = series.labels["device"], let metric = series.labels.metricName,
                let sample = lastSample(series.id, range, &buffer)
            else { continue }
            if metric == IngestPipeline.heartbeatMetric {
                last[code, default: Last()].heard = sample.time
                continue
            }
            if let quality = Self.markQualities[metric] {
                if let mark = Self.mark(series.labels, sample, quality),
                    last[code, default: Last()].marks.count < Self.maximumReadings
                {
                    last[code, default: Last()].marks.append(mark)
                }
                continue
            }
            guard let quantity = Quantity.withMetricName(metric),
                last[code, default: Last()].readings.count < Self.maximumReadings
            else { continue }
            last[code, default: Last()].readings.append(
                ReadingView(
                    metric: metric,
                    channel: series.labels["channel"] ?? "",
                    value: quantity.readingValue(sample.value),
                    unit: quantity.unit == "1" ? "" : quantity.unit,
                    time: sample.time.rfc3339
                )
            )
        }
        return last
    }

    /// The series of marks, with the quality that each stands for.
    private static let markQualities: [String: Quality] = [
        IngestPipeline.rejectedMetric: .rejected, IngestPipeline.doubtfulMetric: .doubtful,
        IngestPipeline.suspiciousMetric: .suspicious,
    ]

    private static func mark(_ labels: Labels, _ sample: Sample, _ quality: Quality) -> MarkView? {
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

    /// Looks at the last two hours first: most devices have spoken in them.
    private func lastSample(
        _ series: SeriesID,
        _ range: ClosedRange<Instant>,
        _ buffer: inout SampleBuffer
    ) -> Sample? {
        for start in [now - .hours(2), range.lowerBound] {
            guard (try? source.read(series, in: start...range.upperBound, into: &buffer)) != nil
            else { return nil }
            if !buffer.isEmpty { return buffer[buffer.count - 1] }
        }
        return nil
    }
}
