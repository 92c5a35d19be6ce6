@testable import Alerting
import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// When a backfill learns that older samples gave way to what it writes.
struct BackfillTargetTests {
    private static let start = Instant(milliseconds: 1_773_075_600_000)

    private static func samples(
        _ metric: String,
        _ count: Int,
        from time: Instant,
        _ generator: inout SeededGenerator
    ) -> [(labels: Labels, sample: Sample)] {
        (0..<count).map { number in
            let value = Double.random(in: 0..<1, using: &generator)
            let sample = Sample(time: time + .seconds(Int64(number)), value: value)
            return (Labels(metric: metric), sample)
        }
    }

    private static func count(of metric: String, in snapshot: StoreSnapshot) throws -> Int {
        let all = Instant.distantPast ... .distantFuture
        let matcher = LabelMatcher(Labels.metricNameLabel, .equal(metric))
        var buffer = SampleBuffer()
        var count = 0
        for reference in try snapshot.select([matcher], in: all) {
            try snapshot.read(reference.id, in: all, into: &buffer)
            count += buffer.count
        }
        return count
    }

    /// Samples give way at checkpoints alone; between two of them rules are judged on all there is.
    @Test func `a view shows all samples there were until it is known that some gave way`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = folder.path(of: "data")
        var generator = SeededGenerator(seed: 7)
        let settings = StoreSettings(rawTierBytes: 1 << 20, maximumSeries: 100)
        let portion = 10_000
        let before = Self.samples("level", 5 * portion, from: Self.start, &generator)
        try StoreFolder(data, settings: settings).write(before)
        let least = JournalSettings.minimumSegmentBytes
        let journal = JournalSettings(sizeBytes: 3 * least, segmentBytes: least)
        let target = try BackfillTarget(data, journal: journal, at: Self.start)
        var written = 0
        while target.droppedBefore == nil {
            #expect(try Self.count(of: "level", in: target.snapshot()) == before.count)
            #expect(try Self.count(of: "given", in: target.snapshot()) == written)
            try #require(written < 40 * portion, "nothing gives way")
            let time = Self.start + .seconds(Int64(before.count + written))
            let given = Self.samples("given", portion, from: time, &generator)
            try target.write(given.map { RuleSample(labels: $0.labels, sample: $0.sample) })
            written += portion
        }
        #expect(written > portion, "something was written before that")
        #expect(try Self.count(of: "level", in: target.snapshot()) < before.count)
    }
}
