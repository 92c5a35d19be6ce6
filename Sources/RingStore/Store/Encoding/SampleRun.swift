internal import Telemetry

/// A reusable work array of samples in strictly rising time, times and bit patterns apart.
///
/// Values are kept as bit patterns throughout the store, because only those compare and copy
/// exactly: NaN payloads, the stale marker and the sign of zero are data.
struct SampleRun: Sendable {
    /// Milliseconds since 1970, strictly rising.
    private(set) var times: [Int64] = []
    /// Bit patterns of the values, as many as times.
    private(set) var bits: [UInt64] = []
    /// Kept for whoever decodes into the run, so that a block costs no allocation.
    private var workArray: [Int64] = []

    /// How many samples it holds.
    var count: Int { times.count }

    /// Whether it holds none.
    var isEmpty: Bool { times.isEmpty }

    /// Forgets all samples and keeps the memory.
    mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        bits.removeAll(keepingCapacity: true)
    }

    /// Adds a sample that is later than all held.
    mutating func append(_ time: Int64, _ pattern: UInt64) {
        times.append(time)
        bits.append(pattern)
    }

    /// Adds samples that are later than all held, as they are asked for by index below a count; nil
    /// leaves one out.
    @inline(__always)
    mutating func append(
        addingCapacity count: Int,
        _ sample: (Int) -> (time: Int64, bits: UInt64)?
    ) {
        Self.append(count, sample, to: &times, &bits)
    }

    @inline(__always)
    private static func append(
        _ count: Int,
        _ sample: (Int) -> (time: Int64, bits: UInt64)?,
        to times: inout [Int64],
        _ bits: inout [UInt64]
    ) {
        // Even none is written down in an empty array, and that one all threads share.
        guard count > 0 else { return }
        times.append(addingCapacity: count) { times in
            bits.append(addingCapacity: count) { bits in
                for index in 0..<count {
                    guard let sample = sample(index) else { continue }
                    times.append(sample.time)
                    bits.append(sample.bits)
                }
            }
        }
    }

    /// Adds a part of another run that is later than all held.
    mutating func append(_ other: borrowing SampleRun, _ range: Range<Int>) {
        times.append(contentsOf: other.times[range])
        bits.append(contentsOf: other.bits[range])
    }

    /// Adds a part of a block in memory that is later than all held.
    mutating func append(_ block: Span<HeadSample>, _ range: Range<Int>) {
        times.append(contentsOf: repeatElement(0, count: range.count))
        bits.append(contentsOf: repeatElement(0, count: range.count))
        Self.fill(&times, &bits, from: block, range)
    }

    private static func fill(
        _ times: inout [Int64],
        _ bits: inout [UInt64],
        from block: Span<HeadSample>,
        _ range: Range<Int>
    ) {
        let first = times.count - range.count - range.lowerBound
        var timeTarget = times.mutableSpan
        var bitTarget = bits.mutableSpan
        for index in range {
            timeTarget[first + index] = block[index].time
            bitTarget[first + index] = block[index].bits
        }
    }

    /// Hands out an array of any content to work with.
    mutating func takeWorkArray() -> [Int64] {
        var array: [Int64] = []
        swap(&array, &workArray)
        return array
    }

    /// Takes the array back.
    mutating func giveBack(_ array: inout [Int64]) {
        swap(&array, &workArray)
    }

    /// Lets a decoder add rising samples; keeps those in a range of times.
    ///
    /// Unless they are later than all held, ``settle(from:)`` has to put them in their places.
    ///
    /// - Parameters:
    ///   - range: Both ends are included.
    ///   - decode: Adds as many times as bit patterns, and says whether it could.
    /// - Returns: What the decoder said; if it could not, nothing was added.
    mutating func append(
        in range: ClosedRange<Int64>,
        _ decode: (_ times: inout [Int64], _ bits: inout [UInt64]) -> Bool
    ) -> Bool {
        let first = count
        guard decode(&times, &bits), times.count == bits.count else {
            times.removeSubrange(min(first, times.count)...)
            bits.removeSubrange(min(first, bits.count)...)
            return false
        }
        if let last = times.last, last > range.upperBound {
            let (next, overflow) = range.upperBound.addingReportingOverflow(1)
            if !overflow { truncate(to: lowerBound(next, from: first)) }
        }
        if first < count, times[first] < range.lowerBound {
            let early = first..<lowerBound(range.lowerBound, from: first)
            times.removeSubrange(early)
            bits.removeSubrange(early)
        }
        return true
    }

    /// Forgets the samples in a range of times, both ends included.
    mutating func remove(in range: ClosedRange<Int64>) {
        let part = indices(in: range)
        times.removeSubrange(part)
        bits.removeSubrange(part)
    }

    /// Forgets all but the first `count` samples.
    mutating func truncate(to count: Int) {
        times.removeSubrange(count...)
        bits.removeSubrange(count...)
    }

    /// Index of the first sample at or after a time, among those from an index on and up to
    /// another.
    func lowerBound(_ time: Int64, from first: Int = 0, to end: Int? = nil) -> Int {
        var low = first
        var high = end ?? times.count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The part that lies in a range of times, both ends included.
    func indices(in range: ClosedRange<Int64>) -> Range<Int> {
        let low = lowerBound(range.lowerBound)
        let (next, overflow) = range.upperBound.addingReportingOverflow(1)
        return low..<(overflow ? times.count : max(low, lowerBound(next)))
    }

    /// Puts the samples from an index on, which were written later, over those before.
    ///
    /// Costs nothing where they are later in time, too, as they mostly are.
    mutating func settle(from index: Int) {
        guard index > 0, index < count, times[index] <= times[index - 1] else { return }
        // What is written over is mostly the end: the last bucket, of which more has come.
        let kept = lowerBound(times[index], to: index)
        if times[kept..<index].elementsEqual(times[index...].prefix(index - kept)) {
            times.removeSubrange(kept..<index)
            bits.removeSubrange(kept..<index)
            return
        }
        var tail = SampleRun()
        tail.append(self, index..<count)
        truncate(to: index)
        overlay(tail)
    }

    /// Puts a later written run over this one: where both have a time, the other's value stands.
    ///
    /// Costs a copy of the other run when it begins after this one ends, as runs mostly do.
    mutating func overlay(_ other: borrowing SampleRun) {
        guard let first = other.times.first else { return }
        guard let last = times.last, first <= last else {
            append(other, 0..<other.count)
            return
        }
        let kept = lowerBound(first)
        let tailTimes = Array(times[kept...])
        let tailBits = Array(bits[kept...])
        truncate(to: kept)
        var mine = 0
        var theirs = 0
        while mine < tailTimes.count, theirs < other.count {
            if tailTimes[mine] < other.times[theirs] {
                append(tailTimes[mine], tailBits[mine])
                mine += 1
            } else {
                if tailTimes[mine] == other.times[theirs] { mine += 1 }
                append(other.times[theirs], other.bits[theirs])
                theirs += 1
            }
        }
        times.append(contentsOf: tailTimes[mine...])
        bits.append(contentsOf: tailBits[mine...])
        append(other, theirs..<other.count)
    }
}

extension Array where Element: FixedWidthInteger {
    /// Makes it so long, with numbers that are to be written over; the memory is kept.
    mutating func resize(to newCount: Int) {
        if newCount <= count {
            removeLast(count - newCount)
        } else {
            append(contentsOf: repeatElement(0, count: newCount - count))
        }
    }
}
