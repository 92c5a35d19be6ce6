internal import Telemetry

/// All faults known so far, by device: the models ask it what is wrong with them.
struct FaultTimeline: Sendable {
    /// Reports so long after a fault still get through, so that its end can be seen.
    static let margin = Milliseconds.hours(3)
    /// Ended faults are forgotten after this; nothing asks back further.
    static let memory = Milliseconds.days(3)

    private var byDevice: [[SimulatedFault]]

    init(deviceCount: Int) {
        byDevice = Array(repeating: [], count: deviceCount)
    }

    mutating func insert(_ fault: SimulatedFault) {
        byDevice[fault.ordinal].append(fault)
    }

    /// Drops faults that ended long before an instant.
    mutating func forget(before time: Instant) {
        for ordinal in byDevice.indices where !byDevice[ordinal].isEmpty {
            byDevice[ordinal].removeAll { fault in
                fault.to.map { $0 + Self.memory < time } ?? false
            }
        }
    }

    func isActive(_ kind: SimulatedFault.Kind, _ ordinal: Int, at time: Instant) -> Bool {
        byDevice[ordinal].contains { $0.kind == kind && $0.isActive(at: time) }
    }

    /// Whether a fault of a kind begins in (start, end].
    func begins(
        _ kind: SimulatedFault.Kind,
        _ ordinal: Int,
        after start: Instant,
        by end: Instant
    ) -> Bool {
        byDevice[ordinal].contains { $0.kind == kind && $0.from > start && $0.from <= end }
    }

    /// The fault that steers a tank's level at an instant, or nil.
    func course(_ ordinal: Int, at time: Instant) -> SimulatedFault? {
        byDevice[ordinal].first { !$0.course.isEmpty && $0.isActive(at: time) }
    }

    /// Whether any fault of a device has begun, and has not ended long ago.
    ///
    /// Faults that are yet to come do not count: they are only known when time has come to them.
    func isTouched(_ ordinal: Int, at time: Instant) -> Bool {
        byDevice[ordinal].contains { fault in
            fault.from <= time && (fault.to.map { $0 + Self.margin >= time } ?? true)
        }
    }

    /// Whether any fault of a device lies in a span, or near it.
    func isTouched(_ ordinal: Int, from: Instant, to: Instant, margin: Milliseconds) -> Bool {
        byDevice[ordinal].contains { fault in
            fault.from <= to + margin && (fault.to.map { $0 + margin >= from } ?? true)
        }
    }
}
