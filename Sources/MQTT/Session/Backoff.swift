/// Growing pauses with jitter: bounds double from ``BackoffSettings/first`` to
/// ``BackoffSettings/cap``; each pause is drawn evenly from the upper half below its bound.
///
/// The jitter keeps a village's gateways from knocking all at once when their broker comes back;
/// the lower half is left out so that a broker in trouble is never asked again at once.
/// - Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 ("equal
///   jitter").
struct Backoff {
    let settings: BackoffSettings
    private let random: @Sendable () -> Double
    private(set) var attempt = 0

    /// Creates pauses; `random` gives numbers from 0 up to, not including, 1.
    init(_ settings: BackoffSettings, random: @escaping @Sendable () -> Double) {
        self.settings = settings
        self.random = random
    }

    /// The next pause, longer than the one before until the cap.
    mutating func next() -> Duration {
        // Thirty doublings exceed any cap; a larger exponent would overflow.
        let bound = min(settings.cap, settings.first * (1 << min(attempt, 30)))
        attempt += 1
        return bound * (0.5 + 0.5 * random())
    }

    /// The pause after a refusal: it does not grow, but it is jittered too.
    mutating func nextAfterRefusal() -> Duration {
        attempt += 1
        return settings.refused * (0.75 + 0.25 * random())
    }

    /// Starts again from the shortest pause.
    mutating func reset() { attempt = 0 }
}
