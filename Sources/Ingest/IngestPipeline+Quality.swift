internal import Decoding
internal import QualityControl
internal import RingStore
internal import Telemetry

/// Marks of readings: what the checks found goes beside the measurements.
///
/// A reading with quality 1, rejected, goes to ``rejectedMetric`` in place of its metric, so that
/// means and verdicts do not see it. One with quality 2 or 3 stays in its metric and is repeated
/// under ``doubtfulMetric`` or ``suspiciousMetric``, with the same value and time: nobody can tell
/// for certain that it is wrong, and an excess that was real must not vanish from a verdict.
extension IngestPipeline {
    /// The series that repeat readings of quality 2, probably wrong.
    public static let doubtfulMetric = "langso_doubtful_reading"
    /// The series that repeat readings of quality 3, suspicious.
    public static let suspiciousMetric = "langso_suspicious_reading"
    /// The series that says by how many seconds a device's clock is behind, negative when it is
    /// ahead: a sample at the arrival of each message that was found wrong, and 0 when the clock
    /// has come right.
    public static let clockErrorMetric = "device_clock_error_seconds"
    /// Name of the file that holds what the checks remember, beside the store; it is there once
    /// something is.
    public static let qualityFile = "quality-memory"

    /// Judges a reading whose series was looked up last, and marks it and those before it.
    ///
    /// - Returns: false when it was rejected and is kept apart.
    mutating func isKept(
        _ reading: Reading,
        at time: Instant,
        of address: String,
        in index: Int
    ) -> Bool {
        guard reading.quality != .rejected else { return true }
        let place = slots[index].lastPlace
        if reading.quality < .accepted, let reason = reading.qualityReason {
            let sample = Sample(time: time, value: reading.value)
            mark(reading, sample, reading.quality, reason.rawValue, index)
        }
        guard let place else { return true }
        let judgement = quality.judge(Sample(time: time, value: reading.value), at: place)
        for case let spike? in [judgement.firstSpike, judgement.secondSpike] {
            mark(reading, spike, .spike, of: address)
        }
        guard let reason = judgement.reason else { return true }
        if reason.quality == .rejected {
            var rejected = reading
            rejected.quality = .rejected
            rejected.qualityReason = reason
            let value = slots[index].stored(reading.value, of: reading.quantity)
            if let series = series(of: rejected, of: address, in: index) {
                put(series, Sample(time: time, value: value), isMeasured: true)
            }
            return false
        }
        if let began = judgement.restBegan {
            mark(reading, Sample(time: began, value: reading.value), reason, of: address)
        }
        mark(reading, Sample(time: time, value: reading.value), reason, of: address)
        return true
    }

    /// Where the readings of a series are judged.
    mutating func place(
        of reading: Reading,
        of address: String,
        in index: Int
    ) -> QualityControl.Place? {
        defer { counters.uncheckedSeries = quality.uncheckedSeries }
        return quality.place(
            of: reading.quantity,
            channel: reading.channel,
            address: address,
            device: slots[index].labels["device"] ?? address
        )
    }

    /// Finds or makes a series of marks, which has the metric and the reason as labels.
    mutating func markSeries(
        _ name: String,
        _ reason: String,
        _ reading: Reading,
        in index: Int
    ) -> SeriesID? {
        let quantity = reading.quantity
        let mark = DeviceSlot.Mark(name: name, reason: reason)
        if let known = slots[index].known(quantity.id, reading.channel, mark) { return known }
        let labels = Labels(
            seriesLabels(reading.channel, in: index).sorted + [
                Label(Labels.metricNameLabel, name), Label("metric", quantity.metricName),
                Label("reason", reason),
            ]
        )
        guard let series = found(labels) else { return nil }
        slots[index].note(
            .init(quantity: quantity.id, channel: reading.channel, mark: mark, series: series)
        )
        return series
    }

    /// Judges the clock of the device that sent a message, by what it said of itself.
    mutating func judgeClock(of message: DecodedMessage, in index: Int) {
        guard message.kind == .measurement, !message.isRedelivery else { return }
        var measured = message.time
        let isPossible = message.timeOrigin == .device
        if !isPossible {
            guard let said = message.impossibleDeviceTime else { return }
            measured = said
        }
        if slots[index].clock == nil {
            slots[index].clock = quality.clockPlace(of: message.deviceAddress)
        }
        guard let place = slots[index].clock else { return }
        let error = quality.judgeClock(
            measured: measured,
            arrived: message.receivedAt,
            isPossible: isPossible,
            at: place
        )
        guard let error else { return }
        if error != .zero { counters.wrongClockMessages += 1 }
        if slots[index].clockError == nil {
            slots[index].clockError = found(
                slots[index].labels.setting(Labels.metricNameLabel, to: Self.clockErrorMetric)
            )
        }
        guard let series = slots[index].clockError else { return }
        put(series, Sample(time: message.receivedAt, value: error.seconds), isMeasured: true)
    }

    private mutating func mark(
        _ reading: Reading,
        _ sample: Sample,
        _ reason: QualityReason,
        of address: String
    ) {
        // One that was measured before this one may belong to another place.
        let index = slot(of: address, in: slot(of: address), at: sample.time)
        mark(reading, sample, reason.quality, reason.rawValue, index)
    }

    private mutating func mark(
        _ reading: Reading,
        _ sample: Sample,
        _ quality: Quality,
        _ reason: String,
        _ index: Int
    ) {
        counters.markedReadings[reason, default: 0] += 1
        let name = quality == .doubtful ? Self.doubtfulMetric : Self.suspiciousMetric
        guard let series = markSeries(name, reason, reading, in: index) else { return }
        let value = slots[index].stored(sample.value, of: reading.quantity)
        put(series, Sample(time: sample.time, value: value), isMeasured: true)
    }

    // MARK: Memory

    /// Writes what the checks remember now, beside what they did at the store's last checkpoint.
    mutating func writeQuality(_ calls: any FileCalls) throws(IngestError) {
        qualityMemory = try writeStates(
            Self.qualityFile,
            quality.memory,
            beside: qualityMemory,
            calls
        )
    }

    /// Reads the file, and has the checks know what they knew at the store's last checkpoint;
    /// without one they begin anew.
    mutating func recallQuality(_ calls: any FileCalls) throws(IngestError) {
        let states = try Self.load(
            Self.qualityFile,
            store.folder,
            calls,
            orThrow: { .damagedQuality(path: $0) },
            CheckpointStates.init(bytes:)
        )
        guard let states else { return }
        guard quality.recall(states.state(at: store.checkpointCount) ?? []) else {
            throw .damagedQuality(path: StorageFolder(store.folder).path(of: Self.qualityFile))
        }
        qualityMemory = states
    }
}
