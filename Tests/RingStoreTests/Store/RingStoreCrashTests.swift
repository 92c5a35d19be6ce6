import Glibc
import RingStore
import Telemetry
import TestKit
import Testing

/// What a store on a failing disk does, step by step; ``StoreFaultTests`` draws such steps.
struct RingStoreCrashTests {
    @Test func `what a restart found survives a power cut, wherever the process before it died`()
        throws
    {
        let settings = StoreSettings.small(maximumSeries: 16)
        let root = try TemporaryFolder()
        var deaths = 0
        var restored = 0
        for calls in 0..<12 {
            for seed: UInt64 in 0..<8 {
                let disk = FaultyDisk(root)
                let path = disk.path(of: "data")
                var model = StoreModel()
                var store = Optional(
                    try RingStore.create(folder: path, settings: settings, calls: disk)
                )
                func append(_ times: Range<Int64>) throws {
                    guard let series = try store?.series(for: StoreBench.labels(0)) else { return }
                    for time in times {
                        let sample = StoreWords.sample(time * 1000, Double(time) / 7)
                        _ = model.append(series, sample)
                        _ = store?.append(series, sample)
                    }
                }
                try append(0..<1000)
                try store?.checkpoint(journalPosition: 1)
                let before = model
                try append(1000..<2000)
                disk.fail(DiskFaults(callsToLive: calls))
                do { try store?.checkpoint(journalPosition: 2) } catch { deaths += 1 }
                disk.clearFaults()
                store = nil
                store = try RingStore.open(folder: path, settings: settings, calls: disk)
                let position = store?.journalPosition
                if position == 1 { model = before } else { restored += 1 }
                let found = model
                // Slots are given away by what was found, and the next root is on its way.
                try append(2000..<4000)
                disk.fail(DiskFaults(callsToLive: 2 + Int(seed)))
                do { try store?.checkpoint(journalPosition: 3) } catch { deaths += 1 }
                store = nil
                disk.cutPower(seed: seed)
                disk.clearFaults()
                var opened = try RingStore.open(folder: path, settings: settings, calls: disk)
                let place = "died after \(calls) calls, seed \(seed)"
                if opened.journalPosition != 3 {
                    #expect(opened.journalPosition == position, "\(place)")
                    #expect(try found.difference(from: opened.snapshot()) == nil, "\(place)")
                }
                try opened.checkInvariants()
            }
        }
        #expect(deaths > 50)
        #expect(restored > 0)
    }

    @Test(arguments: [DiskFaults.Call.write, .synchronizeData])
    func `a checkpoint that the disk refuses changes nothing, and the next one goes through`(
        call: DiskFaults.Call
    ) throws {
        let disk = try FaultyDisk()
        let path = disk.path(of: "data")
        let settings = StoreSettings.small(maximumSeries: 16)
        _ = try RingStore.create(folder: path, settings: settings, calls: disk)
        var model = StoreModel()
        var position: UInt64 = 0
        var failures = 0
        do {
            var store = try RingStore.open(folder: path, settings: settings, calls: disk)
            var generator = SeededGenerator(seed: 7)
            for round in 0..<40 {
                for step in 0..<600 {
                    let series = try store.series(for: StoreBench.labels(step % 8))
                    let time = Int64(round * 600_000 + step * 1000)
                    let sample = Sample(
                        time: Instant(milliseconds: time),
                        value: Double(bitPattern: generator.next())
                    )
                    #expect(store.append(series, sample).agrees(with: model.append(series, sample)))
                    position += 1
                }
                let code = round % 2 == 0 ? EIO : ENOSPC
                disk.fail(DiskFaults(after: round % 9, of: [call], code: code))
                do {
                    try store.checkpoint(journalPosition: position)
                } catch {
                    failures += 1
                    #expect(store.journalPosition < position)
                    model.dropSamples(before: store.statistics.horizon)
                    #expect(try model.difference(from: store.snapshot()) == nil)
                    try store.checkInvariants()
                }
                guard !disk.clearFaults() else { continue }
                if round % 3 == 0 { try store.checkpoint(journalPosition: position) }
            }
            try store.checkpoint(journalPosition: position)
            model.dropSamples(before: store.statistics.horizon)
        }
        #expect(failures > 5)
        var store = try RingStore.open(folder: path, settings: settings, calls: disk)
        #expect(store.journalPosition == position)
        #expect(try model.difference(from: store.snapshot()) == nil)
        try store.checkInvariants()
    }

    // MARK: - Files

    static func create(_ path: String, _ settings: StoreSettings) throws {
        _ = try RingStore.create(folder: path, settings: settings)
    }

    static func file(_ path: String, _ name: String = "store") throws -> [UInt8] {
        let file = try StorageFolder(path).open(name, .readOnly)
        return try file.bytes(Int(try file.sizeBytes()), at: 0)
    }

    static func write(_ image: [UInt8], to path: String, _ name: String = "store") throws {
        let folder = StorageFolder(path)
        try folder.createIfMissing()
        if try !folder.contains(name) { _ = try folder.open(name, .createNew) }
        let file = try folder.open(name, .readWrite)
        try unsafe file.write(image.span.bytes, at: 0)
    }
}
