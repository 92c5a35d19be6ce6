import Telemetry
import TestKit
import Testing

@testable import RingStore

/// The code writes what the page about the format shows, and reads it back.
struct FormatExampleTests {
    let page: FormatPage
    let identity: UInt64

    init() throws {
        page = try FormatPage()
        identity = try page.input("identity")
    }

    /// The layout of the example store.
    private func layout() throws -> StoreGeometry {
        let settings = StoreSettings(
            rawTierBytes: try page.input("bytes of the raw tier"),
            maximumSeries: try page.input("most series")
        )
        return StoreGeometry(
            .raw,
            bytes: settings.rawTierBytes,
            identity: identity,
            catalogueBytes: try StoreGeometry(settings).catalogueBytes
        )
    }

    @Test func `header`() throws {
        let example = try page.example("Example: header")
        let layout = try layout()
        let rest = [UInt8](repeating: 0, count: StoreGeometry.pageBytes - example.bytes.count)
        #expect(layout.page == example.bytes + rest)
        let read = try #require(try StoreGeometry(page: example.bytes + rest, path: ""))
        #expect(read == layout)
        #expect(try example.number("header.slotBytes") == read.slotBytes)
        #expect(try example.number("header.slotCount") == read.slotCount)
        #expect(try example.number("header.catalogueBytes") == read.catalogueBytes)
        #expect(try example.number("header.rootBytes") == read.rootBytes)
    }

    @Test func `parts of a file`() throws {
        let layout = try layout()
        let offsets: [String: UInt64] = [
            "header": 0, "header again": UInt64(StoreGeometry.pageBytes),
            "root 0": layout.rootOffset(0), "root 1": layout.rootOffset(1),
            "catalogue": layout.catalogueOffset, "slots": layout.slotOffset(0),
            "end": layout.fileBytes,
        ]
        let table = try page.table("Files", "part", "bytes", "at", "in the example")
        #expect(Set(table["part"]) == Set(offsets.keys))
        for row in table.rows {
            #expect(try FormatPage.number(row[3]) == offsets[row[0]], "\(row[0])")
            if let bytes = Int(row[1]) { #expect(bytes == StoreGeometry.pageBytes) }
            if let fixed = UInt64(row[2]) { #expect(fixed == offsets[row[0]], "\(row[0])") }
        }
    }

    @Test func `root of the raw tier`() throws {
        let example = try page.example("Example: root of the raw tier")
        var root = StoreRoot()
        root.sequence = try example.number("root.number")
        root.mark.checkpointCount = try example.number("root.checkpoints")
        root.mark.journalPosition = try example.number("root.journalPosition")
        root.mark.catalogueBytes = try example.number("root.catalogueBytes")
        root.horizon = try example.number("root.horizon")
        root.damagedBlockCount = try example.number("root.damagedBlocks")
        for (end, lateFrom) in zip(
            example.values("summarized.end"),
            example.values("summarized.lateFrom")
        ) {
            root.mark.summarized.extend(
                to: try FormatPage.number(end),
                lateFrom: try FormatPage.number(lateFrom)
            )
        }
        root.partitions = []
        let runCounts = example.values("partition.runs")
        for (start, count) in zip(example.values("partition.start"), runCounts) {
            let runs = try count == "0" ? [] : [run(example)]
            root.partitions.append(.init(start: try FormatPage.number(start), runs: runs))
        }
        #expect(root.bytes(identity: identity) == example.bytes)
        let rest: [UInt8] = [1, 2, 3]
        #expect(StoreRoot(example.bytes + rest, identity: identity, tier: .raw) == root)
    }

    /// The only run of a root.
    private func run(_ root: FormatPage.Example) throws -> RunRecord {
        RunRecord(
            number: try root.number("run.number"),
            dataBytes: try root.number("run.dataBytes"),
            indexBytes: try root.number("run.indexBytes"),
            sampleCount: try root.number("run.samples"),
            earliest: try root.number("run.earliest"),
            latest: try root.number("run.latest"),
            slots: [try root.number("run.slot")]
        )
    }

    @Test func `first root of a rollup tier`() throws {
        let example = try page.example("Example: first root of a rollup tier")
        for tier in StoreTier.rollups {
            let root = StoreRoot.empty(tier)
            #expect(root.bytes(identity: identity) == example.bytes)
            #expect(StoreRoot(example.bytes, identity: identity, tier: tier) == root)
            #expect(try example.number("root.frontier") == root.mark.frontier)
        }
    }

    @Test func `batch of the catalogue`() throws {
        let example = try page.example("Example: batch")
        let labels = zip(example.values("label.name"), example.values("label.value"))
            .map { Label($0, $1) }
        var numbers = example.values("series.label")
        var catalogue = SeriesCatalogue()
        for count in example.values("series.labels") {
            let count: Int = try FormatPage.number(count)
            let own = try numbers[..<count].map { labels[try FormatPage.number($0)] }
            numbers.removeFirst(count)
            _ = catalogue.append(Labels(own))
        }
        let start = CatalogueBatch.Position()
        let bytes = CatalogueBatch.encode(catalogue, after: start, identity: identity)
        #expect(bytes == example.bytes)
        var read = SeriesCatalogue()
        let end = CatalogueBatch.decode(
            example.bytes,
            at: start,
            identity: identity,
            into: &read
        )
        #expect(end?.byteCount == (try example.number("batch.length")))
        #expect(end?.seriesCount == (try example.number("batch.seriesCount")))
        #expect(end?.labelCount == (try example.number("batch.labelCount")))
        for series in 0..<UInt32(catalogue.count) {
            #expect(read.labels(of: series) == catalogue.labels(of: series))
        }
    }

    @Test func `deletion`() throws {
        let example = try page.example("Example: deletion")
        let first: Int64 = try example.number("deletion.first")
        let deletion = DeletionIntent(
            identity: try example.number("deletion.identity"),
            range: first...(try example.number("deletion.last")),
            series: try example.values("deletion.series").map { try FormatPage.number($0) }
        )
        #expect(deletion.bytes == example.bytes)
        #expect(DeletionIntent(example.bytes) == deletion)
        #expect(deletion.series.count == (try example.number("deletion.seriesCount")))
        let files = try page.table("Deletions", "file", "what")["file"]
        #expect(files == [DeletionIntent.fileName, DeletionLog.fileName])
    }

    @Test func `chunk and index of a run`() throws {
        let folder = try TemporaryFolder()
        let disk = StoreDisk(
            file: try StorageFile(folder.path(of: "store"), .createNew),
            geometry: try layout()
        )
        let samples = try page.samples("Example: samples of a run")
        var writer = RunWriter(disk: disk, number: try page.input("number of the run"))
        for (series, run) in samples { writer.append(series, run, 0..<run.count) }
        writer.finish()
        let bytes = Array(try #require(writer.nextSlotful(isFinished: true)))
        let chunk = try page.example("Example: chunk of that run").bytes
        #expect(bytes == chunk + (try page.example("Example: index of that run").bytes))

        let record = try run(page.example("Example: root of the raw tier"))
        let offset = disk.geometry.slotOffset(record.slots[0])
        try unsafe disk.file.write(bytes.span.bytes, at: offset)
        writer.passSlotful(record.slots[0])
        #expect(writer.sealedRun().record == record)
        let read = try #require(try SealedRun.open(record, disk: disk))
        #expect(read.series.sorted == samples.map(\.series))
        for (series, run) in samples {
            var part = SampleRun()
            try read.read(series, in: .min ... .max, into: &part)
            #expect(part.times == run.times && part.bits == run.bits, "series \(series)")
        }
    }

    @Test(arguments: [
        "Example: a block with everything in it", "Example: a block of a counter",
        "Example: a block of other values",
    ])
    func `block`(heading: String) throws {
        let example = try page.example(heading)
        let run = try page.samples(heading)[0].run
        var block = SampleBlock()
        let encoded = block.encode(run, from: 0, to: run.count)
        #expect(encoded.next == run.count)
        #expect(encoded.bytes == example.bytes)
        var (numbers, read) = ([Int64](), SampleRun())
        let isWhole = SampleBlock.decode(
            ByteReader(example.bytes),
            count: run.count,
            firstTime: run.times[0],
            in: .min ... .max,
            &numbers,
            into: &read
        )
        #expect(isWhole)
        #expect(read.times == run.times && read.bits == run.bits)
    }
}
