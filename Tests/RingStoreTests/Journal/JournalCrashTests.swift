@testable import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// File calls that write only so many bytes, then fail, as a power cut would leave them.
final class PowerCut: FileCalls, Sendable {
    private let left: Mutex<Int>
    private let failsSync: Mutex<Bool>

    init(afterBytes bytes: Int = .max, failsSync: Bool = false) {
        left = Mutex(bytes)
        self.failsSync = Mutex(failsSync)
    }

    func failSync(_ fails: Bool) { failsSync.withLock { $0 = fails } }

    /// Bytes that may still be written.
    func allow(_ bytes: Int) { left.withLock { $0 = bytes } }

    func write(_ descriptor: Int32, _ bytes: RawSpan, at offset: UInt64) -> Int {
        let allowed = left.withLock { left in
            let allowed = min(left, bytes.byteCount)
            left -= allowed
            return allowed
        }
        guard allowed > 0 else { return -5 }
        return SystemFileCalls().write(descriptor, bytes.extracting(first: allowed), at: offset)
    }

    func synchronizeData(_ descriptor: Int32) -> Int {
        if failsSync.withLock({ $0 }) { return -5 }
        return left.withLock { $0 } == 0 ? -5 : SystemFileCalls().synchronizeData(descriptor)
    }
}

@Suite struct JournalCrashTests {
    /// A new journal with 44 records, near the end of its first segment.
    private static func begun(
        in folder: TemporaryFolder,
        _ calls: PowerCut
    ) throws -> Journal {
        var journal = try Journal.create(
            folder: folder.path,
            settings: JournalBench.settings,
            at: JournalBench.start,
            calls: calls
        )
        try journal.commit(JournalBench.batch(0..<44))
        return journal
    }

    @Test func `a commit cut short at any byte leaves all earlier records and whole ones only`()
        throws
    {
        // The last batch crosses a segment, so that its end and the next header are cut as well.
        var cut = 0
        var isWhole = false
        while !isWhole {
            let folder = try TemporaryFolder()
            let calls = PowerCut()
            do {
                var journal = try Self.begun(in: folder, calls)
                calls.allow(cut)
                do {
                    try journal.commit(JournalBench.batch(44..<52))
                    isWhole = true
                } catch {}
            }
            var journal = try Journal.open(folder: folder.path)
            let numbers = try JournalBench.numbers(in: folder.path)
            #expect(numbers.count >= 44, "cut after \(cut) bytes")
            #expect(numbers == Array(0..<numbers.count), "cut after \(cut) bytes")
            try journal.commit(JournalBench.batch(numbers.count..<100))
            #expect(try JournalBench.numbers(in: folder.path) == Array(0..<100))
            #expect(try JournalReader(folder: folder.path).verifyChain().faults == [])
            cut += 1
        }
        #expect(cut > 400)
    }

    @Test func `a long commit that fails twice at any bytes leaves all earlier records`() throws {
        // Some segments long: headers of the first attempt stand behind those of the second.
        let segment = Int(JournalBench.settings.segmentBytes)
        for first in stride(from: segment / 2, to: 4 * segment, by: segment / 5) {
            for second in stride(from: 1, to: 3 * segment, by: segment / 7) {
                let folder = try TemporaryFolder()
                let calls = PowerCut()
                do {
                    var journal = try Self.begun(in: folder, calls)
                    journal.protect(from: journal.tail)
                    let long = try JournalBench.batch(44..<200)
                    for allowed in [first, second] {
                        calls.allow(allowed)
                        if (try? journal.commit(long)) != nil { break }
                    }
                }
                let place = "cut after \(first) and \(second) bytes"
                _ = try Journal.open(folder: folder.path)
                let numbers = try JournalBench.numbers(in: folder.path)
                #expect(numbers.count >= 44, "\(place)")
                #expect(numbers == Array(0..<numbers.count), "\(place)")
                #expect(try JournalReader(folder: folder.path).verifyChain().faults == [])
            }
        }
    }

    @Test func `a commit that the disk refused can be made again, or given up`() throws {
        let folder = try TemporaryFolder()
        let calls = PowerCut()
        var journal = try Journal.create(
            folder: folder.path,
            settings: JournalBench.settings,
            at: JournalBench.start,
            calls: calls
        )
        try journal.commit(JournalBench.batch(0..<40))
        let head = journal.head
        calls.failSync(true)
        let batch = try JournalBench.batch(40..<60)
        #expect(throws: JournalError.self) { try journal.commit(batch) }
        #expect(journal.head == head)
        #expect(journal.statistics.failedCommits == 1)
        calls.failSync(false)
        try journal.commit(batch)
        #expect(try JournalBench.numbers(in: folder.path) == Array(0..<60))

        calls.failSync(true)
        #expect(throws: JournalError.self) { try journal.commit(JournalBench.batch(900..<930)) }
        calls.failSync(false)
        // Of another length, so that remains of the refused records might stand behind these.
        try journal.commit(JournalBench.batch(60..<61, payloadBytes: 71))
        #expect(try JournalBench.numbers(in: folder.path) == Array(0..<61))
        #expect(try JournalReader(folder: folder.path).verifyChain().faults == [])
    }

    @Test func `records of a commit that failed in a new segment never come back`() throws {
        var crossings = 0
        for cut in stride(from: 0, to: 1950, by: 15) {
            let folder = try TemporaryFolder()
            let calls = PowerCut()
            var journal = try Self.begun(in: folder, calls)
            let segment = journal.newestSegment
            calls.allow(cut)
            #expect(throws: JournalError.self) { try journal.commit(JournalBench.batch(44..<70)) }
            calls.allow(.max)
            // As long as those before, so that those stand exactly behind these.
            try journal.commit(JournalBench.batch(70..<84))
            if journal.newestSegment > segment { crossings += 1 }
            let numbers = try JournalBench.numbers(in: folder.path)
            #expect(numbers == Array(0..<44) + Array(70..<84), "cut after \(cut) bytes")
        }
        #expect(crossings > 100)
    }

    @Test func `what the disk refused to clear never comes back after a power cut`() throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        var journal = try Journal.create(
            folder: path,
            settings: JournalBench.settings,
            at: JournalBench.start,
            calls: disk
        )
        // One lap, so that behind the head lies nothing else that has to be cleared first.
        for first in stride(from: 0, to: 300, by: 20) {
            try journal.commit(JournalBench.batch(first..<first + 20))
        }
        var committed = Array(0..<300)
        var generator = SeededGenerator(seed: 4)
        let root = try TemporaryFolder()
        for round in 0..<60 {
            // The first wait fails with records behind the head, the second with zeros over them.
            disk.fail(DiskFaults(after: 0, of: [.synchronizeData], code: 5, times: 2))
            for _ in 0..<2 {
                #expect(throws: JournalError.self) {
                    try journal.commit(JournalBench.batch(900..<906))
                }
            }
            // As long as those before, so that those would stand exactly behind these.
            let numbers = 300 + 2 * round..<302 + 2 * round
            try journal.commit(JournalBench.batch(numbers))
            committed += numbers
            let stopped = FaultyDisk(root, disk.contents.afterPowerCut(using: &generator))
            let folder = stopped.path(of: "data")
            _ = try Journal.open(folder: folder, calls: stopped).head
            let found = try JournalBench.numbers(in: folder, calls: stopped)
            #expect(found == committed.suffix(found.count), "round \(round)")
            #expect(found.last == committed.last, "round \(round)")
        }
    }

    @Test func `a power cut while a new segment takes an old one's place leaves no half of either`()
        throws
    {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        do {
            var journal = try Journal.create(
                folder: path,
                settings: JournalBench.settings,
                at: JournalBench.start,
                calls: disk
            )
            for number in 0..<100 {
                try journal.commit(JournalBench.batch(number * 10..<number * 10 + 10))
                disk.mark(number * 10 + 10)
            }
            #expect(journal.tail > 0, "the ring has not gone round")
        }
        let root = try TemporaryFolder()
        var generator = SeededGenerator(seed: 3)
        var state = DiskState()
        var committed = 0
        for operation in disk.operations {
            state.apply(operation)
            if case .mark(let count) = operation { committed = count }
            guard committed > 0 else { continue }
            for _ in 0..<4 {
                let stopped = FaultyDisk(root, state.afterPowerCut(using: &generator))
                let folder = stopped.path(of: "data")
                _ = try Journal.open(folder: folder, calls: stopped).head
                let numbers = try JournalBench.numbers(in: folder, calls: stopped)
                let last = try #require(numbers.last)
                #expect(numbers == Array(numbers[0]...last), "after \(committed)")
                #expect((committed - 1..<committed + 10).contains(last))
                let reader = try JournalReader(folder: folder, calls: stopped)
                #expect(try reader.verifyChain().faults == [], "after \(committed)")
            }
        }
    }

    @Test func `random commits, cuts and laps lose nothing that was committed`() throws {
        var random = SeededGenerator.forTest()
        let seed = random.seed
        let folder = try TemporaryFolder()
        _ = try Journal.create(
            folder: folder.path,
            settings: JournalBench.settings,
            at: JournalBench.start
        ).head
        var next = 0
        for _ in 0..<60 {
            let calls = PowerCut()
            var journal = try Journal.open(folder: folder.path, calls: calls)
            var committed = next
            let present = try JournalBench.numbers(in: folder.path)
            if let first = present.first, let last = present.last {
                #expect(present == Array(first...last), "seed \(seed)")
                #expect(last >= next - 1, "seed \(seed)")
                committed = last + 1
            }
            next = committed
            do {
                for _ in 0..<Int.random(in: 0...6, using: &random) {
                    if Int.random(in: 0..<5, using: &random) == 0 {
                        calls.allow(Int.random(in: 0...2000, using: &random))
                    }
                    let count = Int.random(in: 1...20, using: &random)
                    let size = Int.random(in: 20...90, using: &random)
                    try journal.commit(
                        JournalBench.batch(next..<next + count, payloadBytes: size)
                    )
                    next += count
                }
            } catch {}
        }
        #expect(next > 200)
        #expect(try JournalReader(folder: folder.path).verifyChain().faults == [])
    }

    @Test func `a disk without room is told at creation, and nothing is left behind`() throws {
        let folder = try TemporaryFolder()
        struct Refusing: FileCalls {
            func allocate(_ descriptor: Int32, sizeBytes: UInt64) -> Int { -28 }
        }
        #expect(throws: JournalError.self) {
            _ = try Journal.create(
                folder: folder.path,
                settings: JournalBench.settings,
                at: JournalBench.start,
                calls: Refusing()
            ).head
        }
        #expect(try StorageFolder(folder.path).names() == [])
        #expect(throws: JournalError.self) {
            _ = try Journal.create(
                folder: folder.path,
                settings: JournalSettings(sizeBytes: 1 << 44, segmentBytes: 1 << 30),
                at: JournalBench.start
            ).head
        }
        #expect(try StorageFolder(folder.path).names() == [])
    }
}
