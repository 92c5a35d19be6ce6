import Foundation
import Telemetry
import TestKit
import Testing

@testable import RingStore

/// Samples are deleted on record, and summaries follow.
struct StoreDeletionTests {
    private static func deletion(
        _ range: ClosedRange<Int64>,
        author: String = "Hoàng Văn A",
        reason: String = "đồng hồ chạy sai \"ba giờ\""
    ) -> StoreDeletion {
        StoreDeletion(
            range: Instant(
                milliseconds: range.lowerBound
            )...Instant(
                milliseconds: range.upperBound
            ),
            selection: #"{device="lamp-3"}"#,
            author: author,
            reason: reason,
            time: Instant(milliseconds: 1_760_000_000_000)
        )
    }

    /// Checks samples and summaries against a model that has forgotten the same.
    private func check(_ store: borrowing RingStore, _ model: RollupModel) throws {
        try store.checkInvariants()
        for rollup in store.rollups {
            #expect(try model.difference(from: store, rollup) == nil)
        }
        let snapshot = store.view
        let horizon = snapshot.raw.horizon
        for (number, samples) in model.samples {
            let found = try StoreWords.read(snapshot, SeriesID(number))
            let wanted = samples.keys.filter { $0 >= horizon }.sorted()
            #expect(found.map(\.time.milliseconds) == wanted)
            let last = try snapshot.last(SeriesID(number), in: .distantPast ... .distantFuture)
            #expect(last?.time.milliseconds == wanted.last)
        }
    }

    @Test(arguments: [UInt64(61), 62, 63])
    func `samples in a range are gone, and summaries are those of the rest`(seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: seed, sampleCount: 30_000)
        var model = stored.model
        var store = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        var generator = SeededGenerator(seed: seed)
        let horizon = store.statistics.horizon.milliseconds
        for _ in 0..<5 {
            // What the raw tier has still, from a bucket's beginning on: the rest has no samples to
            // work summaries out from.
            let day: Int64 = 86_400_000
            let first = (horizon / day + 1) * day + Int64(generator.next() % UInt64(day))
            let range = first...first + Int64(generator.next() % UInt64(day))
            let series = [SeriesID(UInt32(generator.next() % 8)), SeriesID(3)]
            let report = try store.delete(
                series,
                Self.deletion(range),
                journalPosition: store.journalPosition
            )
            let before = model.count
            for id in series { model.remove(id, in: range) }
            #expect(report.sampleCount == before - model.count)
            try check(store, model)
        }
    }

    @Test func `summaries whose samples have given way go whole`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 64)
        var store = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        let hour: Int64 = 3_600_000
        let first = SummarisedStore.start / hour * hour + 10 * hour
        let before = try SummarisedStore.rows(store.view, .hour)
        let report = try store.delete(
            [SeriesID(3)],
            Self.deletion(first + 1...first + 2 * hour + 1),
            journalPosition: store.journalPosition
        )
        #expect(report.sampleCount == 0 && report.summaryCount > 20)
        try store.checkInvariants()
        let after = try SummarisedStore.rows(store.view, .hour)
        for (labels, rows) in before {
            let gone = [first + hour, first + 2 * hour, first + 3 * hour]
            let isNamed = labels == StoreBench.labels(3)
            let kept = rows.filter { !isNamed || !gone.contains($0.key) }
            #expect(after[labels]?.filter { $0.value != "true" } == kept)
        }
    }

    @Test func `who asked and why is on record, in the order of deleting`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"))
        for (author, reason) in [("Hoàng Văn A", "sai\t\"thang đo\""), ("B", "c\\d")] {
            _ = try bench.store.delete(
                [bench.series[3]],
                Self.deletion(0...1000, author: author, reason: reason),
                journalPosition: 0
            )
        }
        let path = "\(bench.folder)/\(DeletionLog.fileName)"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 2)
        let first = try JSONDecoder().decode(Entry.self, from: Data(lines[0].utf8))
        #expect(first.author == "Hoàng Văn A" && first.reason == "sai\t\"thang đo\"")
        #expect(Instant(rfc3339: first.from) == Instant(milliseconds: 0))
        #expect(Instant(rfc3339: first.to) == Instant(milliseconds: 1000))
        #expect(first.selection == #"{device="lamp-3"}"# && first.series == 1)
        let second = try JSONDecoder().decode(Entry.self, from: Data(lines[1].utf8))
        #expect(second.author == "B" && second.reason == "c\\d")
    }

    private struct Entry: Decodable {
        var time, from, to, selection, author, reason: String
        var series: Int
    }

    @Test func `without a name or a reason nothing is deleted`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"))
        _ = bench.store.append(bench.series[0], StoreWords.sample(1))
        for deletion in [
            Self.deletion(0...10, author: " "), Self.deletion(0...10, reason: ""),
            Self.deletion(0...10, reason: String(repeating: "x", count: 1001)),
        ] {
            #expect(throws: StoreError.self) {
                _ = try bench.store.delete([bench.series[0]], deletion, journalPosition: 0)
            }
        }
        #expect(try StoreWords.read(bench.store.snapshot(), bench.series[0]).count == 1)
        #expect(try !StorageFolder(bench.folder).contains(DeletionLog.fileName))
    }

    @Test func `a copy knows of deletions, and carries out what was under way`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 66, sampleCount: 30_000)
        var model = stored.model
        let day: Int64 = 86_400_000
        // Behind the end of the bucket whose samples have given way in part.
        let first = (stored.statistics.horizon.milliseconds / day + 1) * day + 1
        let (done, pending) = (first...first + day / 2, first + day / 2 + 1...first + day)
        do {
            var store = try RingStore.open(
                folder: stored.folder,
                settings: SummarisedStore.settings
            )
            _ = try store.delete(
                [SeriesID(2)],
                Self.deletion(done),
                journalPosition: store.journalPosition
            )
        }
        let storage = StorageFolder(stored.folder)
        let identity = try LoadedStore.disk(storage, .readOnly).geometry.identity
        let intent = DeletionIntent(identity: identity, range: pending, series: [3])
        try storage.replace(DeletionIntent.fileName, with: intent.bytes)
        let target = folder.path(of: "copy")
        _ = try StoreCopy.make(from: stored.folder, to: target)
        let log = try String(contentsOfFile: "\(target)/deletions.jsonl", encoding: .utf8)
        #expect(log.split(separator: "\n").count == 1)
        model.remove(SeriesID(2), in: done)
        model.remove(SeriesID(3), in: pending)
        let store = try RingStore.open(folder: target, settings: SummarisedStore.settings)
        try check(store, model)
        #expect(try !StorageFolder(target).contains(DeletionIntent.fileName))
    }

    @Test(arguments: [false, true])
    func `a store that is rebuilt in the middle of a deletion goes on with it`(
        isCutShort: Bool
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        var settings = SummarisedStore.settings
        do {
            // The first five series stay empty, and are left out of the new store.
            var bench = try StoreBench(path, settings, seriesCount: 10)
            for series in bench.series[5...] {
                for time in 0..<100 {
                    _ = bench.store.append(series, StoreWords.sample(Int64(time) * 1000, 1))
                }
            }
            try bench.store.checkpoint(journalPosition: 1)
        }
        let storage = StorageFolder(path)
        let identity = try LoadedStore.disk(storage, .readOnly).geometry.identity
        let intent = DeletionIntent(identity: identity, range: 10_000...19_999, series: [1, 7])
        try storage.replace(DeletionIntent.fileName, with: intent.bytes)
        settings.rawTierBytes *= 2
        _ = try RingStore.rebuild(folder: path, rawTierBytes: settings.rawTierBytes)
        if isCutShort {
            // As when power fails between the renamings.
            let fresh = try #require(try DeletionIntent.load(storage)).bytes
            try storage.replace(DeletionIntent.fileName, with: intent.bytes)
            let file = try storage.open(DeletionIntent.freshFileName, .createNew)
            try unsafe file.write(fresh.span.bytes, at: 0)
        }
        var store = try RingStore.open(folder: path, settings: settings)
        for number in 5..<10 {
            let series = try store.series(for: StoreBench.labels(number))
            let count = try StoreWords.read(store.view, series).count
            #expect(count == (number == 7 ? 90 : 100), "series \(number)")
        }
        try store.checkInvariants()
        #expect(try storage.names().allSatisfy { !$0.contains("deleting") })
    }

    @Test func `a deletion that a crash cut short is carried out by the next opening`() throws {
        let folder = try TemporaryFolder()
        let stored = try SummarisedStore(folder.path(of: "data"), seed: 65, sampleCount: 30_000)
        var model = stored.model
        let day: Int64 = 86_400_000
        let first = (stored.statistics.horizon.milliseconds / day + 1) * day
        let range = first + 5...first + day
        model.remove(SeriesID(3), in: range)
        let identity = try LoadedStore.disk(StorageFolder(stored.folder), .readOnly)
            .geometry.identity
        let intent = DeletionIntent(identity: identity, range: range, series: [3])
        #expect(DeletionIntent(intent.bytes) == intent)
        var broken = intent.bytes
        broken[20] ^= 1
        #expect(DeletionIntent(broken) == nil)
        try StorageFolder(stored.folder).replace(DeletionIntent.fileName, with: intent.bytes)
        let store = try RingStore.open(folder: stored.folder, settings: SummarisedStore.settings)
        try check(store, model)
        #expect(try !StorageFolder(stored.folder).contains(DeletionIntent.fileName))
    }
}
