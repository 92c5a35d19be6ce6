internal import Measuring

/// How long something takes, again and again.
struct Latencies: Sendable {
    private let sorted: [Double]

    private init(_ milliseconds: [Double]) { sorted = milliseconds.sorted() }

    /// Does it once unmeasured, then so many times, one right after the other: whatever came
    /// between would leave the processor's caches and the other side's threads cold.
    ///
    /// - Parameters:
    ///   - repeats: How often it is measured, once or more.
    ///   - body: Gives the answer of each time, or throws.
    /// - Returns: How long it took, and the last answer.
    /// - Throws: what the body throws.
    static func measure<Answer>(
        repeats: Int,
        _ body: () throws -> Answer
    ) throws -> (latencies: Latencies, last: Answer) {
        var last = try body()
        var milliseconds: [Double] = []
        milliseconds.reserveCapacity(repeats)
        for _ in 0..<repeats {
            let mark = Mark()
            let answer = try body()
            milliseconds.append(mark.elapsed.wallSeconds * 1000)
            last = answer
        }
        return (Latencies(milliseconds), last)
    }

    /// Milliseconds that a share of them did not exceed, 0...1.
    func quantile(_ share: Double) -> Double {
        sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
