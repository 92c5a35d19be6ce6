/// Times of about every n-th sample, from which the places to cut a partition are chosen.
struct TimeSketch: Hashable, Sendable {
    /// Times kept at most; half of them remain when there are more.
    static let capacity = 512

    /// Times that were kept, in no order.
    private(set) var times: [Int64] = []
    /// How many samples each of them stands for.
    private(set) var stride = 1
    private var skipped = 0

    /// Creates a sketch of nothing.
    init() {}

    /// Creates a sketch as it was stored.
    init(times: [Int64], stride: Int) {
        self.times = times
        self.stride = stride
    }

    /// Shows it a sample.
    mutating func add(_ time: Int64) { add(1) { _ in time } }

    /// Shows it so many samples, of which it asks for the times of a few.
    mutating func add(_ count: Int, _ time: (_ index: Int) -> Int64) {
        var next = stride - skipped - 1
        while next < count {
            keep(time(next))
            next += stride
        }
        skipped = count - 1 - (next - stride)
    }

    private mutating func keep(_ time: Int64) {
        times.append(time)
        guard times.count > Self.capacity else { return }
        times = times.indices.filter { $0 % 2 == 0 }.map { times[$0] }
        stride *= 2
    }

    /// Times that cut what several sketches stand for into parts of about the same size.
    ///
    /// - Returns: Rising times, `parts - 1` or fewer, all later than the earliest sample; each is
    ///   the first of a part.
    static func cuts(_ sketches: [TimeSketch], parts: Int) -> [Int64] {
        let weighted = sketches.flatMap { sketch in sketch.times.map { ($0, sketch.stride) } }
            .sorted { $0.0 < $1.0 }
        guard let earliest = weighted.first?.0 else { return [] }
        let total = weighted.reduce(0) { $0 + $1.1 }
        var cuts: [Int64] = []
        var passed = 0
        for (time, weight) in weighted {
            let wanted = total / parts * (cuts.count + 1)
            if cuts.count < parts - 1, passed >= wanted, time > cuts.last ?? earliest {
                cuts.append(time)
            }
            passed += weight
        }
        return cuts
    }
}
