internal import Telemetry

/// When a device reports: every so often, a little unevenly.
struct ReportClock: Sendable {
    /// Distance of two reports.
    let interval: Milliseconds
    private let first: Instant
    private let jitter: Milliseconds
    private let noise: SeededNoise

    /// Creates a clock.
    ///
    /// - Parameters:
    ///   - start: the simulation's start; all reports lie behind it.
    ///   - interval: distance of two reports.
    ///   - noise: the device's noise; it also places the first report in the interval.
    ///   - alignment: an instant near which a report must fall, instead of a random place.
    init(
        start: Instant,
        interval: Milliseconds,
        noise: SeededNoise,
        alignment: Instant? = nil
    ) {
        self.interval = interval
        self.noise = noise
        jitter = .seconds(2)
        if let alignment {
            let behind = (alignment - start).count % interval.count
            first = start + Milliseconds(behind <= 0 ? behind + interval.count : behind)
        } else {
            let phase = noise.unit(-1, salt: 0xC10C) * Double(interval.count - 4000)
            first = start + Milliseconds(1000 + Int64(phase))
        }
    }

    /// When the report of a number, counted from 0, is sent.
    func time(of number: Int64) -> Instant {
        let late = noise.unit(number, salt: 0xC10C) * Double(jitter.count)
        return first + interval * number + Milliseconds(Int64(late))
    }
}

/// Something that reports by itself.
protocol ReportingModel: Sendable {
    /// When it reports.
    var clock: ReportClock { get }
    /// Number of the report that comes next.
    var nextReport: Int64 { get set }
    /// Moves on to an instant, and sends what it sends then.
    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox)
}
