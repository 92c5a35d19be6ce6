public import Telemetry

/// How often alerts of one name fired in a stretch of time, how long, and where.
public struct AlarmFigures: Hashable, Sendable {
    /// What fired at one place: at one device, lamp, circuit.
    public struct Place: Hashable, Sendable {
        /// Labels of the alert but its name and `code`, `severity` and `service`.
        public let labels: Labels
        /// How many alarms there were.
        public internal(set) var alarms = 0
        /// How long they fired, all together.
        public internal(set) var total = Milliseconds.zero

        /// The device, or the labels where there is none.
        public var name: String { labels["device"] ?? "\(labels)" }
    }

    /// How many alarms there were.
    public private(set) var alarms = 0
    /// How long they fired, all together.
    public private(set) var total = Milliseconds.zero
    /// How long the longest one fired.
    public private(set) var longest = Milliseconds.zero
    /// Where, the longest time first.
    public private(set) var places: [Place] = []

    /// Counts alarms; those that fire on at the end count up to it.
    init(of name: String, _ transitions: [AlertTransition], until end: Instant) {
        var places: [Labels: Place] = [:]
        var open: [Int: (Labels, Instant)] = [:]
        func close(_ number: Int, at time: Instant, _ figures: inout AlarmFigures) {
            guard let (labels, start) = open.removeValue(forKey: number) else { return }
            let length = time - start
            places[labels, default: Place(labels: labels)].total =
                (places[labels]?.total ?? .zero) + length
            figures.total = figures.total + length
            figures.longest = max(figures.longest, length)
        }
        for transition in transitions where transition.alert.name == name {
            let number = transition.alert.number
            switch transition.change {
            case .firing:
                let labels = transition.alert.labels.removing(
                    "alertname",
                    "code",
                    "severity",
                    "service"
                )
                open[number] = (labels, transition.time)
                places[labels, default: Place(labels: labels)].alarms += 1
                alarms += 1
            case .resolved: close(number, at: transition.time, &self)
            default: break
            }
        }
        for number in open.keys.sorted() { close(number, at: end, &self) }
        self.places = places.values.sorted {
            $0.total == $1.total ? $0.labels < $1.labels : $0.total > $1.total
        }
    }
}
