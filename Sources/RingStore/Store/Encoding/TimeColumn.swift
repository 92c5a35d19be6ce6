/// Times of a block's samples after the first, strictly rising.
///
/// | form (1 byte) | what follows | time `i`, from 1 |
/// | --- | --- | --- |
/// | 0 | step (variable) | first + i · step |
/// | 1 | step (variable), skips, packed numbers | first + (i + skipped) · step + p(i) |
/// | 2 | packed numbers | time before + p(i) |
///
/// Packed numbers are ``PackedIntegers``. The *skips* of form 1 say where a device left out steps:
/// their count (variable), each as the count of samples between it and the one before (from the
/// block's second sample on) and how many steps were left out before its sample (variable);
/// `skipped` is the sum of them up to the sample.
///
/// Form 1 keeps a device's jitter once for each sample, where differences would keep it twice: a
/// sample that is early makes one difference short and the next one long.
struct TimeColumn {
    private var numbers: [Int64] = []
    private var distances: [Int64] = []
    private var skips: [(index: Int, count: Int)] = []

    /// How many differences are looked at at most to find the usual one.
    private static let probeCount = 31
    /// Bytes that a grid takes beside its distances, and what a skip takes, about.
    private static let (gridBytes, skipBytes) = (3, 3)
    /// A span above which steps are not looked for, so that no sum below can overflow: 285 000
    /// years.
    private static let longestSpan: Int64 = 1 << 53

    /// Writes the times of a range after its first one.
    mutating func append(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        to bytes: inout [UInt8]
    ) {
        guard range.count > 1 else { return }
        let span = times[range.upperBound - 1] &- times[range.lowerBound]
        if span > 0, span < Self.longestSpan {
            let probes = probes(times, range)
            let usual = probes[probes.count / 2]
            if isEven(times, range, usual) {
                bytes.append(0)
                bytes.appendVariable(UInt64(usual))
                return
            }
            let spread = probes[probes.count - 1] - probes[0]
            if let grid = bestGrid(times, range, usual),
                isBest(grid.plan, times, range, spread: spread)
            {
                appendGrid(grid.step, grid.plan, to: &bytes)
                return
            }
        }
        takeSteps(times, range)
        bytes.append(2)
        PackedIntegers.append(numbers.span, PackedIntegers.plan(numbers.span), to: &bytes)
    }

    private func appendGrid(_ step: Int64, _ plan: PackedIntegers.Plan, to bytes: inout [UInt8]) {
        bytes.append(1)
        bytes.appendVariable(UInt64(step))
        bytes.appendVariable(UInt64(skips.count))
        var next = 1
        for skip in skips {
            bytes.appendVariable(UInt64(skip.index - next))
            bytes.appendVariable(UInt64(skip.count))
            next = skip.index + 1
        }
        PackedIntegers.append(numbers.span, plan, to: &bytes)
    }

    /// Whether distances from a grid take no more bytes than differences do; the work array keeps
    /// the distances then.
    private mutating func isBest(
        _ grid: PackedIntegers.Plan,
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        spread: Int64
    ) -> Bool {
        // Jitter spreads the differences wider than the distances: no need to try.
        if skips.isEmpty, grid.exceptionCount == 0, spread >> Int64(grid.width) > 0 { return true }
        swap(&numbers, &distances)
        takeSteps(times, range)
        let steps = PackedIntegers.plan(numbers.span)
        swap(&numbers, &distances)
        return grid.byteCount + Self.gridBytes + Self.skipBytes * skips.count <= steps.byteCount
    }

    private mutating func takeSteps(_ times: borrowing [Int64], _ range: Range<Int>) {
        numbers.resize(to: range.count - 1)
        var target = numbers.mutableSpan
        for index in target.indices {
            let next = range.lowerBound + index + 1
            target[index] = times[next] &- times[next - 1]
        }
    }

    private func isEven(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        _ step: Int64
    ) -> Bool {
        for index in range.dropFirst() where times[index] - times[index - 1] != step {
            return false
        }
        return true
    }

    /// Some of the differences, sorted.
    private func probes(_ times: borrowing [Int64], _ range: Range<Int>) -> [Int64] {
        var probes: [Int64] = []
        probes.reserveCapacity(Self.probeCount)
        let stride = (range.count - 2) / Self.probeCount + 1
        for index in Swift.stride(from: range.lowerBound + 1, to: range.upperBound, by: stride) {
            probes.append(times[index] - times[index - 1])
        }
        probes.sort()
        return probes
    }

    /// Finds the grid that the times lie near to, and leaves distances and skips in the work
    /// arrays; nil when there is none that fits.
    private mutating func bestGrid(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        _ usual: Int64
    ) -> (step: Int64, plan: PackedIntegers.Plan)? {
        let mean = meanStep(times, range, usual)
        guard mean > 0 else { return nil }
        // A device's interval is a round number; the mean is off by the jitter of two samples.
        let round = (mean + 500) / 1000 * 1000
        guard round > 0, lay(times, range, on: round) else {
            return lay(times, range, on: mean) ? (mean, PackedIntegers.plan(numbers.span)) : nil
        }
        let plan = PackedIntegers.plan(numbers.span)
        // A clock that drifts has another step; then the distances grow with the samples.
        let drift = (mean - round).magnitude * UInt64(range.count)
        guard plan.width > 0, drift >> UInt64(plan.width - 1) > 0 else { return (round, plan) }
        swap(&numbers, &distances)
        let skipsOfRound = skips
        if lay(times, range, on: mean) {
            let other = PackedIntegers.plan(numbers.span)
            if other.byteCount < plan.byteCount { return (mean, other) }
        }
        swap(&numbers, &distances)
        skips = skipsOfRound
        return (round, plan)
    }

    /// The mean step over all steps, those left out among them.
    private func meanStep(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        _ usual: Int64
    ) -> Int64 {
        let span = times[range.upperBound - 1] - times[range.lowerBound]
        var steps: Int64 = 0
        let limit = usual + usual / 2
        for index in range.dropFirst() {
            let step = times[index] - times[index - 1]
            steps += step <= limit ? 1 : (step + usual / 2) / usual
        }
        return (span + steps / 2) / steps
    }

    /// Notes distances from a grid, and the steps that were left out; false for too many of these.
    private mutating func lay(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        on step: Int64
    ) -> Bool {
        skips.removeAll(keepingCapacity: true)
        return Self.lay(times, range, on: step, into: &numbers, &skips)
    }

    private static func lay(
        _ times: borrowing [Int64],
        _ range: Range<Int>,
        on step: Int64,
        into array: inout [Int64],
        _ skips: inout [(index: Int, count: Int)]
    ) -> Bool {
        array.resize(to: range.count - 1)
        var distances = array.mutableSpan
        let half = step / 2
        var expected = times[range.lowerBound]
        for index in 1..<range.count {
            // The last time may lie near the end of all time.
            expected &+= step
            var distance = times[range.lowerBound + index] &- expected
            if distance > half {
                let count = (distance + half) / step
                if count > 0 {
                    skips.append((index, Int(count)))
                    guard skips.count * 8 <= range.count else { return false }
                    expected &+= count * step
                    distance -= count * step
                }
            }
            distances[index - 1] = distance
        }
        return true
    }

    /// Reads the times of so many samples, the first of which is given, and adds them to an array.
    ///
    /// - Returns: Whether the bytes were whole and the times rise; if not, any may have been added.
    static func read(
        _ reader: inout ByteReader,
        count: Int,
        firstTime: Int64,
        into times: inout [Int64]
    ) -> Bool {
        times.append(firstTime)
        guard count > 1 else { return true }
        switch reader.takeCount(limit: 2) {
        case 0: return readEven(&reader, count, firstTime, into: &times)
        case 1: return readGrid(&reader, count, firstTime, into: &times)
        default: return readSteps(&reader, count, firstTime, into: &times)
        }
    }

    private static func readEven(
        _ reader: inout ByteReader,
        _ count: Int,
        _ firstTime: Int64,
        into times: inout [Int64]
    ) -> Bool {
        let step = Int64(bitPattern: reader.takeVariable())
        var time = firstTime
        guard step > 0, !step.multipliedReportingOverflow(by: Int64(count)).overflow,
            !time.addingReportingOverflow(step * Int64(count - 1)).overflow
        else { return false }
        times.append(addingCapacity: count - 1) { output in
            while !output.isFull {
                // The last one does not overflow, see above.
                time &+= step
                output.append(time)
            }
        }
        return true
    }

    private static func readGrid(
        _ reader: inout ByteReader,
        _ count: Int,
        _ firstTime: Int64,
        into times: inout [Int64]
    ) -> Bool {
        let step = Int64(bitPattern: reader.takeVariable())
        var skips: [(index: Int, count: Int64)] = []
        var next = 1
        for _ in 0..<reader.takeCount(limit: count) {
            next += reader.takeCount(limit: count - 1 - next)
            skips.append((next, Int64(bitPattern: reader.takeVariable())))
            next += 1
            guard !reader.isExhausted, next <= count else { return false }
        }
        let first = times.count
        guard PackedIntegers.read(&reader, count: count - 1, into: &times) else { return false }
        var target = times.mutableSpan
        var expected = firstTime
        var place = first
        var isRising = true
        for skip in skips {
            let end = first + skip.index - 1
            isRising = add(step, &expected, to: &target, place..<end) && isRising
            expected &+= skip.count &* step
            place = end
        }
        return add(step, &expected, to: &target, place..<target.count) && isRising
    }

    /// Makes times of distances from a grid; returns whether they rise.
    private static func add(
        _ step: Int64,
        _ expected: inout Int64,
        to target: inout MutableSpan<Int64>,
        _ range: Range<Int>
    ) -> Bool {
        var before = target[range.lowerBound - 1]
        // Counted, not branched upon: nothing else keeps several from being worked out at once.
        var fallCount = 0
        for index in range {
            expected &+= step
            let time = expected &+ target[index]
            fallCount &+= time > before ? 0 : 1
            target[index] = time
            before = time
        }
        return fallCount == 0
    }

    private static func readSteps(
        _ reader: inout ByteReader,
        _ count: Int,
        _ firstTime: Int64,
        into times: inout [Int64]
    ) -> Bool {
        let first = times.count
        guard PackedIntegers.read(&reader, count: count - 1, into: &times) else { return false }
        var target = times.mutableSpan
        var time = firstTime
        for index in first..<target.count {
            let next = time &+ target[index]
            guard next > time else { return false }
            target[index] = next
            time = next
        }
        return true
    }
}
