internal import Telemetry

/// The labels of every series, and the way from labels to series and back.
///
/// A copy is what a snapshot reads: it costs a few references, the writer's own lookup table apart.
struct SeriesCatalogue: Sendable {
    /// Every label in use and the series that carry it.
    private(set) var index = LabelIndex()
    /// Where each series' labels begin in ``labelNumbers``.
    private var starts = PagedArray<UInt32>()
    private var labelNumbers = PagedArray<UInt32>()

    /// A series' place in the tables of catalogue, lookup and head.
    private static let bytesPerSeries = 36 + MemoryLayout<SeriesHead>.stride

    /// Bytes of memory that it and what is kept for each series beside it take, about.
    var byteCount: Int {
        index.byteCount + labelNumbers.count * 4 + starts.count * Self.bytesPerSeries
    }

    /// How many series it holds; a series' number is below it.
    var count: Int { starts.count }

    /// How many different labels it holds.
    var labelCount: Int { index.entries.count }

    /// The numbers of a series' labels, in the order of their names.
    func labelNumbers(of series: UInt32) -> [UInt32] {
        labelPlaces(of: series).map { labelNumbers[$0] }
    }

    /// The number of a label by its place among all that all series have.
    func labelNumber(at place: Int) -> UInt32 { labelNumbers[place] }

    /// The places of a series' labels.
    func labelPlaces(of series: UInt32) -> Range<Int> {
        let next = Int(series) + 1
        let end = next < starts.count ? Int(starts[next]) : labelNumbers.count
        return Int(starts[Int(series)])..<end
    }

    /// The labels of a series.
    func labels(of series: UInt32) -> Labels {
        Labels(alreadySorted: labelPlaces(of: series).map { index.label(labelNumbers[$0]) })
    }

    /// Whether a series has exactly these labels.
    func hasLabels(_ series: UInt32, _ labels: Labels) -> Bool {
        let numbers = labelNumbers(of: series)
        guard numbers.count == labels.sorted.count else { return false }
        for (number, label) in zip(numbers, labels.sorted) where index.label(number) != label {
            return false
        }
        return true
    }

    /// Adds a series with labels in the order of their names and returns its number.
    mutating func append(_ labels: Labels) -> UInt32 {
        append(labels.sorted.map { index.intern($0) })
    }

    /// Adds a series of labels that are known by number.
    ///
    /// - Precondition: there are such labels.
    @discardableResult
    mutating func append(_ numbers: [UInt32]) -> UInt32 {
        let series = UInt32(starts.count)
        starts.append(UInt32(labelNumbers.count))
        for number in numbers {
            labelNumbers.append(number)
            index.add(series, to: number)
        }
        return series
    }

    /// Adds a label that no series carries yet, as reading a stored catalogue does.
    mutating func appendLabel(_ label: Label) {
        _ = index.intern(label)
    }
}
