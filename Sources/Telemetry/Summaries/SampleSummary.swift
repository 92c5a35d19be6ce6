/// What is known of the samples of one series in a stretch of time without the samples themselves.
///
/// Markers of a series' end (``Sample/staleMarkerBits``) are no values and are left out.
public struct SampleSummary: Hashable, Sendable {
    /// How many samples there are; at least one.
    public private(set) var count: Int
    /// Their sum.
    public private(set) var sum: CompensatedSum
    /// The smallest value; NaN only when there is nothing else.
    public private(set) var minimum: Double
    /// The largest value; NaN only when there is nothing else.
    public private(set) var maximum: Double
    /// The earliest value.
    public private(set) var first: Double
    /// Time of the earliest value, milliseconds since 1970.
    public private(set) var firstTime: Int64
    /// The latest value.
    public private(set) var last: Double
    /// Time of the latest value, milliseconds since 1970.
    public private(set) var lastTime: Int64
    /// Sum of the values from which a counter fell back: its increase over the stretch is
    /// `last - first + resetSum`.
    public private(set) var resetSum: Double

    /// Summarises one sample.
    public init(time: Int64, value: Double) {
        count = 1
        sum = CompensatedSum()
        sum.add(value)
        minimum = value
        maximum = value
        first = value
        firstTime = time
        last = value
        lastTime = time
        resetSum = 0
    }

    /// Puts a summary together from its parts, as a store keeps them.
    public init(
        count: Int,
        sum: Double,
        minimum: Double,
        maximum: Double,
        first: Double,
        firstTime: Int64,
        last: Double,
        lastTime: Int64,
        resetSum: Double
    ) {
        self.count = count
        self.sum = CompensatedSum()
        self.sum.add(sum)
        self.minimum = minimum
        self.maximum = maximum
        self.first = first
        self.firstTime = firstTime
        self.last = last
        self.lastTime = lastTime
        self.resetSum = resetSum
    }

    /// Takes in a sample that is later than all.
    public mutating func add(time: Int64, value: Double) {
        count += 1
        sum.add(value)
        if value < minimum || minimum.isNaN { minimum = value }
        if value > maximum || maximum.isNaN { maximum = value }
        if value < last { resetSum += last }
        last = value
        lastTime = time
    }

    /// Takes in samples that are later than all, in rising time; markers of a series' end are left
    /// out.
    ///
    /// - Parameters:
    ///   - times: Milliseconds since 1970.
    ///   - bits: Bit patterns of the values, as many as times.
    public mutating func add(times: Span<Int64>, bits: Span<UInt64>) {
        var summary = self
        for index in times.indices where bits[index] != Sample.staleMarkerBits {
            summary.add(time: times[index], value: Double(bitPattern: bits[index]))
        }
        self = summary
    }

    /// Summarises samples in rising time; nil when there are none but markers of a series' end.
    ///
    /// - Parameters:
    ///   - times: Milliseconds since 1970.
    ///   - bits: Bit patterns of the values, as many as times.
    public init?(times: Span<Int64>, bits: Span<UInt64>) {
        var first = 0
        while first < bits.count, bits[first] == Sample.staleMarkerBits { first += 1 }
        guard first < bits.count else { return nil }
        self.init(time: times[first], value: Double(bitPattern: bits[first]))
        add(
            times: times.extracting(droppingFirst: first + 1),
            bits: bits.extracting(droppingFirst: first + 1)
        )
    }

    /// Takes in the summary of the stretch that follows.
    public mutating func append(_ next: SampleSummary) {
        count += next.count
        sum.add(next.sum.value)
        if next.minimum < minimum || minimum.isNaN { minimum = next.minimum }
        if next.maximum > maximum || maximum.isNaN { maximum = next.maximum }
        resetSum += next.resetSum
        if next.first < last { resetSum += last }
        last = next.last
        lastTime = next.lastTime
    }
}
