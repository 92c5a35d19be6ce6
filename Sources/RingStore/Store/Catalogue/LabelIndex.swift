internal import Telemetry

/// Every label in use, each once, with the series that carry it.
///
/// A series is a list of label numbers; the texts are kept here only. Copies are cheap, so that a
/// snapshot has its own.
struct LabelIndex: Sendable {
    /// One label in use.
    struct Entry: Sendable {
        /// Index into ``LabelIndex/names``.
        let name: Int
        /// The label's value.
        let value: String
        /// The series that carry it, in rising order.
        var series: [UInt32] = []
    }

    private struct Key: Hashable, Sendable {
        let name: Int
        let value: String
    }

    /// A change after a copy duplicates one of these tables.
    private static let shardCount = 64

    /// An entry, its places in the tables, and the header of its list of series.
    private static let bytesPerLabel = 140
    /// A number in a list that grows by doubling.
    private static let bytesPerSeries = 6

    /// Bytes of memory that it takes, about.
    private(set) var byteCount = 0
    /// Names of labels in the order of their first use.
    private(set) var names: [String] = []
    private var numbersOfNames: [String: Int] = [:]
    /// The labels; a label's number is its index.
    private(set) var entries = PagedArray<Entry>()
    /// For each name its labels' numbers, in rising order.
    private var labelsOfNames: [PagedArray<UInt32>] = []
    /// Index of the name with the most labels, the first that had so many; labels never go.
    private var widestName: Int?
    private var shards = [[Key: UInt32]](repeating: [:], count: LabelIndex.shardCount)

    /// The number of a label, or nil when no series carries it.
    func number(of name: String, _ value: String) -> UInt32? {
        guard let name = numbersOfNames[name] else { return nil }
        let key = Key(name: name, value: value)
        return shards[Self.shard(of: key)][key]
    }

    /// The number of a label, which is added when it is new.
    mutating func intern(_ label: Label) -> UInt32 {
        if let number = number(of: label.name, label.value) { return number }
        let name = internName(label.name)
        let number = UInt32(entries.count)
        entries.append(Entry(name: name, value: label.value))
        labelsOfNames[name].append(number)
        let most = widestName.map { labelsOfNames[$0].count } ?? 0
        if labelsOfNames[name].count > most { widestName = name }
        let key = Key(name: name, value: label.value)
        shards[Self.shard(of: key)][key] = number
        // A text of up to 15 bytes lies in its entry.
        let textBytes = label.value.utf8.count
        byteCount += Self.bytesPerLabel + (textBytes > 15 ? textBytes + 32 : 0)
        return number
    }

    /// Notes that a series carries a label.
    ///
    /// - Precondition: it is newer than all series noted with that label.
    mutating func add(_ series: UInt32, to label: UInt32) {
        byteCount += Self.bytesPerSeries
        entries.update(Int(label)) { entry in
            precondition(entry.series.last.map { $0 < series } ?? true, "series come in order")
            entry.series.append(series)
        }
    }

    /// The label of a number.
    func label(_ number: UInt32) -> Label {
        let entry = entries[Int(number)]
        return Label(names[entry.name], entry.value)
    }

    /// The name that has the most labels, or nil when there is none; costs nothing.
    var worst: WorstLabel? {
        widestName.map { WorstLabel(name: names[$0], valueCount: labelsOfNames[$0].count) }
    }

    /// Calls for each label of a name.
    func forEachEntry(of name: String, _ body: (Entry) -> Void) {
        guard let name = numbersOfNames[name] else { return }
        let labels = labelsOfNames[name]
        for index in 0..<labels.count { body(entries[Int(labels[index])]) }
    }

    /// The series, of those below `count`, that pass every matcher.
    func select(_ matchers: [LabelMatcher], below count: Int) -> SeriesSet {
        let (few, rest) = fewest(matchers)
        var selected = few.map { SeriesSet($0) } ?? SeriesSet(below: count)
        for matcher in rest {
            // An absent label counts as the empty text: a matcher that accepts it refuses only
            // series that carry a refused value, any other accepts only those that carry one.
            if matcher.accepts("") {
                selected.subtract(series(with: matcher, accepted: false))
            } else {
                selected.formIntersection(series(with: matcher, accepted: true))
            }
        }
        return selected
    }

    /// The series of the rarest label that is asked for by its value, nil without such a label; and
    /// the matchers that are left.
    ///
    /// Those are left out that lack another such label with a much longer list, which is only
    /// searched: a few of many series are found for what they cost, not for what there is.
    private func fewest(_ matchers: [LabelMatcher]) -> (series: [UInt32]?, rest: [LabelMatcher]) {
        var lists: [(series: [UInt32], matcher: LabelMatcher)] = []
        var rest: [LabelMatcher] = []
        for matcher in matchers {
            guard case .equal(let value) = matcher.test, !matcher.accepts("") else {
                rest.append(matcher)
                continue
            }
            guard let number = number(of: matcher.name, value) else { return ([], []) }
            lists.append((entries[Int(number)].series, matcher))
        }
        let shortest = lists.indices.min { lists[$0].series.count < lists[$1].series.count }
        guard let shortest else { return (nil, rest) }
        var few = lists[shortest].series
        for index in lists.indices where index != shortest {
            let (series, matcher) = lists[index]
            if series.count > Self.searchedRatio * few.count {
                few.removeAll { !Self.holds(series, $0) }
            } else {
                rest.append(matcher)
            }
        }
        return (few, rest)
    }

    /// A list is searched for each of a few series when it is so many times as long; else all of
    /// both are compared.
    private static let searchedRatio = 16

    private static func holds(_ sorted: [UInt32], _ series: UInt32) -> Bool {
        var low = 0
        var high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < series { low = middle + 1 } else { high = middle }
        }
        return low < sorted.count && sorted[low] == series
    }

    private func series(with matcher: LabelMatcher, accepted: Bool) -> SeriesSet {
        switch (matcher.test, accepted) {
        case (.equal(let value), true), (.notEqual(let value), false):
            guard let number = number(of: matcher.name, value) else { return SeriesSet() }
            return SeriesSet(entries[Int(number)].series)
        default:
            var found = SeriesSet()
            forEachEntry(of: matcher.name) { entry in
                guard matcher.accepts(entry.value) == accepted else { return }
                for series in entry.series { found.insert(series) }
            }
            return found
        }
    }

    private mutating func internName(_ name: String) -> Int {
        if let number = numbersOfNames[name] { return number }
        let number = names.count
        names.append(name)
        numbersOfNames[name] = number
        labelsOfNames.append(PagedArray())
        return number
    }

    private static func shard(of key: Key) -> Int {
        // The tables' own buckets come from the low bits of the same hash.
        Int(UInt(bitPattern: key.hashValue) >> 56) % shardCount
    }
}
