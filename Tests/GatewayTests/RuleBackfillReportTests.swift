@testable import Alerting
import Foundation
@testable import Gateway
import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct RuleBackfillReportTests {
    /// 2026-03-10T00:00:00Z.
    private static let start = Instant(milliseconds: 1_773_100_800_000)

    private static let rules = """
        groups:
          - name: bể
            rules:
              - {record: "tank:low", expr: water_tank_fill_ratio < 0.4}
              - {alert: Low, expr: "tank:low", for: 5m}
          - name: sau
            interval: 5m
            rules:
              - {record: "tanks:low", expr: 'count(ALERTS{alertname="Low"})'}
        """

    private static func minute(_ minute: Int) -> Instant { start + .minutes(Int64(minute)) }

    private static func fill(
        _ device: String,
        _ minutes: ClosedRange<Int>,
        _ value: (Int) -> Double
    ) -> [(labels: Labels, sample: Sample)] {
        minutes.map { minute in
            (
                Labels(metric: "water_tank_fill_ratio", ["device": device]),
                Sample(time: Self.minute(minute), value: value(minute))
            )
        }
    }

    /// A store of some hours with a tank that is low in the minutes 20 to 39.
    private static func store(_ folder: TemporaryFolder, hours: Int = 1) throws -> String {
        let path = folder.path(of: "data")
        let samples = fill("bể-1", 0...(60 * hours)) { (20..<40).contains($0) ? 0.25 : 0.5 }
        try StoreFolder(path).write(samples)
        return path
    }

    private static func request(
        _ folder: TemporaryFolder,
        _ data: String,
        _ minutes: ClosedRange<Int> = 0...60,
        rules: String = rules,
        isDryRun: Bool = false
    ) throws -> RuleBackfillReport.Request {
        let file = folder.path(of: "rules.yaml")
        try rules.write(toFile: file, atomically: true, encoding: .utf8)
        return RuleBackfillReport.Request(
            files: [file],
            dataFolder: data,
            times: minute(minutes.lowerBound)...minute(minutes.upperBound),
            isDryRun: isDryRun,
            now: minute(10_000)
        )
    }

    @Test func `rules are backfilled over a stored hour`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        let request = try Self.request(folder, data)
        let file = try #require(request.files.first)
        let report = try RuleBackfillReport(request)
        #expect(
            report.lines == [
                "\(file): 2026-03-10T00:00:00.000Z to 2026-03-10T01:00:00.000Z",
                "group  rule       evaluated  written  replaced  ended  failed",
                "bể     tank:low   61         21       0         0      0",
                "       Low        61         43       0         0      0",
                "sau    tanks:low  13         5        0         0      0",
                "all               135        69       0         0      0",
                "69 samples written",
            ]
        )
        let content = try StoreFolder.content(data)
        let count = content[Labels(metric: "tanks:low")] ?? [:]
        let marker = Sample.staleMarkerBits
        #expect(count[Self.minute(25).milliseconds] == (1.0).bitPattern)
        #expect(count[Self.minute(40).milliseconds] == marker)
        #expect(count.count == 5)
        let since = Labels(metric: "ALERTS_FOR_STATE", ["alertname": "Low", "device": "bể-1"])
        #expect(
            content[since]?[Self.minute(39).milliseconds]
                == Self.minute(20).secondsSince1970.bitPattern
        )
        let again = try RuleBackfillReport(request)
        #expect(again.total.unchanged == 69)
        #expect(again.lines.last == "nothing to write: 69 samples are there already")
        #expect(try StoreFolder.content(data) == content)
    }

    @Test func `a dry run tells the same and writes nothing`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, hours: 26)
        let before = try StoreFolder.content(data)
        let minutes = 0...(26 * 60)
        let dry = try RuleBackfillReport(try Self.request(folder, data, minutes, isDryRun: true))
        #expect(dry.lines.last == "69 samples would be written")
        #expect(try StoreFolder.content(data) == before)
        #expect(!FileManager.default.fileExists(atPath: "\(data)/journal"))
        let done = try RuleBackfillReport(try Self.request(folder, data, minutes))
        #expect(done.lines.dropLast() == dry.lines.dropLast())
        #expect(done.lines.last == "69 samples written")
    }

    @Test func `late data is made good, and what no longer holds is ended`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        _ = try RuleBackfillReport(try Self.request(folder, data))
        var store = try RingStore.open(folder: data, settings: StoreFolder.settings)
        // It was not low after minute 29, and another one was.
        let late = Self.fill("bể-1", 30...39) { _ in 0.5 } + Self.fill("bể-2", 0...60) { _ in 0.1 }
        for (labels, sample) in late { _ = store.append(try store.series(for: labels), sample) }
        try store.checkpoint(journalPosition: store.journalPosition)
        _ = consume store
        let report = try RuleBackfillReport(try Self.request(folder, data))
        #expect(report.groups[0].rules[0].figures.ended == 10)
        #expect(report.groups[0].rules[0].figures.written == 61)
        #expect(report.groups[1].rules[0].figures.replaced == 3)
        let other = try TemporaryFolder("langso-backfill-other")
        let fresh = other.path(of: "data")
        try StoreFolder(fresh).write(
            Self.fill("bể-1", 0...60) { (20..<30).contains($0) ? 0.25 : 0.5 }
                + Self.fill("bể-2", 0...60) { _ in 0.1 }
        )
        _ = try RuleBackfillReport(try Self.request(other, fresh))
        let (left, right) = (try Self.shown(data), try Self.shown(fresh))
        #expect(left == right)
    }

    /// What a store holds; markers behind markers or nothing are left out.
    private static func shown(_ data: String) throws -> [Labels: [Int64: UInt64]] {
        try StoreFolder.content(data).mapValues { samples in
            var isEnded = true
            var kept: [Int64: UInt64] = [:]
            for (time, bits) in samples.sorted(by: { $0.key < $1.key }) {
                let isMarker = bits == Sample.staleMarkerBits
                if !isMarker || !isEnded { kept[time] = bits }
                isEnded = isMarker
            }
            return kept
        }
    }

    @Test func `what a crash left in the journal is taken before it goes on`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        let whole = try TemporaryFolder("langso-backfill-whole")
        let expected = try Self.store(whole)
        _ = try RuleBackfillReport(try Self.request(whole, expected))
        do {
            // Written, and never put into the store's file.
            let target = try BackfillTarget(data, journal: JournalSettings(), at: Self.start)
            let labels = Labels(metric: "tank:low", ["device": "bể-1"])
            let sample = Sample(time: Self.minute(20), value: 0.25)
            try target.write([RuleSample(labels: labels, sample: sample)])
        }
        #expect(try StoreFolder.content(data).count == 1)
        let report = try RuleBackfillReport(try Self.request(folder, data))
        #expect(report.total.unchanged == 1)
        #expect(report.total.written == 68)
        #expect(try StoreFolder.content(data) == StoreFolder.content(expected))
    }

    @Test func `more than the smallest journal holds goes through it`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        let least = JournalSettings.minimumSegmentBytes
        let journal = JournalSettings(sizeBytes: 3 * least, segmentBytes: least)
        var generator = SeededGenerator(seed: 4)
        let samples = (0..<120_000).map { number in
            RuleSample(
                labels: Labels(metric: "tank:low", ["device": "bể-\(number / 60_000)"]),
                sample: Sample(
                    time: Self.start + .seconds(Int64(number % 60_000)),
                    value: Double.random(in: 0..<1, using: &generator)
                )
            )
        }
        do {
            let target = try BackfillTarget(data, journal: journal, at: Self.start)
            try target.write(samples)
            #expect(target.refusedCount == 0 && target.droppedBefore == nil)
            try target.finish()
        }
        let position = try StoreSnapshot.open(folder: data).journalPosition
        #expect(try StoreTool.newerRecords(data, after: position) == 0)
        let content = try StoreFolder.content(data)
        let last = try #require(samples.last)
        #expect(content[last.labels]?.count == 60_000)
        #expect(
            content[last.labels]?[last.sample.time.milliseconds] == last.sample.value.bitPattern
        )
    }

    @Test func `messages in the journal that no store has taken are in the way`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        do {
            let settings = JournalSettings()
            var journal = try Journal.create(folder: data, settings: settings, at: Self.start)
            let batch = RecordBatch()
            try batch.append(kind: .message, receivedAt: Self.start, topic: [97], payload: [98])
            try journal.commit(batch)
        }
        for isDryRun in [true, false] {
            #expect(throws: GatewayError.behindJournal(path: data, records: 1)) {
                try RuleBackfillReport(try Self.request(folder, data, isDryRun: isDryRun))
            }
        }
    }

    @Test func `a folder that somebody has, and times that are not stored, are refused`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        do {
            let store = try RingStore.open(folder: data, settings: StoreFolder.settings)
            for isDryRun in [true, false] {
                let request = try Self.request(folder, data, isDryRun: isDryRun)
                let error = #expect(throws: GatewayError.self) { try RuleBackfillReport(request) }
                #expect(error?.description.contains("stop that gateway, or make a copy") == true)
            }
            #expect(store.statistics.seriesCount == 1)
        }
        do {
            let hold = try FolderHold(data)
            let error = #expect(throws: GatewayError.self) {
                try RuleBackfillReport(try Self.request(folder, data))
            }
            #expect(error?.description.contains("stop that gateway, or make a copy") == true)
            hold.release()
        }
        for minutes in [-10...30, 30...70, 100...200] {
            let error = #expect(throws: GatewayError.self) {
                try RuleBackfillReport(try Self.request(folder, data, minutes))
            }
            #expect(error?.description.contains("samples are stored from 2026-03-10T00") == true)
        }
        var request = try Self.request(folder, data)
        request.files += request.files
        #expect(throws: GatewayError.self) { try RuleBackfillReport(request) }
        request.files = [folder.path(of: "none.yaml")]
        #expect(throws: GatewayError.self) { try RuleBackfillReport(request) }
        #expect(try StoreFolder.content(data).count == 1)
        request.dataFolder = folder.path(of: "nothing")
        #expect(throws: (any Error).self) { try RuleBackfillReport(request) }
        #expect(!FileManager.default.fileExists(atPath: request.dataFolder))
    }

    @Test func `failures are told with the first time, and do not stop the others`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder)
        let rules = """
            groups:
              - name: g
                limit: 1
                rules:
                  - {record: many, expr: 'vector(1) or label_replace(vector(1), "a", "b", "", "")'}
                  - {record: one, expr: vector(1)}
            """
        let report = try RuleBackfillReport(try Self.request(folder, data, 10...20, rules: rules))
        #expect(report.total.failedEvaluations == 11)
        #expect(report.total.written == 11)
        #expect(
            report.lines.last?.hasPrefix("failed first at 2026-03-10T00:10:00.000Z: many: ") == true
        )
    }
}
