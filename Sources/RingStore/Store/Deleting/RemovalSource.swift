/// Nothing to seal, and samples to be left out when runs are written anew.
struct RemovalSource: SealSource {
    private let numbers: SeriesSet
    private let range: ClosedRange<Int64>
    /// How many samples were left out.
    private(set) var removedCount = 0

    /// Leaves out the samples of some series in a range of times, both ends included.
    init(_ numbers: SeriesSet, in range: ClosedRange<Int64>) {
        self.numbers = numbers
        self.range = range
    }

    var latest: Int64? { nil }

    func part(in times: ClosedRange<Int64>) -> SealPart { SealPart() }

    func copy(
        _ number: UInt32,
        in times: ClosedRange<Int64>,
        skipping: SealedRun.Skipping,
        into run: inout SampleRun
    ) {}

    func changes(_ number: UInt32) -> Bool { numbers.contains(number) }

    mutating func change(_ number: UInt32, _ samples: inout SampleRun) {
        guard numbers.contains(number) else { return }
        let before = samples.count
        samples.remove(in: range)
        removedCount += before - samples.count
    }
}
