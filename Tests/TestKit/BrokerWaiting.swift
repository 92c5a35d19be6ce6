import Foundation

/// Waits for what other threads and processes do, never longer than until it is so.
public enum BrokerWaiting {
    /// Looks every few milliseconds whether something is so; returns whether it was in time.
    public static func until(
        within duration: Duration = .seconds(20),
        _ isSo: () throws -> Bool
    ) rethrows -> Bool {
        let end = ContinuousClock.now + duration
        while true {
            if try isSo() { return true }
            if ContinuousClock.now >= end { return false }
            _ = poll(nil, 0, 5)
        }
    }
}
