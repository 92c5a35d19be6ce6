/// A set of series, one bit each.
///
/// 50 000 series take 6 KiB; every operation of two sets costs one pass over their words.
struct SeriesSet: Hashable, Sendable {
    private(set) var words: [UInt64] = []

    /// Creates an empty set.
    init() {}

    /// Creates the set of all series below a number.
    init(below count: Int) {
        words = [UInt64](repeating: .max, count: count / 64)
        if count % 64 > 0 { words.append((1 << UInt64(count % 64)) - 1) }
    }

    /// Creates a set of some series.
    init(_ series: some Sequence<UInt32>) {
        for number in series { insert(number) }
    }

    /// Whether it holds none.
    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    /// How many it holds.
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// Whether it holds a series.
    func contains(_ series: UInt32) -> Bool {
        let index = Int(series) / 64
        return index < words.count && words[index] >> UInt64(series % 64) & 1 == 1
    }

    /// Adds a series.
    mutating func insert(_ series: UInt32) {
        let index = Int(series) / 64
        if index >= words.count {
            words.append(contentsOf: repeatElement(0, count: index + 1 - words.count))
        }
        words[index] |= 1 << UInt64(series % 64)
    }

    /// Adds all series of another set.
    mutating func formUnion(_ other: SeriesSet) {
        if other.words.count > words.count {
            words.append(contentsOf: repeatElement(0, count: other.words.count - words.count))
        }
        for index in other.words.indices { words[index] |= other.words[index] }
    }

    /// Keeps only what another set holds too.
    mutating func formIntersection(_ other: SeriesSet) {
        if words.count > other.words.count { words.removeSubrange(other.words.count...) }
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// Removes what another set holds.
    mutating func subtract(_ other: SeriesSet) {
        for index in 0..<min(words.count, other.words.count) {
            words[index] &= ~other.words[index]
        }
    }

    /// Whether another set holds all of its series.
    func isSubset(of other: SeriesSet) -> Bool {
        words.indices.allSatisfy { index in
            words[index] & ~(index < other.words.count ? other.words[index] : 0) == 0
        }
    }

    /// Calls for each series in rising order.
    func forEach<Failure: Error>(_ body: (UInt32) throws(Failure) -> Void) throws(Failure) {
        for index in words.indices {
            var word = words[index]
            while word != 0 {
                try body(UInt32(index * 64 + word.trailingZeroBitCount))
                word &= word - 1
            }
        }
    }

    /// The same set as rising series.
    var sorted: [UInt32] {
        var result: [UInt32] = []
        forEach { result.append($0) }
        return result
    }
}
