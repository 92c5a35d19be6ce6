/// Writes numbers of any width into bytes, the lowest bit first.
///
/// Created once and used again: ``removeAll()`` keeps the memory.
struct BitWriter: Sendable {
    private var finished: [UInt8] = []
    /// Bits that do not fill eight bytes yet; those above `pendingBits` are zero.
    private var pending: UInt64 = 0
    private var pendingBits = 0

    /// Bytes that what was written so far takes.
    var byteCount: Int { finished.count + (pendingBits + 7) / 8 }

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        finished.removeAll(keepingCapacity: true)
        pending = 0
        pendingBits = 0
    }

    /// Adds the lowest `width` bits of a number, `width` in 0...64; those above must be zero.
    mutating func put(_ number: UInt64, width: Int) {
        let free = 64 - pendingBits
        // Swift's shifts give zero for 64 places and more, which is what both ends need.
        pending |= number << UInt64(pendingBits)
        if width >= free {
            finished.appendLittleEndian(pending)
            pending = number >> UInt64(free)
            pendingBits = width - free
        } else {
            pendingBits += width
        }
    }

    /// Fills the last byte with zero bits and gives all bytes; nothing may be added after.
    mutating func finish() -> [UInt8] {
        while pendingBits > 0 {
            finished.append(UInt8(truncatingIfNeeded: pending))
            pending >>= 8
            pendingBits -= 8
        }
        pendingBits = 0
        return finished
    }
}
