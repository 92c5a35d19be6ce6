/// The last sample of a series, kept in memory because nothing is asked for so often.
struct LatestSample: Sendable {
    /// Milliseconds since 1970; no sample of the series is after it.
    private(set) var time = Int64.min
    /// Bit pattern of the value, if ``isKnown``.
    private(set) var bits: UInt64 = 0
    /// Whether it is the last sample, and not only a limit of its time, as after an opening.
    private(set) var isKnown = false

    /// Creates what is known of a series whose samples are on disk, or that has none.
    init(notAfter time: Int64 = .min) {
        self.time = time
    }

    /// Creates what is known of a series whose last sample has been read.
    init(_ sample: HeadSample) {
        time = sample.time
        bits = sample.bits
        isKnown = true
    }

    /// Takes a sample if it is later; returns whether it is.
    mutating func advance(to sample: HeadSample) -> Bool {
        guard sample.time > time else { return false }
        time = sample.time
        bits = sample.bits
        isKnown = true
        return true
    }

    /// Takes another value of the same time.
    mutating func overwrite(by sample: HeadSample) {
        if isKnown, sample.time == time { bits = sample.bits }
    }
}
