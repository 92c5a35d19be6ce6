public import Telemetry

/// What the samples of each registered device are labelled with.
///
/// Made from the registry and given to the pipeline whole; a changed registry gives a new
/// directory, and what is stored already keeps the labels it was written with.
public struct IngestDirectory: Sendable {
    /// A span of time for which a box stood at one place.
    public struct Installation: Hashable, Sendable {
        /// When it began; nil for the beginning of time.
        public let from: Instant?
        /// When it ended; nil while it lasts.
        public let until: Instant?
        /// `device`, `village`, `commune` and what else applies; without a metric name.
        public let labels: Labels
        /// What is added to the readings of counters, by quantity and in its unit.
        public let counterOffsets: [String: Double]

        /// Creates an installation.
        public init(
            from: Instant? = nil,
            until: Instant? = nil,
            labels: Labels,
            counterOffsets: [String: Double] = [:]
        ) {
            self.from = from
            self.until = until
            self.labels = labels
            self.counterOffsets = counterOffsets
        }

        func holds(at instant: Instant) -> Bool {
            (from.map { $0 <= instant } ?? true) && (until.map { instant < $0 } ?? true)
        }
    }

    private var labels: [String: Labels] = [:]
    /// Of boxes that were not always at one place, sorted by their ends.
    private var installations: [String: [Installation]] = [:]

    /// Creates an empty directory.
    public init() {}

    /// How many addresses it has.
    public var count: Int { labels.count + installations.count }

    /// Notes a device that was always where it is.
    ///
    /// - Parameters:
    ///   - address: as messages name it, an EUI in lower case without dividers.
    ///   - labels: `device`, `village`, `commune` and what else applies; without a metric name.
    public mutating func assign(_ address: String, _ labels: Labels) {
        self.labels[address] = labels
    }

    /// Notes where a box has been; at other times it is known by its address alone.
    ///
    /// Where several hold at one time the one counts that ended first: a box that was taken away
    /// from one place and came to another was not at both.
    public mutating func assign(_ address: String, _ installations: [Installation]) {
        self.installations[address] = installations.sorted {
            ($0.until ?? .distantFuture) < ($1.until ?? .distantFuture)
        }
    }

    /// Whether it depends on the time where a box is.
    func isDated(_ address: String) -> Bool { installations[address] != nil }

    /// Place of the installation of a box at an instant in its list; nil where it was at none.
    func place(of address: String, at instant: Instant) -> Int? {
        installations[address]?.firstIndex { $0.holds(at: instant) }
    }

    /// The installation at a place of a box's list; nil when there is none.
    func installation(of address: String, at place: Int) -> Installation? {
        guard let list = installations[address], list.indices.contains(place) else { return nil }
        return list[place]
    }

    /// The devices that samples of a box may stand under: those that it was since an instant, and
    /// its address.
    func devices(of address: String, since start: Instant) -> Set<String> {
        let held = (installations[address] ?? []).filter { ($0.until ?? .distantFuture) >= start }
        return Set(held.compactMap { $0.labels["device"] }).union([address])
    }

    /// What was ever added to the readings of a counter of a box that was not always at one place.
    func counterOffsets(of quantity: String, _ address: String) -> [Double] {
        (installations[address] ?? []).compactMap { $0.counterOffsets[quantity] }
    }

    /// Whether another box than one was ever at a device's place; looks through all.
    func isHeld(_ device: String?, byOtherThan address: String) -> Bool {
        labels.contains { $0.key != address && $0.value["device"] == device }
            || installations.contains {
                $0.key != address && $0.value.contains { $0.labels["device"] == device }
            }
    }

    /// The boxes that stood where others may have left samples.
    ///
    /// - Parameter boxes: those others, each since when it may have.
    /// - Returns: since when, by the address of each box.
    func holders(ofPlacesOf boxes: [String: Instant]) -> [String: Instant] {
        var places: [String: Instant] = [:]
        for (address, since) in boxes where isDated(address) {
            // A codec's answer is looked for wherever its box ever was.
            for device in devices(of: address, since: .distantPast) {
                places[device] = min(places[device] ?? since, since)
            }
        }
        var holders: [String: Instant] = [:]
        for (address, labels) in labels {
            if let since = labels["device"].flatMap({ places[$0] }) { holders[address] = since }
        }
        for (address, list) in installations {
            for held in list {
                guard let since = held.labels["device"].flatMap({ places[$0] }),
                    held.until ?? .distantFuture > since
                else { continue }
                holders[address] = min(holders[address] ?? since, since)
            }
        }
        return holders
    }

    /// The labels of an address, for a dated one those of the present; a device that is not
    /// registered is known by its address alone.
    func labels(of address: String) -> Labels {
        if let labels = labels[address] { return labels }
        if let last = installations[address]?.last, last.until == nil { return last.labels }
        return Labels([Label("device", address)])
    }
}
