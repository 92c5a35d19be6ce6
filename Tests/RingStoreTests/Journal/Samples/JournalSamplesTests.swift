import RingStore
import Telemetry
import TestKit
import Testing

/// Samples in the records of a journal whose segments begin and end among them.
@Suite struct JournalSamplesTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// One sample as it comes back, with the labels of its series.
    private struct Read: Equatable {
        var labels: Labels
        var sample: Sample
    }

    private static func labels(_ number: UInt32) -> Labels {
        ["__name__": "metric", "number": "\(number)", "village": "Nà Ếch"]
    }

    private static func samples(_ numbers: Range<UInt32>, at time: Int64) -> [NumberedSample] {
        numbers.map {
            NumberedSample(
                series: $0,
                sample: Sample(time: Instant(milliseconds: time), value: Double($0) / 10)
            )
        }
    }

    private static func expected(_ samples: [NumberedSample]) -> [Read] {
        samples.map { Read(labels: labels($0.series), sample: $0.sample) }
    }

    private func create(_ calls: any FileCalls = SystemFileCalls()) throws -> Journal {
        try Journal.create(
            folder: folder.path,
            settings: JournalBench.settings,
            at: JournalBench.start,
            calls: calls
        )
    }

    private static func append(
        _ samples: [NumberedSample],
        to batch: RecordBatch,
        _ journal: inout Journal
    ) throws {
        try journal.append(samples, receivedAt: JournalBench.start, to: batch, labels: labels)
    }

    /// All samples from a position on, by a reader that knows nothing before it.
    private func read(from position: UInt64) throws -> [Read] {
        var samples = SampleRecordReader()
        var read: [Read] = []
        var fault: SampleRecordFault?
        try JournalReader(folder: folder.path).scan(from: position) { record in
            guard record.kind == .samples else { return true }
            do throws(SampleRecordFault) {
                try samples.read(record)
            } catch {
                fault = error
                return false
            }
            for sample in samples.samples {
                read.append(
                    Read(labels: samples.labels(of: sample.series), sample: sample.sample)
                )
            }
            return true
        }
        if let fault { throw fault }
        return read
    }

    /// Reads from the beginning of every segment; each must give the end of what was committed.
    private func requireEveryStart(_ committed: [Read], _ comment: Comment) throws -> Int {
        let segments = try JournalReader(folder: folder.path).segments()
        for segment in segments {
            let read = try read(from: segment.start)
            #expect(read == Array(committed.suffix(read.count)), comment)
            #expect(segment.number > 0 || read.count == committed.count, comment)
        }
        return segments.count
    }

    @Test func `a batch that goes on in the next segment names its series there again`() throws {
        var journal = try create()
        let samples = Self.samples(0..<20, at: 1)
        let batch = RecordBatch()
        for _ in 0..<40 { try Self.append(samples, to: batch, &journal) }
        try journal.commit(batch)
        let all = Array(repeating: Self.expected(samples), count: 40).flatMap { $0 }
        let segmentCount = try requireEveryStart(all, "whole")
        #expect(segmentCount >= 2)
        #expect(try Self.definingRecords(folder.path) == segmentCount, "each names them once")
    }

    private static func definingRecords(_ folder: String) throws -> Int {
        var count = 0
        try JournalReader(folder: folder).scan(from: 0) { record in
            let payload = JournalRecord(record).payload
            if record.kind == .samples, payload[1] > 0 || payload[2] > 0 { count += 1 }
            return true
        }
        return count
    }

    @Test func `more samples than one record takes become several`() throws {
        var journal = try create()
        let batch = RecordBatch()
        let samples = Self.samples(0..<200, at: 1)
        try Self.append(samples, to: batch, &journal)
        try journal.commit(batch)
        #expect(batch.count == 2, "a segment of 4096 bytes does not take all definitions")
        #expect(try read(from: 0) == Self.expected(samples))
    }

    @Test func `what a commit that failed would have named is named again`() throws {
        let calls = PowerCut()
        var journal = try create(calls)
        let batch = RecordBatch()
        try Self.append(Self.samples(0..<5, at: 1), to: batch, &journal)
        calls.failSync(true)
        #expect(throws: JournalError.self) { try journal.commit(batch) }
        // The same batch, with more of the same series added meanwhile.
        try Self.append(Self.samples(0..<5, at: 2), to: batch, &journal)
        calls.failSync(false)
        try journal.commit(batch)
        let kept = Self.samples(0..<5, at: 1) + Self.samples(0..<5, at: 2)
        #expect(try read(from: 0) == Self.expected(kept))

        // One that is given up, emptied or not, takes its definitions with it.
        for isEmptied in [true, false] {
            let other = isEmptied ? batch : RecordBatch()
            let series: Range<UInt32> = isEmptied ? 10..<15 : 20..<25
            batch.removeAll()
            try Self.append(Self.samples(series, at: 3), to: batch, &journal)
            calls.failSync(true)
            #expect(throws: JournalError.self) { try journal.commit(batch) }
            calls.failSync(false)
            if isEmptied { batch.removeAll() }
            try Self.append(Self.samples(series, at: 4), to: other, &journal)
            try journal.commit(other)
            let all = try read(from: 0)
            #expect(all.suffix(5) == Self.expected(Self.samples(series, at: 4))[...])
        }
    }

    @Test func `a commit of messages in between takes the definitions of a waiting batch`() throws {
        var journal = try create()
        let waiting = RecordBatch()
        try Self.append(Self.samples(0..<5, at: 1), to: waiting, &journal)
        try journal.commit(JournalBench.batch(0..<1))
        let next = RecordBatch()
        try Self.append(Self.samples(0..<5, at: 2), to: next, &journal)
        try journal.commit(next)
        #expect(try read(from: 0) == Self.expected(Self.samples(0..<5, at: 2)))
    }

    @Test func `a batch whose place another one took is never committed`() async {
        await #expect(processExitsWith: .failure) {
            let folder = try TemporaryFolder()
            var journal = try Journal.create(
                folder: folder.path,
                settings: JournalBench.settings,
                at: JournalBench.start
            )
            let batch = RecordBatch()
            let sample = Sample(time: JournalBench.start, value: 1)
            try journal.append(
                [NumberedSample(series: 0, sample: sample)],
                receivedAt: JournalBench.start,
                to: batch,
                labels: { _ in ["__name__": "up"] }
            )
            try journal.commit(batch)
            try journal.commit(batch)
        }
    }

    @Test func `labels that no record can hold are refused, and the batch is as before`() throws {
        var journal = try create()
        let batch = try JournalBench.batch(0..<2)
        try Self.append(Self.samples(0..<3, at: 1), to: batch, &journal)
        let byteCount = batch.byteCount
        let error = try #require(throws: JournalError.self) {
            let samples = Self.samples(0..<50, at: 2)
            try journal.append(samples, receivedAt: JournalBench.start, to: batch) { number in
                number == 40
                    ? ["__name__": String(repeating: "x", count: 4000)] : Self.labels(number)
            }
        }
        guard case .recordTooLarge = error else {
            Issue.record("\(error)")
            return
        }
        #expect(batch.count == 3 && batch.byteCount == byteCount)
        try Self.append(Self.samples(0..<50, at: 3), to: batch, &journal)
        try journal.commit(batch)
        let kept = Self.samples(0..<3, at: 1) + Self.samples(0..<50, at: 3)
        #expect(try read(from: 0) == Self.expected(kept))
    }

    @Test func `series are named by their store, whatever they share with the one before`() throws {
        var store = try RingStore.create(folder: folder.path(of: "store"), settings: .small())
        // Labels come and go, and keep their place or not.
        let series: [Labels] = [
            ["__name__": "lit", "device": "đ1", "zone": "a"], ["__name__": "lit", "zone": "a"],
            ["__name__": "lit"], ["__name__": "on", "device": "đ1", "lamp": "2", "zone": "a"],
            ["device": "đ1"], ["__name__": "on", "device": "đ2", "lamp": "2", "zone": "b"],
            ["__name__": "lit", "device": "đ2", "zone": "a"],
        ]
        for (number, labels) in series.enumerated() {
            #expect(try store.series(for: labels).rawValue == UInt32(number))
        }
        var journal = try create()
        var expected: [Read] = []
        // Over several segments, each of which names them again.
        for round in 0..<60 {
            let samples = Self.samples(0..<UInt32(series.count), at: Int64(round))
            let batch = RecordBatch()
            try journal.append(
                samples,
                receivedAt: JournalBench.start,
                to: batch,
                namedBy: store.snapshot()
            )
            try journal.commit(batch)
            expected += samples.map {
                Read(labels: series[Int($0.series)], sample: $0.sample)
            }
        }
        #expect(try requireEveryStart(expected, "named by a store") > 1)
    }

    @Test func `series known by their labels get numbers, and others after all are taken`() throws {
        var journal = try create()
        var numbers = SeriesNumbers()
        let batch = RecordBatch()
        var expected: [Read] = []
        for round in 0..<3 {
            let entries = (0..<4).map { number in
                Read(
                    labels: Self.labels(UInt32(number + round)),
                    sample: Sample(time: Instant(milliseconds: Int64(round)), value: 1)
                )
            }
            batch.removeAll()
            try journal.append(
                LabelledSamples(entries.lazy.map { ($0.labels, $0.sample) }),
                receivedAt: JournalBench.start,
                to: batch,
                numbers: &numbers
            )
            try journal.commit(batch)
            expected += entries
        }
        // Another table begins with number 0 again.
        journal.forgetSeries()
        numbers = SeriesNumbers()
        var other = LabelledSamples()
        for value in [2.0, 3] {
            other.append(["__name__": "other"], Sample(time: JournalBench.start, value: value))
        }
        batch.removeAll()
        try journal.append(other, receivedAt: JournalBench.start, to: batch, numbers: &numbers)
        try journal.commit(batch)
        expected += other.samples.map { Read(labels: ["__name__": "other"], sample: $0) }
        #expect(try read(from: 0) == expected)
    }

    @Test func `random batches, failures and openings can be read from every segment`() throws {
        var random = SeededGenerator.forTest()
        let seed = random.seed
        let calls = PowerCut()
        var journal = try create(calls)
        var committed: [Read] = []
        var (openings, failures, failuresBefore) = (0, 0, 0)
        var batch = RecordBatch()
        var waiting: [Read] = []
        // Whether a commit that failed may have left records behind the head.
        var isUnclear = false
        for step in 0..<600 {
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                if Int.random(in: 0..<3, using: &random) == 0 {
                    try batch.append(
                        kind: .message,
                        receivedAt: JournalBench.start,
                        payload: Array("n 1".utf8)
                            + [UInt8](repeating: 0, count: .random(in: 0...900, using: &random))
                    )
                }
                let first = UInt32.random(in: 0..<40, using: &random)
                let last = first + UInt32.random(in: 0...60, using: &random)
                let samples = Self.samples(first..<last, at: Int64(step))
                try Self.append(samples, to: batch, &journal)
                waiting += Self.expected(samples)
            }
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                calls.allow(Int.random(in: 0...3000, using: &random))
                do {
                    try journal.commit(batch)
                    committed += waiting
                    // One of no records writes nothing, and clears nothing.
                    isUnclear = isUnclear && batch.isEmpty
                } catch {
                    failures += 1
                    isUnclear = true
                    calls.allow(.max)
                    // Most often the same batch comes again.
                    guard Int.random(in: 0..<3, using: &random) == 0 else { continue }
                }
                calls.allow(.max)
            case 1 where !isUnclear:
                journal = try Journal.open(folder: folder.path, calls: calls)
                openings += 1
            case 1, 2: break
            default:
                try journal.commit(batch)
                committed += waiting
                isUnclear = isUnclear && batch.isEmpty
            }
            waiting.removeAll()
            if Bool.random(using: &random) { batch = RecordBatch() } else { batch.removeAll() }
            if step.isMultiple(of: 25), !isUnclear {
                let count = try requireEveryStart(committed, "seed \(seed), step \(step)")
                // A commit that failed may have given up the oldest one for a new one.
                let isAllowed = count == 4 || count == 3 && failures > failuresBefore
                if step > 300 { #expect(isAllowed, "seed \(seed), step \(step): \(count)") }
                if count == 4 { failuresBefore = failures }
            }
        }
        #expect(openings > 10 && failures > 5, "seed \(seed)")
    }
}
