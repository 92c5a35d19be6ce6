import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// A copy of a journal holds whole records up to a moment, whatever is committed meanwhile.
struct JournalCopyTests {
    private static let settings = JournalBench.small(
        sizeBytes: 16 * 65_536,
        segmentBytes: 65_536
    )

    /// A journal that is written by whoever reads the file, on the same thread.
    private final class Writer: @unchecked Sendable {
        // Unchecked: it is called from the thread of its test only.
        private var journal: Journal
        private var count = 0
        private(set) var error: (any Error)?

        init(_ path: String) throws {
            journal = try Journal.create(
                folder: path,
                settings: JournalCopyTests.settings,
                at: JournalBench.start
            )
        }

        /// Where the next record will lie.
        var head: UInt64 { journal.head }
        var written: Int { count }

        func write(_ records: Int) {
            do {
                let batch = try JournalBench.batch(count..<count + records, payloadBytes: 900)
                try journal.commit(batch)
                count += records
            } catch {
                self.error = error
            }
        }
    }

    @Test(arguments: [3, 5, 8, 13])
    func `a ring that goes on is copied as a whole chain`(every: Int) throws {
        let folder = try TemporaryFolder()
        let (path, target) = (folder.path(of: "data"), folder.path(of: "copy"))
        let writer = try Writer(path)
        for _ in 0..<100 { writer.write(17) }
        let committed = writer.head
        let known = writer.written
        let calls = InterleavingCalls(every: every) { writer.write(20) }
        let copy = try JournalCopy.make(
            from: path,
            to: target,
            committed: committed,
            calls: calls
        )
        #expect(writer.error == nil)
        #expect(writer.written > known, "nothing was written meanwhile")
        #expect(copy.head >= committed && copy.tail <= committed)
        let numbers = try JournalBench.numbers(in: target)
        let (first, last) = (try #require(numbers.first), try #require(numbers.last))
        #expect(numbers == Array(first...last))
        #expect(last >= known - 1, "records that were committed before are missing")
        let report = try JournalReader(folder: target).verifyChain()
        #expect(report.faults.isEmpty)
        #expect(report.verifiedSegments + report.openSegments == copy.segmentCount)
        // The copy goes on as a journal of its own.
        var journal = try Journal.open(folder: target, committed: committed)
        try journal.commit(JournalBench.batch(last + 1..<last + 100))
        #expect(try JournalBench.numbers(in: target).last == last + 99)
    }

    @Test func `a ring that passes what the store needs is told, and nothing is left`() throws {
        let folder = try TemporaryFolder()
        let (path, target) = (folder.path(of: "data"), folder.path(of: "copy"))
        let writer = try Writer(path)
        for _ in 0..<100 { writer.write(17) }
        let committed = try JournalReader(folder: path).tail()
        let calls = InterleavingCalls(every: 3) { writer.write(60) }
        let error = #expect(throws: JournalError.self) {
            _ = try JournalCopy.make(
                from: path,
                to: target,
                committed: committed,
                calls: calls
            )
        }
        guard case .overwritten(committed, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try StorageFolder(target).names().isEmpty)
    }

    @Test func `no journal and a full disk are told`() throws {
        let folder = try TemporaryFolder()
        #expect(throws: JournalError.self) {
            _ = try JournalCopy.make(
                from: folder.path,
                to: folder.path(of: "copy"),
                committed: 0
            )
        }
        let writer = try Writer(folder.path(of: "data"))
        writer.write(10)
        let error = #expect(throws: JournalError.self) {
            _ = try JournalCopy.make(
                from: folder.path(of: "data"),
                to: folder.path(of: "copy"),
                committed: 0,
                calls: FullDisk()
            )
        }
        #expect("\(try #require(error))".contains("1000 bytes are available"))
    }
}
