/// Random numbers that depend on a key and a number alone, not on what was asked before.
///
/// A value of minute 17 is the same whether minute 16 was asked for or not: so a simulation that
/// is advanced in small windows gives what it gives in one large one.
/// - Source: S. Vigna, SplitMix64, public domain reference implementation, 2015; used as a hash.
struct SeededNoise: Sendable {
    private let key: UInt64

    init(seed: UInt64) {
        key = Self.mix(seed)
    }

    /// Noise of its own for one thing of many.
    func stream(_ number: Int) -> SeededNoise {
        SeededNoise(seed: bits(Int64(number), salt: 0x51))
    }

    /// 64 random bits of a number.
    func bits(_ number: Int64, salt: UInt64 = 0) -> UInt64 {
        Self.mix(key ^ Self.mix(UInt64(bitPattern: number) &+ salt &* 0xD6E8_FEB8_6659_FD93))
    }

    /// A number from 0 up to, not including, 1.
    func unit(_ number: Int64, salt: UInt64 = 0) -> Double {
        Double(bits(number, salt: salt) >> 11) / 9_007_199_254_740_992
    }

    /// A number from −1 up to, not including, 1.
    func signed(_ number: Int64, salt: UInt64 = 0) -> Double {
        2 * unit(number, salt: salt) - 1
    }

    /// A whole number from 0 up to, not including, a count.
    func index(_ number: Int64, below count: Int, salt: UInt64 = 0) -> Int {
        Int(bits(number, salt: salt) % UInt64(max(count, 1)))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var mixed = value &+ 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
