import Telemetry
import TestKit
import Testing

@testable import RingStore

/// Names and numbers of the page about the format are those of the code.
struct FormatNumbersTests {
    let page: FormatPage

    init() throws { page = try FormatPage() }

    @Test func `limits`() throws {
        let perSlot =
            StoreRoot.largestBytes(slotCount: 1) - StoreRoot.largestBytes(slotCount: 0)
        let smallest = try StoreGeometry(StoreSettings(maximumSeries: 1))
        #expect(StoreSettings.minimumRollupBytes == StoreSettings.minimumRawTierBytes)
        let limits: [String: Int] = [
            "version of the format": Int(StoreGeometry.version),
            "bytes of a page": StoreGeometry.pageBytes,
            "bytes of the smallest slot": StoreGeometry.smallestSlotBytes,
            "bytes of the largest slot": StoreGeometry.largestSlotBytes,
            "slots of a tier with slots between": StoreGeometry.usualSlotCount,
            "bytes of a root beside its slots": StoreRoot.largestBytes(slotCount: 0),
            "bytes of a root for each slot": perSlot,
            "bytes of the catalogue for each series": StoreGeometry.catalogueBytesPerSeries,
            "bytes of the smallest catalogue": smallest.catalogueBytes,
            "bytes of the smallest tier": Int(StoreSettings.minimumRawTierBytes),
            "bytes of the largest tier": Int(StoreSettings.maximumRawTierBytes),
            "bytes of the largest partition": StoreGeometry.largestPartitionBytes,
            "most series": StoreSettings.maximumSeriesLimit,
            "most bytes of a series' labels": StoreSettings.maximumLabelBytes,
            "bytes of a full chunk": RunWriter.fullChunkBytes,
            "bytes of a chunk before its entries": SealedRun.chunkHeaderBytes,
            "bytes of a batch before its labels": CatalogueBatch.headerBytes,
            "most samples of a block": SampleBlock.maximumSamples,
            "largest exponent of decimals": DecimalColumn.largestExponent,
            "most times of a sketch": TimeSketch.capacity,
            "most summarised stretches of a root": SummarizedRecords.maximumStretches,
        ]
        let table = try page.table("Limits", "limit", "value")
        #expect(Set(table["limit"]) == Set(limits.keys))
        for row in table.rows {
            #expect(try FormatPage.number(row[1]) == limits[row[0]], "\(row[0])")
        }
    }

    @Test func `tiers and their files`() throws {
        let table = try page.table("Files", "tier", "file", "begins with", "bucket in ms")
        let tiers = StoreTier.allCases.map { tier in
            [
                tier.rawValue, tier.fileName, String(decoding: tier.magic, as: UTF8.self),
                tier.bucketMilliseconds.map { "\($0)" } ?? "",
            ]
        }
        #expect(table.rows == tiers)
        for tier in StoreTier.allCases { #expect(tier.freshFileName == "\(tier.fileName).new") }
    }

    @Test func `columns of a rollup tier`() throws {
        let table = try page.table("Rollup tiers", "column", "number")
        #expect(table["column"] == RollupColumn.allCases.map { "\($0)" })
        #expect(table["number"] == RollupColumn.allCases.map { "\($0.rawValue)" })
    }

    @Test func `rows of a rollup tier`() throws {
        let heading = "Example: rows of series 2"
        let table = try page.table(heading, "column", "number")
        #expect(table["column"] == RollupColumn.allCases.map { "\($0)" })
        #expect(table["number"] == RollupColumn.allCases.map { "\($0.number(of: 2))" })

        let run = try page.samples(heading)[0].run
        let buckets = RollupBuckets(width: StoreTier.fiveMinutes.bucketMilliseconds ?? 0)
        var rows: [RollupRow] = []
        for (time, bits) in zip(run.times, run.bits) {
            let (end, value) = (buckets.end(of: time), Double(bitPattern: bits))
            if rows.last?.end == end {
                rows[rows.count - 1].summary?.add(time: time, value: value)
            } else {
                let summary = SampleSummary(time: time, value: value)
                rows.append(RollupRow(end: end, summary: summary))
            }
        }
        #expect(table.columns.dropFirst(2) == rows.map { "\($0.end)" }[...])
        for row in rows {
            let written = RollupColumn.allCases.map { column in
                row.value(of: column, isFirst: true).map { "\($0)" } ?? ""
            }
            #expect(written == table["\(row.end)"], "\(row.end)")
        }
    }

    @Test func `the checksum`() throws {
        let table = try page.table("Checksums", "text", "checksum")
        #expect(table.rows.count == 1)
        for row in table.rows {
            let bytes = Array(row[0].utf8)
            let sum = unsafe CRC32C.checksum(bytes.span.bytes)
            #expect(try FormatPage.number(row[1]) == sum)
        }
    }
}
