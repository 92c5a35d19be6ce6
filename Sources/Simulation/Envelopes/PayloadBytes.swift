/// The bytes of a radio payload, number by number; a number that does not fit is held at the end
/// of its range, as firmware does.
struct PayloadBytes: Sendable {
    private(set) var bytes: [UInt8] = []

    /// Adds single bytes.
    mutating func append(_ more: UInt8...) {
        bytes.append(contentsOf: more)
    }

    /// Adds an unsigned number, highest byte first.
    mutating func appendBig(_ number: Int64, width: Int) {
        let value = Self.held(number, width)
        for place in (0..<width).reversed() {
            bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * place)))
        }
    }

    /// Adds an unsigned number, lowest byte first.
    mutating func appendLittle(_ number: Int64, width: Int) {
        let value = Self.held(number, width)
        for place in 0..<width {
            bytes.append(UInt8(truncatingIfNeeded: value >> Int64(8 * place)))
        }
    }

    private static func held(_ number: Int64, _ width: Int) -> Int64 {
        min(max(number, 0), (1 << Int64(8 * width)) - 1)
    }
}
