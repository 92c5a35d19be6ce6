import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// A root that fails is told, and is a fault only when nothing has what it knew.
struct StoreCheckTests {
    private func write(_ byte: UInt8, _ file: String, at offset: UInt64) throws {
        let handle = try #require(FileHandle(forUpdatingAtPath: file))
        try handle.seek(toOffset: offset)
        let old = try #require(try handle.read(upToCount: 1)).first ?? 0
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data([old ^ byte]))
        try handle.close()
    }

    /// A store with a damaged root in one of its files.
    private func store(_ folder: TemporaryFolder, damaging file: String) throws -> StoreFolder {
        let store = try StoreFolder(
            folder.path(of: "data"),
            settings: StoreFolder.rollupSettings
        )
        let start = Instant(milliseconds: 1_773_075_600_000)
        for day: Int64 in 0..<3 {
            try store.write([
                (["__name__": "up"], Sample(time: start + .days(day), value: Double(day)))
            ])
        }
        #expect(try StoreCheck(dataFolder: store.path).faultCount == 0)
        // The first root, behind two header pages.
        try write(1, "\(store.path)/\(file)", at: 2 * 4096 + 20)
        return store
    }

    @Test func `a root that fails in a store alone is a fault`() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, damaging: "store")
        let check = try StoreCheck(dataFolder: store.path)
        #expect(check.notes.count == 1 && check.faultCount == 1, "\(check)")
        #expect(check.faults.first?.contains("journal, there is none") == true)
    }

    @Test func `a root that fails is a note when the journal reaches back to the other one`()
        throws
    {
        let folder = try TemporaryFolder()
        let store = try StoreFolder(
            folder.path(of: "data"),
            settings: StoreFolder.rollupSettings
        )
        let now = Instant(milliseconds: 1_773_500_000_000)
        let journal = JournalSettings(sizeBytes: 16 << 20, segmentBytes: 1 << 20)
        let head = try Journal.create(folder: store.path, settings: journal, at: now).head
        var opened = try RingStore.open(folder: store.path, settings: store.settings)
        let series = try opened.series(for: ["__name__": "up"])
        for day: Int64 in 0..<3 {
            _ = opened.append(series, Sample(time: now + .days(day), value: 1))
            try opened.checkpoint(journalPosition: head)
        }
        _ = consume opened
        try write(1, "\(store.path)/store", at: 2 * 4096 + 20)
        let check = try StoreCheck(dataFolder: store.path)
        #expect(check.notes.count == 1 && check.faults == [], "\(check)")
    }

    /// A checkpoint names position 0 when it is made before anything has come.
    @Test func `a root that fails is a note when the journal still has everything`() throws {
        let folder = try TemporaryFolder()
        let store = try StoreFolder(folder.path(of: "data"))
        let journal = JournalSettings(sizeBytes: 16 << 20, segmentBytes: 1 << 20)
        _ = try Journal.create(
            folder: store.path,
            settings: journal,
            at: Instant(milliseconds: 1_773_500_000_000)
        )
        var opened = try RingStore.open(folder: store.path, settings: store.settings)
        try opened.checkpoint(journalPosition: 0)
        _ = consume opened
        try write(1, "\(store.path)/store", at: 2 * 4096 + 20)
        let check = try StoreCheck(dataFolder: store.path)
        #expect(check.notes.count == 1 && check.faults == [], "\(check)")
    }

    @Test(arguments: [64, 3 << 20] as [UInt64])
    func `a journal that ends before what the store has taken of it is a fault`(
        missingBytes: UInt64
    ) throws {
        let folder = try TemporaryFolder()
        let store = try StoreFolder(folder.path(of: "data"))
        let journal = JournalSettings(sizeBytes: 16 << 20, segmentBytes: 1 << 20)
        let head = try Journal.create(
            folder: store.path,
            settings: journal,
            at: Instant(milliseconds: 1_773_500_000_000)
        ).head
        let position = head + missingBytes
        var opened = try RingStore.open(folder: store.path, settings: store.settings)
        try opened.checkpoint(journalPosition: position)
        _ = consume opened
        let check = try StoreCheck(dataFolder: store.path)
        let end = "it ends at position \(head), and the store has taken it up to \(position)"
        #expect(check.faults == ["journal, \(end)"])
    }

    @Test func `a rollup root that fails is a note while the samples are there`() throws {
        let folder = try TemporaryFolder()
        let store = try store(folder, damaging: "store.1h")
        let check = try StoreCheck(dataFolder: store.path)
        #expect(check.notes.count == 1 && check.faults == [], "\(check)")
        #expect(check.notes.first?.hasPrefix("store.1h, root 0") == true, "\(check.notes)")
    }
}
