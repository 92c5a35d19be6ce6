internal import Glibc

/// Processor time and wall-clock time that something took.
package struct Cost: Sendable {
    /// Seconds on all processors, of the program and of the kernel for it.
    package var cpuSeconds = 0.0
    package var wallSeconds = 0.0

    package init() {}

    package static func += (left: inout Cost, right: Cost) {
        left.cpuSeconds += right.cpuSeconds
        left.wallSeconds += right.wallSeconds
    }
}

/// A moment to measure from.
package struct Mark {
    private let cpu: Double
    private let wall: Double

    /// Now.
    package init() {
        cpu = Self.seconds(CLOCK_PROCESS_CPUTIME_ID)
        wall = Self.seconds(CLOCK_MONOTONIC)
    }

    /// What this process has taken since.
    package var elapsed: Cost {
        var cost = Cost()
        cost.cpuSeconds = Self.seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu
        cost.wallSeconds = Self.seconds(CLOCK_MONOTONIC) - wall
        return cost
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
