import Telemetry
import TestKit
import Testing

@testable import RingStore

/// Deletions that a crash meets at a bad moment: all of one is done, or nothing.
struct DeletionCrashTests {
    private static let folder = "data"
    private static let series = SeriesID(3)

    /// The real folder for the locks of all disks.
    private let root: TemporaryFolder
    /// A disk with a store of several stretches of time.
    private let written: DiskState
    private let path: String
    /// What the store holds, and what it shall hold.
    private let before: StoreModel
    private let after: StoreModel
    private let range: ClosedRange<Int64>

    init() throws {
        root = try TemporaryFolder()
        let disk = FaultyDisk(root)
        path = disk.path(of: Self.folder)
        before = try WrittenStore.make(path, seed: 71, checkpoints: 3, calls: disk).model
            .keepingOnly(Self.series.rawValue)
        written = disk.contents
        let times = try #require(before.samples[Self.series.rawValue]).keys.sorted()
        range = times[times.count / 8]...times[times.count - times.count / 8]
        var after = before
        after.remove(Self.series, in: range)
        self.after = after
    }

    private func open(_ disk: FaultyDisk) throws -> RingStore {
        var settings = try RingStore.sizes(folder: path, calls: disk)
        settings.maximumSeries = WrittenStore.settings.maximumSeries
        return try RingStore.open(folder: path, settings: settings, calls: disk)
    }

    private func delete(from store: inout RingStore) throws {
        let deletion = StoreDeletion(
            range: Instant(
                milliseconds: range.lowerBound
            )...Instant(
                milliseconds: range.upperBound
            ),
            selection: "{}",
            author: "Hoàng Văn A",
            reason: "đồng hồ chạy sai",
            time: Instant(milliseconds: range.upperBound)
        )
        _ = try store.delete([Self.series], deletion, journalPosition: store.journalPosition)
    }

    @Test func `one that was not on the disk when the process died is done wholly or not at all`()
        throws
    {
        var generator = SeededGenerator(seed: 72)
        var (calls, interruptions) = (0, 0)
        var isOver = false
        while !isOver {
            let disk = FaultyDisk(root, written)
            do {
                var store = try open(disk)
                disk.fail(DiskFaults(callsToLive: calls))
                #expect(throws: StoreError.self) { try delete(from: &store) }
            }
            disk.clearFaults()
            calls += 1
            let died = disk.contents
            guard died.names(in: Self.folder).contains(DeletionIntent.freshFileName) else {
                isOver = interruptions > 0
                continue
            }
            interruptions += 1
            // Another process finds what this one left in the system's memory.
            let next = FaultyDisk(root, died)
            _ = try open(next).journalPosition
            var state = died
            for operation in next.operations {
                state.apply(operation)
                let stopped = FaultyDisk(root, state.afterPowerCut(using: &generator))
                let found = try open(stopped).view
                let isNothing = try before.difference(from: found) == nil
                let isAll = try after.difference(from: found) == nil
                #expect(
                    isNothing || isAll,
                    "died after \(calls) calls, power cut after \(operation)"
                )
            }
        }
        #expect(interruptions > 1)
    }

    @Test func `one that a rebuilt store takes over survives a power cut at any moment`() throws {
        let disk = FaultyDisk(root, written)
        let storage = StorageFolder(path, calls: disk)
        let identity = try LoadedStore.disk(storage, .readOnly).geometry.identity
        let intent = DeletionIntent(
            identity: identity,
            range: range,
            series: [Self.series.rawValue]
        )
        try storage.replace(DeletionIntent.fileName, with: intent.bytes)
        var state = disk.contents
        let known = disk.operationCount
        _ = try RingStore.rebuild(
            folder: path,
            rawTierBytes: 2 * WrittenStore.settings.rawTierBytes,
            calls: disk
        )
        var generator = SeededGenerator(seed: 73)
        var stops = 0
        for operation in disk.operations.dropFirst(known) {
            state.apply(operation)
            guard state.names(in: Self.folder).contains(DeletionIntent.freshFileName) else {
                continue
            }
            for _ in 0..<16 {
                stops += 1
                let stopped = FaultyDisk(root, state.afterPowerCut(using: &generator))
                let difference = try after.difference(from: try open(stopped).view)
                #expect(difference == nil, "power cut after \(operation)")
            }
        }
        #expect(stops > 64)
    }
}
