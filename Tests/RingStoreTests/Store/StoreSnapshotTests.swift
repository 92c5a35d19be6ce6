import Dispatch
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

struct StoreSnapshotTests {
    /// A pattern that accepts a fixed set of values.
    private struct OneOf: LabelPattern {
        let values: Set<String>
        var text: String { values.sorted().joined(separator: "|") }
        func matchesWhole(_ value: String) -> Bool { values.contains(value) }
    }

    static let always = Instant.distantPast...Instant.distantFuture

    // MARK: - Selecting

    @Test func `matchers find what testing each series' labels finds`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 30)
        var all: [(SeriesID, Labels)] = []
        for (number, series) in bench.series.enumerated() {
            _ = bench.store.append(series, StoreWords.sample(1000))
            all.append((series, StoreBench.labels(number)))
        }
        // Series that lack a label the others have.
        for labels in [["__name__": "up"], ["__name__": "up", "device": "lamp-3"]] as [Labels] {
            let series = try bench.store.series(for: labels)
            _ = bench.store.append(series, StoreWords.sample(1000))
            all.append((series, labels))
        }
        let tests: [LabelMatcher.Test] = [
            .equal("lamp-3"), .equal(""), .equal("none"), .notEqual("lamp-3"), .notEqual(""),
            .notEqual("none"), .matches(OneOf(values: ["lamp-3", "lamp-4", "none"])),
            .matches(OneOf(values: ["", "lamp-4"])), .matches(OneOf(values: [])),
            .matchesNot(OneOf(values: ["lamp-3"])), .matchesNot(OneOf(values: ["", "lamp-3"])),
        ]
        let first = LabelMatcher("__name__", .equal("lamp_power_watts"))
        for sealed in [false, true] {
            if sealed { try bench.store.checkpoint(journalPosition: 0) }
            let snapshot = bench.store.snapshot()
            for test in tests {
                for name in ["device", "missing"] {
                    for matchers in [
                        [LabelMatcher(name, test)], [first, LabelMatcher(name, test)],
                    ] {
                        let found = try snapshot.select(matchers, in: Self.always)
                        let wanted = all.filter { series in
                            matchers.allSatisfy { $0.accepts(series.1) }
                        }
                        #expect(found.map(\.id) == wanted.map(\.0), "\(name) \(test)")
                        #expect(found.map(\.labels) == wanted.map(\.1))
                    }
                }
            }
            #expect(try snapshot.select([], in: Self.always).count == 32)
        }
    }

    @Test func `only series that may have samples in the range are found`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 3)
        _ = bench.store.append(bench.series[0], StoreWords.sample(1000))
        try bench.store.checkpoint(journalPosition: 0)
        _ = bench.store.append(bench.series[1], StoreWords.sample(5000))
        let snapshot = bench.store.snapshot()
        func found(_ range: ClosedRange<Int64>) throws -> [SeriesID] {
            let range =
                Instant(milliseconds: range.lowerBound)...Instant(milliseconds: range.upperBound)
            return try snapshot.select([], in: range).map(\.id)
        }
        #expect(try found(0...999) == [])
        #expect(try found(1000...1000) == [bench.series[0]])
        #expect(try found(1001...4999) == [])
        #expect(try found(5000...9000) == [bench.series[1]])
        #expect(try found(0...9000) == [bench.series[0], bench.series[1]])
        let late = Instant(milliseconds: 5000) ... .distantFuture
        #expect(try snapshot.labelValues(of: "device", in: late) == ["lamp-1"])
        #expect(try snapshot.labelValues(of: "device", in: Self.always) == ["lamp-0", "lamp-1"])
        #expect(try snapshot.labelValues(of: "missing", in: Self.always) == [])
        #expect(try snapshot.labelNames(in: Self.always) == ["__name__", "device", "village"])
        let early = Instant.distantPast...Instant(milliseconds: 999)
        #expect(try snapshot.labelNames(in: early) == [])
        var buffer = SampleBuffer()
        try snapshot.read(SeriesID(99), in: Self.always, into: &buffer)
        #expect(buffer.isEmpty)
    }

    // MARK: - Isolation

    @Test func `a snapshot does not see what comes after it`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 2)
        var model = StoreModel()
        var held: [(StoreSnapshot, StoreModel)] = []
        var generator = SeededGenerator(seed: 31)
        for step in 0..<3000 {
            let time = Int64(generator.next() % 100_000)
            let sample = StoreWords.sample(time, Double(generator.next() % 100))
            let series = bench.series[step % 2]
            #expect(bench.store.append(series, sample).agrees(with: model.append(series, sample)))
            if step % 300 == 0 { held.append((bench.store.snapshot(), model)) }
            if step % 700 == 0 { try bench.store.checkpoint(journalPosition: UInt64(step)) }
            if step % 1000 == 0 { _ = try bench.store.series(for: StoreBench.labels(10 + step)) }
        }
        for (index, (snapshot, model)) in held.enumerated() {
            #expect(try model.difference(from: snapshot) == nil, "snapshot \(index)")
            #expect(snapshot.statistics.seriesCount <= 2 + 3)
        }
        #expect(held[0].0.statistics.seriesCount == 2)
        #expect(try held[0].0.labelValues(of: "device", in: Self.always) == ["lamp-0"])
    }

    @Test func `a snapshot held while the ring goes round tells what gave way`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 2)
        var model = StoreModel()
        var generator = SeededGenerator(seed: 32)
        var time: Int64 = 0
        func fill(_ count: Int, _ bench: inout StoreBench) throws {
            for step in 0..<count {
                time += 1000
                let sample = StoreWords.sample(time, Double(bitPattern: generator.next()))
                _ = bench.store.append(bench.series[step % 2], sample)
                _ = model.append(bench.series[step % 2], sample)
            }
            try bench.store.checkpoint(journalPosition: UInt64(time))
        }
        try fill(6000, &bench)
        let (snapshot, then) = (bench.store.snapshot(), model)
        for _ in 0..<4 { try fill(1000, &bench) }
        // Its slots rest as long as there are others.
        #expect(try then.difference(from: snapshot) == nil)
        for _ in 0..<30 { try fill(1000, &bench) }
        let error = #expect(throws: SeriesSourceError.self) {
            try then.difference(from: snapshot)
        }
        #expect("\(try #require(error))".contains("gave way"))
        model.dropSamples(before: bench.store.statistics.horizon)
        #expect(try model.difference(from: bench.store.snapshot()) == nil)
        #expect(bench.store.statistics.damagedBlockCount == 0)
        try bench.store.checkInvariants()
    }

    /// What the writer hands to the readers.
    private final class Published: Sendable {
        struct State: Sendable {
            var snapshot: StoreSnapshot
            var model: StoreModel
            var isFinished = false
        }

        let state: Mutex<State>
        /// How often readers found everything as it had to be.
        let readCount = Atomic(0)

        init(_ snapshot: StoreSnapshot) {
            state = Mutex(State(snapshot: snapshot, model: StoreModel()))
        }
    }

    @Test func `readers on other threads see whole states while the store is written`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 4)
        let published = Published(bench.store.snapshot())
        let readers = DispatchGroup()
        for _ in 0..<2 {
            DispatchQueue.global().async(group: readers) { Self.readUntilFinished(published) }
        }
        var model = StoreModel()
        var generator = SeededGenerator(seed: 33)
        var time: Int64 = 0
        var step = 0
        while step < 15_000 || (published.readCount.load(ordering: .relaxed) < 3 && step < 200_000)
        {
            step += 1
            time += Int64(generator.next() % 1000)
            let late = generator.next() % 10 == 0 ? Int64(generator.next() % 3_000_000) : 0
            let sample = StoreWords.sample(time - late, Double(bitPattern: generator.next()))
            let series = bench.series[step % 4]
            let outcome = bench.store.append(series, sample)
            if !outcome.agrees(with: model.append(series, sample)) {
                Issue.record("step \(step): \(outcome)")
            }
            if step % 1500 == 1499 {
                try bench.store.checkpoint(journalPosition: UInt64(step))
                model.dropSamples(before: bench.store.statistics.horizon)
            }
            guard step % 500 == 0 else { continue }
            let snapshot = bench.store.snapshot()
            let now = model.keepingOnly(UInt32(step / 500 % 4))
            published.state.withLock { state in
                state.snapshot = snapshot
                state.model = now
            }
        }
        published.state.withLock { $0.isFinished = true }
        readers.wait()
        let reads = published.readCount.load(ordering: .relaxed)
        print("snapshot test: \(reads) whole reads while \(step) samples were written")
        #expect(reads > 0)
    }

    /// Compares what is published, again and again, and counts how often it could.
    private static func readUntilFinished(_ published: Published) {
        while true {
            let state = published.state.withLock { $0 }
            do {
                #expect(try state.model.difference(from: state.snapshot) == nil)
                published.readCount.add(1, ordering: .relaxed)
            } catch {
                #expect("\(error)".contains("gave way"), "\(error)")
            }
            if state.isFinished { return }
        }
    }
}

/// The last sample of a series after an opening, when no sample of it has come since.
struct OpenedLatestTests {
    @Test func `what was read once is known, until a late sample may have changed it`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"))
        let series = bench.series[0]
        _ = bench.store.append(series, StoreWords.sample(1000, 1))
        // The other series' samples make the bound of the first one's times a later one.
        _ = bench.store.append(bench.series[1], StoreWords.sample(9000, 1))
        try bench.store.checkpoint(journalPosition: 2)
        bench = try bench.reopened()
        let all: ClosedRange<Instant> = .distantPast ... .distantFuture
        let before = bench.store.snapshot()
        #expect(try before.last(series, in: all) == StoreWords.sample(1000, 1))
        #expect(try before.last(series, in: all) == StoreWords.sample(1000, 1))
        let short = Instant(milliseconds: 0)...Instant(milliseconds: 999)
        #expect(try before.last(series, in: short) == nil)
        _ = bench.store.append(series, StoreWords.sample(5000, 2))
        // The older snapshot looks once more, and must not tell the newer one what it saw.
        #expect(try before.last(series, in: all) == StoreWords.sample(1000, 1))
        #expect(try bench.store.snapshot().last(series, in: all) == StoreWords.sample(5000, 2))
        _ = bench.store.append(series, StoreWords.sample(5000, 3))
        #expect(try bench.store.snapshot().last(series, in: all) == StoreWords.sample(5000, 3))
        _ = bench.store.append(series, StoreWords.sample(9500, 4))
        #expect(try bench.store.snapshot().last(series, in: all) == StoreWords.sample(9500, 4))
        #expect(try before.last(series, in: all) == StoreWords.sample(1000, 1))
    }
}
