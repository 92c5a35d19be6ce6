import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct JournalTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func create(
        _ settings: JournalSettings = JournalBench.settings
    ) throws(JournalError) -> Journal {
        try .create(folder: folder.path, settings: settings, at: JournalBench.start)
    }

    @Test func `what was committed is read back, byte for byte`() throws {
        var journal = try create()
        let batch = try JournalBench.batch(0..<5)
        try journal.commit(batch)
        var committed: [JournalRecord] = []
        batch.forEach { committed.append(JournalRecord($0)) }
        let reader = try JournalReader(folder: folder.path)
        var read: [JournalRecord] = []
        try reader.scan(from: 0, to: journal.head) { (view) throws(JournalError) in
            read.append(JournalRecord(view))
            return true
        }
        #expect(read == committed)
        #expect(read.count == 5)
        #expect(read[3].topic == Array("làng/đèn/0".utf8))
        #expect(read[2].flags == [.retained])
        #expect(try reader.record(at: read[4].position) == read[4])
        #expect(journal.statistics.committedRecords == 5)
        #expect(journal.statistics.commits == 1)
    }

    @Test func `an opened journal goes on where the last one stopped`() throws {
        do {
            var journal = try create()
            try journal.commit(JournalBench.batch(0..<30))
        }
        var journal = try Journal.open(folder: folder.path)
        try journal.commit(JournalBench.batch(30..<60))
        #expect(try JournalBench.numbers(in: folder.path) == Array(0..<60))
        #expect(journal.statistics.committedRecords == 30)
    }

    @Test func `no record is the first that is written to its place on the disk`() throws {
        let disk = try FaultyDisk()
        let folder = disk.path(of: "data")
        var journal = try Journal.create(
            folder: folder,
            settings: JournalBench.settings,
            at: JournalBench.start,
            calls: disk
        )
        // Two laps, and a place that is in the second one.
        for number in 0..<400 { try journal.commit(JournalBench.batch(number..<number + 1)) }
        #expect(journal.tail > JournalBench.settings.sizeBytes)
        var isWritten = [Bool](repeating: false, count: 4096 + 16_384)
        var (recordWrites, zeroBytes) = (0, 0)
        // But the first page and the header that creation writes.
        for case .write(_, let offset, let bytes) in disk.operations where offset >= 4096 + 64 {
            let range = offset..<offset + bytes.count
            if bytes.allSatisfy({ $0 == 0 }) {
                isWritten.replaceSubrange(range, with: repeatElement(true, count: bytes.count))
                // The other ones remove a header of the lap before.
                if bytes.count > 64 { zeroBytes += bytes.count }
            } else {
                recordWrites += 1
                #expect(isWritten[range].allSatisfy { $0 })
            }
        }
        #expect(recordWrites > 400)
        #expect(zeroBytes == 16_384 - 64, "each segment once")
    }

    @Test func `a commit waits for a mebibyte of zeros at most, or for two at a segment's end`()
        throws
    {
        let disk = try FaultyDisk()
        let sizeBytes: UInt64 = 16 << 20
        var journal = try Journal.create(
            folder: disk.path(of: "data"),
            settings: JournalBench.small(sizeBytes: sizeBytes, segmentBytes: 4 << 20),
            at: JournalBench.start,
            calls: disk
        )
        // Shorter ones remove the header of a segment.
        func zeroBytes(since first: Int) -> Int {
            disk.operations[first...].reduce(0) { sum, operation in
                guard case .write(_, let offset, let bytes) = operation, offset >= 4096,
                    bytes.count > 64, bytes.allSatisfy({ $0 == 0 })
                else { return sum }
                return sum + bytes.count
            }
        }
        #expect(zeroBytes(since: 0) == 0, "creation only reserves")
        var (number, zeroed) = (0, 0)
        while journal.head < sizeBytes * 5 / 4 {
            let first = disk.operationCount
            try journal.commit(JournalBench.batch(number..<number + 1, payloadBytes: 100_000))
            #expect(zeroBytes(since: first) <= 2 << 20)
            zeroed += zeroBytes(since: first)
            number += 1
        }
        #expect(zeroed == sizeBytes - 64)
    }

    @Test func `the ring keeps its size and gives up its oldest segment`() throws {
        var journal = try create()
        for number in 0..<1000 { try journal.commit(JournalBench.batch(number..<number + 1)) }
        let numbers = try JournalBench.numbers(in: folder.path)
        let first = try #require(numbers.first)
        #expect(first > 0)
        #expect(numbers == Array(first..<1000))
        let size = try StorageFile(folder.path(of: "journal"), .readOnly).sizeBytes()
        #expect(size == 4096 + 16_384)
        let reader = try JournalReader(folder: folder.path)
        #expect(throws: JournalError.overwritten(position: 64, tail: try reader.tail())) {
            try reader.scan(from: 0) { (_) throws(JournalError) in true }
        }
        #expect(try reader.tail() == journal.tail)
    }

    @Test func `records that the store still needs are not overwritten`() throws {
        var journal = try create()
        try journal.commit(JournalBench.batch(0..<1))
        journal.protect(from: 0)
        var refused: JournalError?
        var last = 1
        while refused == nil, last < 1000 {
            do {
                try journal.commit(JournalBench.batch(last..<last + 1))
                last += 1
            } catch let error as JournalError {
                refused = error
            }
        }
        guard case .full(_, protected: 0) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        #expect(try JournalBench.numbers(in: folder.path) == Array(0..<last))
        journal.protect(from: journal.head)
        try journal.commit(JournalBench.batch(last..<last + 1))
        #expect(try JournalBench.numbers(in: folder.path).last == last)
    }

    @Test func `a batch may span several segments`() throws {
        var journal = try create()
        try journal.commit(JournalBench.batch(0..<130))
        #expect(try JournalBench.numbers(in: folder.path) == Array(0..<130))
        let report = try JournalReader(folder: folder.path).verifyChain()
        #expect(report.faults == [])
        #expect(report.verifiedSegments >= 2)
        #expect(report.openSegments == 1)
    }

    @Test func `a payload beyond its limit is refused and nothing changes`() throws {
        let batch = RecordBatch()
        #expect(throws: JournalError.recordTooLarge(bytes: 262_145, limit: 262_144)) {
            try batch.append(
                kind: .message,
                receivedAt: JournalBench.start,
                payload: [UInt8](repeating: 1, count: 262_145)
            )
        }
        #expect(batch.isEmpty)
        var journal = try create()
        let large = try JournalBench.batch(0..<1, payloadBytes: 5000)
        #expect(throws: JournalError.self) { try journal.commit(large) }
        try journal.commit(JournalBench.batch(0..<1))
        #expect(try JournalBench.numbers(in: folder.path) == [0])
    }

    @Test func `a changed byte breaks the chain at its segment`() throws {
        var journal = try create()
        try journal.commit(JournalBench.batch(0..<130))
        let file = try StorageFile(folder.path(of: "journal"), .readWrite)
        try unsafe file.write([0xFF].span.bytes, at: 4096 + 200)
        let report = try JournalReader(folder: folder.path).verifyChain()
        #expect(report.faults == ["segment 0 has a record that fails its check"])
        #expect(throws: JournalError.self) {
            try JournalReader(folder: folder.path)
                .scan(from: 0, to: journal.head) { (_) throws(JournalError) in true }
        }
    }

    @Test func `damage before what the store has taken is never mistaken for a torn end`() throws {
        do {
            var journal = try create()
            try journal.commit(JournalBench.batch(0..<20))
            #expect(journal.head > 1000)
        }
        let file = try StorageFile(folder.path(of: "journal"), .readWrite)
        try unsafe file.write([0xFF].span.bytes, at: 4096 + 200)
        #expect(throws: JournalError.self) {
            _ = try Journal.open(folder: folder.path, committed: 1000).head
        }
    }

    @Test func `settings outside their limits are refused`() {
        for settings in [
            JournalBench.small(sizeBytes: 16_384, segmentBytes: 5000),
            JournalBench.small(sizeBytes: 8192, segmentBytes: 4096),
            JournalSettings(segmentBytes: JournalSettings.minimumSegmentBytes - 4096),
            JournalSettings(sizeBytes: 1 << 45),
        ] {
            #expect(throws: JournalError.self) {
                _ = try Journal.create(
                    folder: folder.path,
                    settings: settings,
                    at: JournalBench.start
                ).head
            }
        }
    }

    @Test func `the smallest segment takes the largest message`() throws {
        let least = JournalSettings.minimumSegmentBytes
        var journal = try create(JournalSettings(sizeBytes: 3 * least, segmentBytes: least))
        let largest = RecordBatch()
        for _ in 0..<4 {
            largest.removeAll()
            try largest.append(
                kind: .message,
                receivedAt: JournalBench.start,
                topic: [UInt8](repeating: 1, count: 65_535),
                payload: [UInt8](repeating: 2, count: 262_144)
            )
            try journal.commit(largest)
        }
        #expect(journal.statistics.committedRecords == 4)
    }
}
