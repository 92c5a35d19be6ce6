import Telemetry
import TestKit
import Testing

@testable import RingStore

/// A checkpoint writes in the order that the page about the format gives.
struct FormatWriteOrderTests {
    @Test func `order of writes of a checkpoint`() throws {
        let disk = try FaultyDisk()
        var settings = StoreSettings.small()
        settings.rollupBytes[.fiveMinutes] = StoreSettings.minimumRollupBytes
        let folder = disk.path(of: "data")
        var store = try RingStore.create(folder: folder, settings: settings, calls: disk)
        let series = try store.series(for: Labels(metric: "level_metres"))
        for hours: Int64 in [0, 8] {
            let time = Instant(milliseconds: hours * 3_600_000)
            _ = store.append(series, Sample(time: time, value: 2))
        }
        disk.mark(1)
        try store.checkpoint(journalPosition: 1)

        let layouts = [store.raw.disk.geometry] + store.rollups.map(\.ring.disk.geometry)
        let steps = try steps(of: disk.operations, layouts)
        let table = try FormatPage().table("Order of writes", "step", "tier", "why")
        #expect(steps == table.rows.map { Array($0[...1]) })
    }

    /// What was written behind the mark, and which tier it belongs to.
    private func steps(
        of operations: [DiskOperation],
        _ layouts: [StoreGeometry]
    ) throws -> [[String]] {
        // Files are numbered as they are made.
        var files: [StoreGeometry] = []
        var isMarked = false
        var steps: [[String]] = []
        for operation in operations {
            switch operation {
            case .create(let name):
                let layout = layouts.first { name.hasSuffix("/\($0.tier.freshFileName)") }
                files.append(try #require(layout, "\(name)"))
            case .mark: isMarked = true
            case .write(let file, let offset, _) where isMarked:
                steps.append([part(at: UInt64(offset), of: files[file]), files[file].tier.rawValue])
            case .synchronize(let file) where isMarked:
                steps.append(["wait", files[file].tier.rawValue])
            default: #expect(!isMarked, "\(operation)")
            }
        }
        return steps
    }

    private func part(at offset: UInt64, of layout: StoreGeometry) -> String {
        if offset >= layout.slotOffset(0) { return "slots" }
        if offset >= layout.catalogueOffset { return "catalogue" }
        return offset >= layout.rootOffset(0) ? "root" : "header"
    }
}
