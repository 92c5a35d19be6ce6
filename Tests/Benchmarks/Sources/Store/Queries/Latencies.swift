internal import Measuring

/// How long something takes, again and again.
struct Latencies: Sendable {
    private let sorted: [Double]

    /// Does it once unmeasured, then so many times.
    ///
    /// - Parameters:
    ///   - repeats: How often it is measured, once or more.
    ///   - body: Gives the answer of each time.
    ///   - check: Judges an answer, unmeasured.
    /// - Throws: what the body throws; ``Failure`` when an answer is not as it should be.
    init<Answer>(
        repeats: Int,
        _ body: () throws -> Answer,
        check: (Answer) throws -> Void
    ) throws {
        try check(try body())
        var milliseconds: [Double] = []
        for _ in 0..<repeats {
            let mark = Mark()
            let answer = try body()
            milliseconds.append(mark.elapsed.wallSeconds * 1000)
            try check(answer)
        }
        sorted = milliseconds.sorted()
    }

    /// Milliseconds that a share of them did not exceed, 0...1.
    func quantile(_ share: Double) -> Double {
        sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }
}
