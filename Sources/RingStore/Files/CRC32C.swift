internal import CCRC32C

/// The checksum of the journal's and the store's formats: CRC-32C (Castagnoli).
///
/// The instruction of x86 processors takes eight bytes a step. Without it sixteen tables of 256
/// words take sixteen ("slicing by 16"): about 0.5 ns a byte, 16 KiB of tables made at first use.
/// `123456789` gives `E3069283`.
///
/// - Source: RFC 3720, section 12.1 and appendix B.4 (polynomial and test vectors); M. Kounavis,
///   F. Berry, "A Systematic Approach to Building High Performance Software-based CRC
///   Generators", 2005 (slicing).
public struct CRC32C: Sendable {
    /// The reversed polynomial.
    private static let polynomial: UInt32 = 0x82F6_3B78

    /// Table `k`, entry `b` at `256 * k + b`: the checksum of byte `b` followed by `k` zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 16 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 {
                remainder = (remainder >> 1) ^ (remainder & 1 == 1 ? polynomial : 0)
            }
            tables[byte] = remainder
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = (before >> 8) ^ tables[Int(before & 0xFF)]
        }
        return tables
    }()

    private static let hasInstruction = langso_crc32c_has_instruction()

    private var state: UInt32 = ~0

    /// Starts a checksum of nothing.
    public init() {}

    /// The checksum of everything added so far.
    public var value: UInt32 { ~state }

    /// The checksum of some bytes.
    public static func checksum(_ bytes: RawSpan) -> UInt32 {
        var checksum = CRC32C()
        checksum.update(bytes)
        return checksum.value
    }

    /// Adds a number as its eight bytes, the lowest first.
    public mutating func update(_ number: UInt64) {
        if Self.hasInstruction {
            unsafe withUnsafeBytes(of: number.littleEndian) { memory in
                state = unsafe langso_crc32c_add(state, memory.baseAddress, memory.count)
            }
            return
        }
        unsafe Self.tables.withUnsafeBufferPointer { tables in
            state = unsafe Self.slice(tables, number ^ UInt64(state), 0)
        }
    }

    /// Adds bytes.
    public mutating func update(_ bytes: RawSpan) {
        guard Self.hasInstruction else { return updateByTables(bytes) }
        unsafe bytes.withUnsafeBytes { memory in
            state = unsafe langso_crc32c_add(state, memory.baseAddress, memory.count)
        }
    }

    /// Adds bytes without the processor's instruction.
    mutating func updateByTables(_ bytes: RawSpan) {
        // Both closures keep the memory alive that they lend.
        unsafe bytes.withUnsafeBytes { memory in
            unsafe Self.tables.withUnsafeBufferPointer { tables in
                var state = state
                var offset = 0
                while offset + 16 <= memory.count {
                    let early: UInt64 = unsafe memory.littleEndian(at: offset)
                    let late: UInt64 = unsafe memory.littleEndian(at: offset + 8)
                    state =
                        unsafe Self.slice(tables, early ^ UInt64(state), 8)
                        ^ Self.slice(tables, late, 0)
                    offset += 16
                }
                while offset < memory.count {
                    let index = Int((state ^ UInt32(unsafe memory[offset])) & 0xFF)
                    state = unsafe (state >> 8) ^ tables[index]
                    offset += 1
                }
                self.state = state
            }
        }
    }

    /// What eight bytes, the first of them lowest, add when so many others follow in the same step.
    @inline(__always)
    private static func slice(
        _ tables: UnsafeBufferPointer<UInt32>,
        _ bytes: UInt64,
        _ following: Int
    ) -> UInt32 {
        // Every index is 256 * k plus one byte, below the 4,096 entries.
        let last = unsafe UnsafeBufferPointer(rebasing: tables[(256 * following)...])
        let far =
            unsafe last[1792 + Int(bytes & 0xFF)]
            ^ last[1536 + Int(bytes >> 8 & 0xFF)]
            ^ last[1280 + Int(bytes >> 16 & 0xFF)]
            ^ last[1024 + Int(bytes >> 24 & 0xFF)]
        let near =
            unsafe last[768 + Int(bytes >> 32 & 0xFF)]
            ^ last[512 + Int(bytes >> 40 & 0xFF)]
            ^ last[256 + Int(bytes >> 48 & 0xFF)]
            ^ last[Int(bytes >> 56)]
        return far ^ near
    }
}
