internal import Telemetry

/// Numbers for series that are known by their labels only, for ``NumberedSample``.
public struct SeriesNumbers: Sendable {
    /// How many are remembered; when there are as many, all begin anew.
    public static let capacity = 200_000

    private var numbers: [Labels: UInt32] = [:]
    private var labels: [Labels] = []

    /// Creates an empty table.
    public init() {}

    /// Whether as many series have numbers as shall be remembered.
    var isFull: Bool { labels.count >= Self.capacity }

    /// The number of a series; the next free one when it has none.
    mutating func number(of series: Labels) -> UInt32 {
        if let known = numbers[series] { return known }
        let number = UInt32(labels.count)
        numbers[series] = number
        labels.append(series)
        return number
    }

    /// The labels that a number was given for.
    func labels(of number: UInt32) -> Labels { labels[Int(number)] }

    /// Takes all numbers back.
    mutating func removeAll() {
        numbers.removeAll(keepingCapacity: true)
        labels.removeAll(keepingCapacity: true)
    }
}
