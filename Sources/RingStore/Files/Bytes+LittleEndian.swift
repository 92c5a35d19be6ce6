extension UnsafeRawBufferPointer {
    /// The number at an offset, its lowest byte first, at any alignment.
    ///
    /// - Precondition: it lies inside the memory.
    @inline(__always)
    func littleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        at offset: Int,
        as type: Number.Type = Number.self
    ) -> Number {
        unsafe Number(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}

extension UnsafeMutableRawBufferPointer {
    /// Puts a number at an offset, its lowest byte first, at any alignment.
    ///
    /// - Precondition: it lies inside the memory.
    @inline(__always)
    func putLittleEndian<Number: FixedWidthInteger & BitwiseCopyable>(
        _ number: Number,
        at offset: Int
    ) {
        unsafe storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
}

extension [UInt8] {
    /// Adds a number, its lowest byte first.
    mutating func appendLittleEndian<Number: FixedWidthInteger>(_ number: Number) {
        for shift in stride(from: 0, to: Number.bitWidth, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> Number(shift)))
        }
    }

    /// The number at an index, its lowest byte first, or nil when it does not lie inside.
    func littleEndian<Number: FixedWidthInteger>(
        at index: Int,
        as type: Number.Type = Number.self
    ) -> Number? {
        let width = Number.bitWidth / 8
        guard index >= 0, index <= count - width else { return nil }
        var number: Number = 0
        for offset in (0..<width).reversed() {
            number = number << 8 | Number(truncatingIfNeeded: self[index + offset])
        }
        return number
    }
}
