public import Decoding
internal import RingStore
public import Telemetry

/// What the decoder remembers beside the store, what it wants said, and series that end.
extension IngestPipeline {
    /// Name of the file that holds what the decoder remembers, beside the store; it is there once
    /// something is.
    public static let memoryFile = "decoder-memory"

    /// Gives away what should be said because of messages that were taken; see
    /// `MessageDecoder.takeRequests(at:)`.
    ///
    /// Who opens a folder drops what recovery gave: it was said when the messages came.
    public mutating func takeRequests(at now: Instant? = nil) -> [OutgoingRequest] {
        decoder.takeRequests(at: now)
    }

    /// Has every Sparkplug node that lives asked to be born again; see
    /// `MessageDecoder.askForBirths(at:)`.
    public mutating func askForBirths(at now: Instant) { decoder.askForBirths(at: now) }

    /// Ends the series of all Sparkplug devices that live: the broker is away, and nobody knows how
    /// they are until they are born again.
    ///
    /// The ends are no records of the journal: a crash before the next checkpoint loses them.
    ///
    /// - Source: `device-formats/sparkplug-b.md`: when the host loses the broker, all metrics
    ///   become stale.
    public mutating func endSparkplugSeries(at now: Instant) {
        for address in decoder.sparkplugDevices { end(address, at: now, isGone: false) }
    }

    /// Writes what the decoder remembers now, beside what it did at the store's last checkpoint.
    mutating func writeMemory(_ calls: any FileCalls) throws(IngestError) {
        decoderMemory = try writeStates(
            Self.memoryFile,
            decoder.memory,
            beside: decoderMemory,
            calls
        )
    }

    /// Reads the file; without one nothing is remembered.
    mutating func loadMemory(_ calls: any FileCalls) throws(IngestError) {
        let states = try Self.load(
            Self.memoryFile,
            store.folder,
            calls,
            orThrow: { .damagedMemory(path: $0) },
            CheckpointStates.init(bytes:)
        )
        if let states { decoderMemory = states }
    }

    /// Has the decoder know what it knew at the store's last checkpoint, before the first record
    /// after it is taken.
    mutating func recallMemory() throws(IngestError) {
        // What was remembered of the records before may have taught it other things.
        learnAsOfCheckpoint()
        let memory = decoderMemory.state(at: store.checkpointCount)
        // No state of that checkpoint: the folder is of a version that wrote none.
        guard memory != nil || !decoderMemory.entries.isEmpty else { return }
        do throws(DecodingError) {
            try decoder.recall(memory ?? [])
        } catch {
            let path = StorageFolder(store.folder).path(of: Self.memoryFile)
            throw .damagedMemory(path: path)
        }
    }

    /// Ends the series of the devices that a message says are gone, or not known.
    mutating func end(devicesOf message: DecodedMessage) {
        for address in message.goneDevices { end(address, at: message.receivedAt, isGone: true) }
        for address in message.unknownDevices {
            end(address, at: message.receivedAt, isGone: false)
        }
    }

    /// Ends the series of a device that is gone: it is offline, and its last values are no present
    /// ones any more.
    ///
    /// The store is asked for the series, not what this run has seen: taking the journal again
    /// must end the same ones.
    private mutating func end(_ address: String, at time: Instant, isGone: Bool) {
        if retaken.storing != nil { retaken.box = address }
        let labels = slotLabels(of: address, at: time)
        if isGone, let online = Quantity.named("device.online") {
            put(labels.setting(Labels.metricNameLabel, to: online.metricName), time, 0)
        }
        let matchers = labels.sorted.map { LabelMatcher($0.name, .equal($0.value)) }
        let marker = Double(bitPattern: Sample.staleMarkerBits)
        let found: [SeriesReference]
        do {
            found = try store.snapshot().select(matchers, in: .distantPast...time)
        } catch {
            noteRefusal("unreadable_series", "\(error) (the device \(address) is gone)")
            return
        }
        for series in found {
            let name = series.labels[Labels.metricNameLabel] ?? ""
            guard let quantity = Quantity.withMetricName(name),
                quantity.id != "device.online" || !isGone
            else { continue }
            put(series.labels, time, marker)
        }
    }
}
