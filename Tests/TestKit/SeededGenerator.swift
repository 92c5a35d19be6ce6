/// A generator of random numbers that gives the same numbers for the same seed everywhere.
///
/// Print ``seed`` where a property test starts; set `LANGSO_TEST_SEED` to repeat a run.
/// - Source: S. Vigna, SplitMix64, public domain reference implementation, 2015.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// What the generator started from.
    public let seed: UInt64
    private var state: UInt64

    /// Creates a generator.
    public init(seed: UInt64) {
        self.seed = seed
        state = seed
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
