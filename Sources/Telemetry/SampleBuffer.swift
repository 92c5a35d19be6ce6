/// A reusable work array of samples in time order, times and values apart.
///
/// Created once and filled again for each series, so that reading costs no allocation.
public struct SampleBuffer: Sendable {
    /// Milliseconds since 1970, strictly rising.
    public private(set) var times: [Int64] = []
    /// Values, as many as times.
    public private(set) var values: [Double] = []

    /// Creates an empty buffer.
    public init() {}

    /// How many samples it holds.
    public var count: Int { times.count }

    /// Whether it holds none.
    public var isEmpty: Bool { times.isEmpty }

    /// The sample at a position.
    ///
    /// - Precondition: the index lies in 0..<count.
    public subscript(index: Int) -> Sample {
        Sample(time: Instant(milliseconds: times[index]), value: values[index])
    }

    /// Forgets all samples and keeps the memory.
    public mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
    }

    /// Adds a sample that is later than all held.
    ///
    /// - Precondition: its time is greater than that of the last.
    public mutating func append(milliseconds: Int64, value: Double) {
        precondition(
            times.last.map { $0 < milliseconds } ?? true,
            "samples of a buffer must come in rising time"
        )
        times.append(milliseconds)
        values.append(value)
    }

    /// Replaces the content by samples given as times and as bit patterns of their values.
    ///
    /// - Precondition: there are as many of both, and the times rise; checked in debug builds.
    public mutating func replace(times: [Int64], bits: [UInt64]) {
        precondition(times.count == bits.count, "a sample has a time and a value")
        assert(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "samples in rising time")
        self.times.removeAll(keepingCapacity: true)
        self.times.append(contentsOf: times)
        values.removeAll(keepingCapacity: true)
        values.append(contentsOf: bits.lazy.map { Double(bitPattern: $0) })
    }

    /// Replaces the content by another buffer's samples in a range, both ends included.
    public mutating func replace(by other: SampleBuffer, in range: ClosedRange<Instant>) {
        let first = other.firstIndex(from: range.lowerBound.milliseconds)
        let end = other.firstIndex(after: range.upperBound.milliseconds)
        removeAll()
        guard first < end else { return }
        times.append(contentsOf: other.times[first..<end])
        values.append(contentsOf: other.values[first..<end])
    }

    /// The place of the first sample at or after a time.
    private func firstIndex(from time: Int64) -> Int {
        var (low, high) = (0, times.count)
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private func firstIndex(after time: Int64) -> Int {
        time == .max ? times.count : firstIndex(from: time + 1)
    }

    /// Makes room for that many samples in all.
    public mutating func reserveCapacity(_ count: Int) {
        times.reserveCapacity(count)
        values.reserveCapacity(count)
    }
}
