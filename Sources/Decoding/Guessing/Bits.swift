#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Evidence as bits: the binary logarithm of how much likelier something makes something else.
enum Bits {
    /// Bits of a ratio above zero.
    static func of(_ ratio: Double) -> Double { log2(ratio) }

    /// The ratio that bits stand for.
    static func ratio(_ bits: Double) -> Double { exp2(bits) }
}
