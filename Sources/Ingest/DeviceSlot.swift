internal import Decoding
internal import QualityControl
internal import RingStore
internal import Telemetry

/// One device in the pipeline: its labels, its series as far as they are known, its last frames.
struct DeviceSlot {
    /// One series of the device.
    struct Entry {
        let quantity: String
        let channel: String?
        /// What its readings are marked with; nil for the measurements themselves.
        let mark: Mark?
        let series: SeriesID
        /// Where its readings are judged; nil where nothing is checked.
        var place: QualityControl.Place?
    }

    /// What readings are rejected or marked with.
    struct Mark: Hashable {
        /// Name of the series of marks.
        let name: String
        let reason: String
    }

    var labels: Labels
    /// What is added to the readings of counters, by quantity and in its unit.
    var counterOffsets: [String: Double] = [:]
    /// Whether the device's readings go to slots of its installations; see ``SlotKey``.
    var isDated = false
    var frames = RecentFrames()
    /// Where its newest message lies in the journal; nil before the first.
    private(set) var lastPosition: UInt64?
    /// The series that holds when the device spoke.
    var heartbeat: SeriesID?
    /// The series that holds by how much the device's clock is wrong.
    var clockError: SeriesID?
    /// Where the device's clock is judged.
    var clock: QualityControl.Place?
    private var entries: [Entry] = []
    /// Where the next reading is looked for first: a profile gives its readings in one order.
    private var expected = 0

    init(labels: Labels) {
        self.labels = labels
    }

    /// Starts a message: its first reading is looked for first of all.
    mutating func begin() { expected = 0 }

    /// The known series of a reading, or nil.
    mutating func known(_ quantity: String, _ channel: String?, _ mark: Mark?) -> SeriesID? {
        for offset in 0..<entries.count {
            var index = expected + offset
            if index >= entries.count { index -= entries.count }
            let entry = entries[index]
            guard entry.quantity == quantity, entry.channel == channel, entry.mark == mark
            else { continue }
            expected = index + 1
            return entry.series
        }
        return nil
    }

    /// Where the readings of the series that was known or noted last are judged.
    var lastPlace: QualityControl.Place? { entries[expected - 1].place }

    /// Notes a series that was found or made.
    mutating func note(_ entry: Entry) {
        entries.append(entry)
        expected = entries.count
    }

    /// Notes where a message lies that shows by which way the device speaks.
    mutating func notePlace(_ position: UInt64) {
        lastPosition = max(lastPosition ?? 0, position)
    }

    /// A value that a meter showed, going on where the one before ended, in the metric's unit.
    func stored(_ value: Double, of quantity: Quantity) -> Double {
        guard !counterOffsets.isEmpty, let offset = counterOffsets[quantity.id] else {
            return quantity.metricValue(value)
        }
        return quantity.metricValue(value + offset)
    }

    /// Takes changed labels: series are looked up anew.
    mutating func relabel(_ labels: Labels) {
        guard labels != self.labels else { return }
        self.labels = labels
        entries.removeAll()
        heartbeat = nil
        clockError = nil
        expected = 0
    }
}
