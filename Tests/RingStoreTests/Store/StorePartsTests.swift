import Telemetry
import TestKit
import Testing

@testable import RingStore

/// The structures in memory, against the plainest ones that do the same.
struct StorePartsTests {
    @Test func `a head answers as a sorted dictionary does`() {
        var generator = SeededGenerator(seed: 61)
        for spread: UInt64 in [10, 1000, 1_000_000] {
            var head = SeriesHead()
            var model: [Int64: UInt64] = [:]
            for step in 0..<3000 {
                let late = generator.next() % 3 == 0
                let time =
                    late ? Int64(generator.next() % spread) : Int64(step) * Int64(spread / 10)
                #expect(head.bits(at: time) == model[time])
                let bits = generator.next()
                head.put(HeadSample(time: time, bits: bits))
                model[time] = bits
            }
            #expect(head.count == model.count)
            let sorted = model.sorted { $0.key < $1.key }
            #expect(head.times?.lowerBound == sorted.first?.key)
            #expect(head.times?.upperBound == sorted.last?.key)
            for _ in 0..<50 {
                let low = Int64(generator.next() % spread)
                let range = low...low + Int64(generator.next() % spread)
                var run = SampleRun()
                head.copy(range, into: &run)
                let wanted = sorted.filter { range.contains($0.key) }
                #expect(run.times == wanted.map(\.key))
                #expect(run.bits == wanted.map(\.value))
            }
        }
    }

    @Test func `a copy of a paged array does not see later changes`() {
        var array = PagedArray<Int>()
        for number in 0..<1000 { array.append(number) }
        let copy = array
        for number in 0..<1000 { array.update(number) { $0 += 1 } }
        array.append(7)
        #expect((0..<1000).allSatisfy { copy[$0] == $0 && array[$0] == $0 + 1 })
        #expect(copy.count == 1000 && array.count == 1001 && array[1000] == 7)
    }

    @Test func `a set of series answers as a set does`() {
        var generator = SeededGenerator(seed: 62)
        for _ in 0..<50 {
            let limit = 1 + generator.next() % 400
            let first = Set((0..<50).map { _ in UInt32(generator.next() % limit) })
            let second = Set((0..<50).map { _ in UInt32(generator.next() % 200) })
            let (left, right) = (SeriesSet(first), SeriesSet(second))
            var union = left
            union.formUnion(right)
            #expect(union.sorted == first.union(second).sorted())
            var common = left
            common.formIntersection(right)
            #expect(common.sorted == first.intersection(second).sorted())
            var rest = left
            rest.subtract(right)
            #expect(rest.sorted == first.subtracting(second).sorted())
            #expect(rest.isSubset(of: left) && left.isSubset(of: union))
            #expect(left.isSubset(of: right) == first.isSubset(of: second))
            #expect(left.count == first.count)
            #expect((0..<450).allSatisfy { left.contains($0) == first.contains($0) })
        }
        for count in [0, 1, 63, 64, 65, 128] {
            #expect(SeriesSet(below: count).sorted == (0..<UInt32(count)).map { $0 })
        }
    }

    @Test func `matchers find the series that a comparison of all labels finds`() throws {
        var random = SeededGenerator.forTest()
        let seed = random.seed
        var catalogue = SeriesCatalogue()
        var all: [Labels] = []
        for number in 0..<3000 {
            // Of some names all series have few values, of others each value has few series.
            var labels = [Label("__name__", number % 900 == 7 ? "rare" : "usual")]
            labels.append(Label("device", "d\(number / 5)"))
            if number % 3 > 0 { labels.append(Label("zone", "z\(number % 7)")) }
            all.append(Labels(labels))
            _ = catalogue.append(Labels(labels))
        }
        let values = [
            "__name__": ["rare", "usual", "none", ""], "zone": ["z1", "z2", "z9", ""],
            "device": ["d1", "d7", "d180", "d600", ""], "absent": ["x", ""],
        ]
        var foundCounts: Set<Int> = []
        for _ in 0..<600 {
            var matchers: [LabelMatcher] = []
            for (name, values) in values.sorted(by: { $0.key < $1.key })
            where random.next() % 2 == 0 {
                let value = values[Int(random.next() % UInt64(values.count))]
                let test: LabelMatcher.Test =
                    random.next() % 4 == 0 ? .notEqual(value) : .equal(value)
                matchers.append(LabelMatcher(name, test))
            }
            matchers.shuffle(using: &random)
            let wanted = all.indices.filter { index in
                matchers.allSatisfy { $0.accepts(all[index][$0.name] ?? "") }
            }
            let found = catalogue.index.select(matchers, below: catalogue.count)
            #expect(found.sorted == wanted.map { UInt32($0) }, "seed \(seed): \(matchers)")
            foundCounts.insert(wanted.count)
        }
        #expect(foundCounts.count > 10)
    }

    @Test func `a run laid over another wins where both have a time`() {
        var generator = SeededGenerator(seed: 63)
        for _ in 0..<100 {
            let span = 1 + generator.next() % 100
            let offset = Int64(generator.next() % 100)
            var model: [Int64: UInt64] = [:]
            var runs: [SampleRun] = []
            for layer in 0..<2 {
                var run = SampleRun()
                for time in Set((0..<20).map { _ in Int64(generator.next() % span) }).sorted() {
                    let time = time + Int64(layer) * offset
                    run.append(time, generator.next())
                    model[time] = run.bits[run.count - 1]
                }
                runs.append(run)
            }
            runs[0].overlay(runs[1])
            let sorted = model.sorted { $0.key < $1.key }
            #expect(runs[0].times == sorted.map(\.key))
            #expect(runs[0].bits == sorted.map(\.value))
        }
    }

    @Test func `cuts leave about as many samples on each side`() {
        var sketches: [TimeSketch] = []
        for part in 0..<3 {
            var sketch = TimeSketch()
            for number in 0..<10_000 * (part + 1) { sketch.add(Int64(number)) }
            sketches.append(sketch)
            #expect(sketch.times.count <= TimeSketch.capacity)
        }
        // 60 000 samples: 30 000 below 10 000, 20 000 from there to 20 000, 10 000 above.
        let cuts = TimeSketch.cuts(sketches, parts: 3)
        #expect(cuts.count == 2)
        #expect(cuts.allSatisfy { $0 > 0 } && cuts[0] < cuts[1])
        #expect(abs(cuts[0] - 6667) < 700 && abs(cuts[1] - 15_000) < 1000, "\(cuts)")
        #expect(TimeSketch.cuts([], parts: 3) == [])
        #expect(TimeSketch.cuts([TimeSketch(times: [5, 5, 5], stride: 9)], parts: 3) == [])
    }

    @Test func `the same bytes have another checksum in another store, run or place`() throws {
        let folder = try TemporaryFolder()
        var sums: Set<UInt32> = []
        for name in ["a", "b"] {
            let disk = StoreDisk(
                file: try StorageFile(folder.path(of: name), .createNew),
                geometry: try StoreGeometry(.small())
            )
            for (run, offset) in [(1, 0), (2, 0), (1, 4096)] {
                let bytes = [UInt8](0..<50)
                sums.insert(disk.checksum(bytes, run: UInt64(run), offset: offset))
                // The first four bytes hold the checksum itself.
                let other = [9, 9, 9, 9] + bytes[4...]
                #expect(sums.contains(disk.checksum(other, run: UInt64(run), offset: offset)))
            }
        }
        #expect(sums.count == 6)
    }

    @Test func `50 000 series and a day's head of them fit in their memory`() throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings(rawTierBytes: 1 << 20, maximumSeries: 50_000)
        var store = try RingStore.create(folder: folder.path(of: "data"), settings: settings)
        for number in 0..<50_000 {
            let device = number / 5
            let series = try store.series(
                for: Labels([
                    Label("__name__", "langso_quantity_\(number % 5)_total"),
                    Label("device", "70b3d57ed005\(device)"),
                    Label("site", "site-\(device / 20)"),
                    Label("village", "Thôn Bình Liêu số \(device / 100)"),
                    Label("commune", "Bình Liêu"),
                ])
            )
            // A few of each have their own place, with a fifth one they get a block.
            for step in 0..<(number % 2 == 0 ? 4 : 5) {
                _ = store.append(series, StoreWords.sample(Int64(number * 10 + step)))
            }
        }
        let figures = store.statistics
        #expect(figures.seriesCount == 50_000)
        print("50 000 series: \(figures.catalogueBytes) bytes, head \(figures.headBytes) bytes")
        // Beside the head's own limit; the rest of 120 MB is the allocator's and the program's.
        #expect(figures.catalogueBytes < 16 << 20)
        #expect(figures.headBytes == 225_000 * 16 + 25_000 * 96)
        #expect(StoreSettings().headLimit(seriesCount: 50_000) + figures.catalogueBytes < 72 << 20)
    }
}
