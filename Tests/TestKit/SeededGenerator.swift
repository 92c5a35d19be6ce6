internal import Foundation

/// A generator of random numbers that gives the same numbers for the same seed everywhere.
///
/// A property test begins with ``forTest()``, and says ``seed`` where something does not hold.
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

    /// A generator for a property test, which prints its seed.
    ///
    /// It is the one that `LANGSO_TEST_SEED` names, to repeat a run, else a random one.
    public static func forTest() -> SeededGenerator {
        let given = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"]
        let seed = given.flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
        print("LANGSO_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
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
