/// Whole numbers with their lowest byte first, as the files beside the store hold them.
package enum LittleEndian {
    /// Appends a number.
    package static func put(_ value: some FixedWidthInteger, _ bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: value.bitWidth, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Takes a number from the front; nil when there are too few bytes.
    package static func take<Value: FixedWidthInteger>(_ rest: inout ArraySlice<UInt8>) -> Value? {
        guard rest.count >= Value.bitWidth / 8 else { return nil }
        var value: Value = 0
        for shift in stride(from: 0, to: Value.bitWidth, by: 8) {
            value |= Value(truncatingIfNeeded: rest[rest.startIndex]) << shift
            rest = rest.dropFirst()
        }
        return value
    }
}
