/// Tells how much of a core a program has at a moment.
///
/// A virtual processor often is one of two threads of a core; while somebody else's program runs on
/// the other, both share the core's places for instructions, and no counter of the guest tells. A
/// chain of instructions each of which waits for the one before needs few places and takes as long
/// as ever; many that wait for nothing take up to twice as long. Two loops tell both.
///
/// - Source: A. Fog, "The microarchitecture of Intel, AMD and VIA CPUs", on simultaneous
///   multithreading: threads of a core compete for the same execution units.
package enum CoreShare {
    /// Processor seconds of a loop whose instructions wait for nothing, about half a millisecond.
    package static func wideLoop() -> Double {
        let mark = Mark()
        keep(wide(400_000))
        return mark.elapsed.cpuSeconds
    }

    /// Processor seconds of a loop whose instructions wait for one another; it follows the clock of
    /// the core and little else.
    package static func chainedLoop() -> Double {
        let mark = Mark()
        keep(chained(250_000))
        return mark.elapsed.cpuSeconds
    }

    @inline(never)
    private static func wide(_ count: UInt64) -> UInt64 {
        var (a, b, c, d) = (count, count ^ 1, count ^ 2, count ^ 3)
        var (e, f, g, h) = (a, b, c, d)
        var step: UInt64 = 0
        while step < count {
            a &+= step
            b ^= step
            c &-= step
            d ^= step &+ 7
            e &+= a
            f ^= b
            g &+= c
            h ^= d
            step &+= 1
        }
        return a ^ b ^ c ^ d ^ e ^ f ^ g ^ h
    }

    @inline(never)
    private static func chained(_ count: UInt64) -> UInt64 {
        var (state, step) = (count, UInt64(0))
        while step < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            step &+= 1
        }
        return state
    }

    /// Uses a value, so that its making is not left out.
    @inline(never)
    private static func keep(_ value: UInt64) {
        if value == 0 { print("", terminator: "") }
    }
}
