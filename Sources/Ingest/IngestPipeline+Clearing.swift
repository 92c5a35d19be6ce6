internal import Decoding
internal import RingStore
internal import Telemetry

/// Samples that stand in the series of a place where their box was not.
///
/// A store has no single samples taken out of it: a marker of a series' end takes the place of one,
/// which no window and no summary counts.
extension IngestPipeline {
    /// Takes what a message said out of the series of places where its box was not then; marks of
    /// its readings go to the series of the right place.
    ///
    /// - Parameters:
    ///   - message: what it said.
    ///   - position: where it lies in the journal.
    ///   - start: places that the box left before are left alone.
    mutating func clear(_ message: DecodedMessage, at position: UInt64, since start: Instant) {
        var strays = StraySeries()
        clear(message, at: position, since: start, &strays)
    }

    /// The same for many messages, which remember what was looked up.
    mutating func clear(
        _ message: DecodedMessage,
        at position: UInt64,
        since start: Instant,
        _ strays: inout StraySeries
    ) {
        let address = message.deviceAddress
        guard directory.isDated(address) else { return }
        recordPosition = position
        func key(_ name: String, _ channel: String? = nil, _ metric: String? = nil)
            -> StraySeries.Key
        {
            StraySeries.Key(address: address, name: name, channel: channel, metric: metric)
        }
        let labels = slotLabels(of: address, at: message.time)
        clear(key(Self.heartbeatMetric), message.time, labels, start, &strays)
        let delay = message.receivedAt - (message.impossibleDeviceTime ?? message.time)
        let clock = key(Self.clockErrorMetric)
        clear(clock, message.receivedAt, labels, start, &strays, .clockError(delay.seconds))
        let box = slot(of: address)
        for reading in message.measurements {
            let time = reading.time ?? message.time
            let index = slot(of: address, in: box, at: time)
            let labels = slots[index].labels
            let metric = reading.quantity.metricName
            clear(key(metric, reading.channel), time, labels, start, &strays)
            let value = slots[index].stored(reading.value, of: reading.quantity)
            for name in Self.markMetrics {
                let marks = key(name, reading.channel, metric)
                clear(marks, time, labels, start, &strays, .mark(of: reading, value))
            }
        }
    }

    /// Takes it out of the series of places where a box was not that it was gone at a time.
    mutating func clearGone(
        _ address: String,
        at time: Instant,
        since start: Instant,
        _ strays: inout StraySeries
    ) {
        guard let online = Quantity.named("device.online"), directory.isDated(address) else {
            return
        }
        let key = StraySeries.Key(
            address: address,
            name: online.metricName,
            channel: nil,
            metric: nil
        )
        clear(key, time, slotLabels(of: address, at: time), start, &strays)
    }

    private static let markMetrics = [rejectedMetric, doubtfulMetric, suspiciousMetric]

    /// How a sample that leaves a place comes to the right one.
    private enum Moving {
        /// It is stored there by itself.
        case none
        /// With its value, which is that of another box, or of several messages, where it is not
        /// this message's.
        case clockError(Double)
        /// A mark of a reading, with the value that is stored there.
        case mark(of: Reading, Double)
    }

    /// Whether a mark that stands at a place is of a box's reading: it shows its value, as it was
    /// stored wherever the box was, or no other box was ever there.
    private func isMark(
        _ value: Double,
        at device: String?,
        of reading: Reading,
        _ address: String
    ) -> Bool {
        let offsets = [0] + directory.counterOffsets(of: reading.quantity.id, address)
        return offsets.contains { reading.quantity.metricValue(reading.value + $0) == value }
            || !directory.isHeld(device, byOtherThan: address)
    }

    /// Takes the sample of a time out of the series that are not those of the right place.
    ///
    /// - Parameters:
    ///   - key: which series.
    ///   - time: of the sample.
    ///   - right: the labels of the place where the box was.
    ///   - start: as in ``clear(_:at:since:)``.
    ///   - strays: what was looked up.
    ///   - moving: how it comes to the right place.
    private mutating func clear(
        _ key: StraySeries.Key,
        _ time: Instant,
        _ right: Labels,
        _ start: Instant,
        _ strays: inout StraySeries,
        _ moving: Moving = .none
    ) {
        let devices = directory.devices(of: key.address, since: start)
        do {
            let snapshot = store.snapshot()
            let found = try strays.series(key) { (key) throws(SeriesSourceError) in
                try Self.series(key, of: devices, in: snapshot)
            }
            for series in found {
                let target = Self.labels(of: series, at: right)
                if case .none = moving, series.labels == target { continue }
                guard !retaken.protects(series.id, at: time, from: key.address),
                    let sample = try snapshot.last(series.id, in: time...time),
                    sample.value.bitPattern != Sample.staleMarkerBits
                else { continue }
                let device = series.labels["device"]
                if case .mark(let reading, _) = moving,
                    !isMark(sample.value, at: device, of: reading, key.address)
                {
                    continue
                }
                if case .clockError(let own) = moving, sample.value != own,
                    directory.isHeld(device, byOtherThan: key.address)
                {
                    continue
                }
                if series.labels != target {
                    let marker = Double(bitPattern: Sample.staleMarkerBits)
                    put(series.id, Sample(time: time, value: marker), isMeasured: true)
                }
                switch moving {
                case .none: break
                case .clockError: put(target, time, sample.value)
                case .mark(_, let value): put(target, time, value)
                }
            }
        } catch {
            noteRefusal("unreadable_series", "\(error) (samples of \(key.address) were moved)")
        }
    }

    private static func series(
        _ key: StraySeries.Key,
        of devices: Set<String>,
        in snapshot: StoreSnapshot
    ) throws(SeriesSourceError) -> [SeriesReference] {
        var found: [SeriesReference] = []
        for device in devices.sorted() {
            let matchers = [
                LabelMatcher(Labels.metricNameLabel, .equal(key.name)),
                LabelMatcher("device", .equal(device)),
            ]
            found += try snapshot.select(matchers, in: .distantPast ... .distantFuture).filter {
                $0.labels["channel"] == key.channel && $0.labels["metric"] == key.metric
            }
        }
        return found
    }

    /// The labels that a series has at another place.
    private static func labels(of series: SeriesReference, at place: Labels) -> Labels {
        var labels = place
        for name in [Labels.metricNameLabel, "channel", "metric", "reason"] {
            if let value = series.labels[name] { labels = labels.setting(name, to: value) }
        }
        return labels
    }
}
