/// Sizes of the last steps of a series: how far it goes from one reading to the next.
struct RecentSteps: Sendable {
    static let count = 8

    /// In the quantity's unit; 0 where there is none yet.
    private(set) var sizes = InlineArray<8, Float>(repeating: 0)
    /// Which one is the oldest, and is replaced next.
    private(set) var next: UInt8 = 0

    init() {}

    init(sizes: InlineArray<8, Float>, next: UInt8) {
        self.sizes = sizes
        self.next = next
    }

    var largest: Double {
        var largest: Float = 0
        for index in 0..<Self.count { largest = max(largest, sizes[index]) }
        return Double(largest)
    }

    mutating func note(_ size: Double) {
        sizes[Int(next)] = Float(size)
        next = (next + 1) % UInt8(Self.count)
    }
}
