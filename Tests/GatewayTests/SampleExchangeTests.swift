import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// Samples go out as text and come back as they were.
struct SampleExchangeTests {
    /// 2026-03-12, two days after the samples of the tests.
    private let now = Instant(milliseconds: 1_773_273_600_000)

    /// What text keeps of a value: every bit, but of a NaN only that it is one.
    private static func inText(_ bits: UInt64, keepsMarkers: Bool) -> UInt64? {
        if bits == Sample.staleMarkerBits { return keepsMarkers ? bits : nil }
        return Double(bitPattern: bits).isNaN ? Double.nan.bitPattern : bits
    }

    @Test(
        arguments: SampleFormat.allCases,
        [UInt64(1), 2, 3]
    )
    func `what is exported and imported into a new store is the same`(
        format: SampleFormat,
        seed: UInt64
    ) throws {
        print("exchange: \(format), seed \(seed)")
        let folder = try TemporaryFolder()
        let source = try StoreFolder(folder.path(of: "source"))
        try source.write(StoreFolder.random(seed: seed, count: 6000))
        let file = folder.path(of: "samples")
        let exported = try SampleExport(dataFolder: source.path, format: format, output: file)
        let wanted = try StoreFolder.content(source.path) { bits in
            Self.inText(bits, keepsMarkers: format == .csv)
        }
        let count = wanted.values.reduce(0) { $0 + $1.count }
        #expect(exported.samples == count && exported.series == wanted.count)
        #expect(exported.seriesLeftOut == 0)
        #expect((exported.staleMarkersLeftOut > 0) == (format == .openmetrics))
        let target = try StoreFolder(folder.path(of: "target"))
        let dry = try SampleImport(
            file,
            format: format,
            dataFolder: target.path,
            isDryRun: true,
            now: .distantFuture
        )
        #expect(dry.samples == count && dry.faultCount == 0 && dry.stored == 0)
        #expect(try StoreFolder.content(target.path).isEmpty)
        let imported = try SampleImport(
            file,
            format: format,
            dataFolder: target.path,
            now: .distantFuture
        )
        #expect(imported.faults.isEmpty && imported.faultCount == 0)
        #expect(imported.stored == count && imported.newSeries == wanted.count)
        #expect(try StoreFolder.content(target.path) == wanted)
        // Once more changes nothing.
        let again = try SampleImport(
            file,
            format: format,
            dataFolder: target.path,
            now: .distantFuture
        )
        #expect(again.stored == 0 && again.overwritten == 0 && again.newSeries == 0)
        #expect(again.unchanged + again.late == count && again.late > 0)
        #expect(try StoreFolder.content(target.path) == wanted)
        #expect(try StoreCheck(dataFolder: target.path).faultCount == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
    }

    private func text(_ folder: TemporaryFolder, _ export: SampleExport) throws -> String {
        try String(contentsOfFile: try #require(export.file), encoding: .utf8)
    }

    private func village(_ folder: TemporaryFolder) throws -> StoreFolder {
        let store = try StoreFolder(folder.path(of: "data"))
        let lamp: Labels = ["__name__": "lamp_power_watts", "device": "đ\"1\"", "village": "a\\b"]
        let stale = Double(bitPattern: Sample.staleMarkerBits)
        try store.write([
            (lamp, Sample(time: Instant(milliseconds: 1_773_075_600_000), value: 42.5)),
            (lamp, Sample(time: Instant(milliseconds: 1_773_075_600_500), value: -.infinity)),
            (lamp, Sample(time: Instant(milliseconds: 1_773_075_601_000), value: stale)),
            (["__name__": "up"], Sample(time: Instant(milliseconds: -1), value: 1e-7)),
        ])
        return store
    }

    @Test func `OpenMetrics is written as the format says`() throws {
        let folder = try TemporaryFolder()
        let store = try village(folder)
        let export = try SampleExport(
            dataFolder: store.path,
            format: .openmetrics,
            output: folder.path(of: "out")
        )
        #expect(export.staleMarkersLeftOut == 1)
        #expect(
            try text(folder, export) == #"""
                # TYPE lamp_power_watts unknown
                lamp_power_watts{device="đ\"1\"",village="a\\b"} 42.5 1773075600.000
                lamp_power_watts{device="đ\"1\"",village="a\\b"} -Inf 1773075600.500
                # TYPE up unknown
                up 1e-07 -0.001
                # EOF

                """#
        )
    }

    @Test func `CSV is written with one column for each label`() throws {
        let folder = try TemporaryFolder()
        let store = try village(folder)
        let export = try SampleExport(
            dataFolder: store.path,
            format: .csv,
            output: folder.path(of: "out")
        )
        let lines = [
            "time,value,metric,device,village",
            #"2026-03-09T17:00:00.000Z,42.5,lamp_power_watts,"đ""1""",a\b"#,
            #"2026-03-09T17:00:00.500Z,-Inf,lamp_power_watts,"đ""1""",a\b"#,
            #"2026-03-09T17:00:01.000Z,stale,lamp_power_watts,"đ""1""",a\b"#,
            "1969-12-31T23:59:59.999Z,1e-07,up,,",
        ]
        #expect(try text(folder, export) == lines.map { $0 + "\r\n" }.joined())
    }

    @Test func `series and times are chosen, and a wrong selector is told`() throws {
        let folder = try TemporaryFolder()
        let store = try village(folder)
        let first = Instant(milliseconds: 1_773_075_600_001)
        let export = try SampleExport(
            dataFolder: store.path,
            selector: #"{village="a\\b"}"#,
            range: first...first + .seconds(10),
            format: .csv,
            output: folder.path(of: "out")
        )
        #expect(export.samples == 2 && export.series == 1)
        #expect(throws: (any Error).self) {
            _ = try SampleExport(
                dataFolder: store.path,
                selector: "rate(x[5m])",
                format: .csv,
                output: folder.path(of: "other")
            )
        }
        #expect(!FileManager.default.fileExists(atPath: folder.path(of: "other")))
    }

    @Test func `names that OpenMetrics does not allow are left out and told`() throws {
        let folder = try TemporaryFolder()
        let store = try StoreFolder(folder.path(of: "data"))
        let sample = Sample(time: Instant(milliseconds: 1), value: 1)
        try store.write([
            (["__name__": "đèn"], sample), (["device": "d"], sample),
            (["__name__": "up", "a-b": "d"], sample), (["__name__": "up"], sample),
        ])
        let export = try SampleExport(
            dataFolder: store.path,
            format: .openmetrics,
            output: folder.path(of: "out")
        )
        #expect(export.series == 1 && export.seriesLeftOut == 3)
        #expect(export.examplesLeftOut.contains("đèn"))
        // CSV takes them all.
        let csv = try SampleExport(
            dataFolder: store.path,
            format: .csv,
            output: folder.path(of: "csv")
        )
        #expect(csv.series == 4)
        let target = try StoreFolder(folder.path(of: "target"))
        _ = try SampleImport(
            folder.path(of: "csv"),
            format: .csv,
            dataFolder: target.path,
            now: now
        )
        #expect(
            try StoreFolder.content(target.path) == (try StoreFolder.content(store.path))
        )
    }

    /// Imports a text and gives back the report.
    private func imported(
        _ text: String,
        _ format: SampleFormat,
        _ folder: TemporaryFolder
    ) throws -> SampleImport {
        let file = folder.path(of: "in")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let path = folder.path(of: "data")
        if !FileManager.default.fileExists(atPath: path) { _ = try StoreFolder(path) }
        return try SampleImport(file, format: format, dataFolder: path, now: now)
    }

    @Test(arguments: [
        ("up 1", 5, "a time in seconds"), ("up x 1", 4, "expected a number"),
        ("up 0x10 1", 4, "expected a number"), ("up 1 y", 6, "expected seconds"),
        ("up 1 1 1", 7, "the end of the line"), ("1up 1 1", 1, "a metric name"),
        ("up{a=\"b} 1 1", 6, "never closed"), ("up{a=\"\\x\"} 1 1", 7, "expected \\\\"),
        ("up{a=\"1\",a=\"2\"} 1 1", 10, "twice"), ("up{a} 1 1", 5, "expected =\""),
        ("up{a=\"1\" b=\"2\"} 1 1", 9, "expected , or }"), ("# note", 1, "expected # TYPE"),
        ("up  1 1", 4, "expected a value"), ("", 1, "a metric name"),
        ("up 1 99999999999999999999", 6, "expected seconds"),
        // Infinite only by their size.
        ("up 1e400 1", 4, "expected a number"), ("up -1e400 1", 4, "expected a number"),
        // A day and a second after now; and milliseconds where seconds should stand.
        ("up 1 1773360001", 6, "more than a day after now"),
        ("up 1 1773075600000", 6, "more than a day after now"),
    ])
    func `a faulty line of OpenMetrics is refused with its column, the others are taken`(
        line: String,
        column: Int,
        reason: String
    ) throws {
        let folder = try TemporaryFolder()
        let report = try imported("up 1 1\n\(line)\nup 2 2.5\n# EOF\n", .openmetrics, folder)
        #expect(report.faultCount == 1 && report.stored == 2)
        let fault = try #require(report.faults.first)
        #expect(fault.hasPrefix("\(folder.path(of: "in")):2:\(column): "), "\(fault)")
        #expect(fault.contains(reason), "\(fault)")
    }

    @Test func `OpenMetrics of others is read`() throws {
        let folder = try TemporaryFolder()
        let report = try imported(
            """
            # TYPE a counter
            # UNIT a seconds
            # HELP a some words
            a_total{x="1",} 1 1.0005 # {trace="t"} 0.5 1
            a_total{x="1"} 2e3 1.7e9
            a_total{} +inf 2
            # EOF
            """,
            .openmetrics,
            folder
        )
        #expect(report.faults.isEmpty && report.exemplars == 1)
        #expect(
            try StoreFolder.content(folder.path(of: "data")) == [
                ["__name__": "a_total", "x": "1"]: [
                    1001: 1.0.bitPattern, 1_700_000_000_000: 2000.0.bitPattern,
                ],
                ["__name__": "a_total"]: [2000: Double.infinity.bitPattern],
            ]
        )
    }

    @Test func `a text that was cut anywhere gives only whole lines, and is told`() throws {
        let folder = try TemporaryFolder()
        let store = try village(folder)
        for format in SampleFormat.allCases {
            let file = folder.path(of: "whole")
            _ = try SampleExport(dataFolder: store.path, format: format, output: file)
            let bytes = try #require(FileManager.default.contents(atPath: file))
            let whole = try StoreFolder.content(store.path)
            let cuts = bytes.count - (format == .csv ? 1 : 6)
            for cut in stride(from: 40, to: cuts, by: 3) {
                let part = folder.path(of: "part")
                try bytes.prefix(cut).write(to: URL(filePath: part))
                let target = try StoreFolder(folder.path(of: "target-\(format)-\(cut)"))
                let report = try SampleImport(
                    part,
                    format: format,
                    dataFolder: target.path,
                    now: now
                )
                let isAtLineEnd = bytes[cut - 1] == UInt8(ascii: "\n")
                #expect(report.faultCount > 0 || format == .csv && isAtLineEnd, "\(cut)")
                for (labels, samples) in try StoreFolder.content(target.path) {
                    for (time, bits) in samples { #expect(whole[labels]?[time] == bits) }
                }
            }
        }
    }

    @Test func `all faults are counted and the first twenty told`() throws {
        let folder = try TemporaryFolder()
        let rows = (0..<50).map { "2026-03-10T00:00:00Z,\($0 % 2 == 0 ? "x" : "\($0)"),up\n" }
        let report = try imported("time,value,metric\n" + rows.joined(), .csv, folder)
        #expect(report.faultCount == 25 && report.faults.count == 20)
        #expect(report.faults[1].hasPrefix("\(folder.path(of: "in")):4:2: "))
        #expect(report.samples == 25 && report.stored == 1 && report.overwritten == 24)
    }

    @Test func `times of more than a day after now are refused, those before are taken`() throws {
        let folder = try TemporaryFolder()
        let report = try imported(
            """
            time,value,metric
            2026-03-13T00:00:00Z,1,up
            2026-03-13T00:00:00.001Z,2,up
            2026-03-12T00:00:00Z,1e400,up
            2026-03-12T00:00:00Z,-inf,up

            """,
            .csv,
            folder
        )
        #expect(report.stored == 2 && report.faultCount == 2, "\(report)")
        #expect(report.faults[0].contains("in:3:1: ") && report.faults[0].contains("a day after"))
        #expect(report.faults[1].contains("in:4:2: "))
    }

    @Test func `a quote that is never closed costs its line only`() throws {
        let folder = try TemporaryFolder()
        let row = "2026-03-10T00:00:00Z,1,up,"
        let report = try imported(
            "time,value,metric,a\n\(row)\"x\n\(row)y\n\(row)\"two\nlines\"\n\(row)\"q\"z\n",
            .csv,
            folder
        )
        #expect(report.faultCount == 2 && report.stored == 2, "\(report)")
        #expect(report.faults[0].contains("in:2:4: ") && report.faults[0].contains("quote"))
        #expect(report.faults[1].contains("in:6:4: "))
        let content = try StoreFolder.content(folder.path(of: "data"))
        #expect(Set(content.keys.map { $0["a"] }) == ["y", "two\nlines"])
    }

    @Test func `a file that is none of samples is refused as a whole`() throws {
        let folder = try TemporaryFolder()
        for text in ["", "a,b,c\n1,2,3\n", "time,value,metric,x,x\n", "time,value,metric,\n"] {
            let error = #expect(throws: GatewayError.self) {
                _ = try imported(text, .csv, folder)
            }
            #expect("\(try #require(error))".contains("cannot read samples from"), "\(text)")
        }
        #expect(throws: GatewayError.self) {
            _ = try SampleImport(
                "/none",
                format: .csv,
                dataFolder: folder.path(of: "data"),
                now: now
            )
        }
        let lost = #expect(throws: StoreError.self) {
            _ = try SampleImport(
                "/none",
                format: .csv,
                dataFolder: folder.path(of: "lost"),
                now: now
            )
        }
        #expect("\(try #require(lost))".contains("no store is there"))
    }

    @Test func `series beyond the limit are refused line by line`() throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let settings = StoreSettings(rawTierBytes: 1 << 20, maximumSeries: 512)
        _ = try StoreFolder(path, settings: settings)
        let lines = (0..<520).map { "m\($0) 1 1\n" }
        let report = try imported(lines.joined() + "# EOF\n", .openmetrics, folder)
        #expect(report.stored == 512 && report.faultCount == 8)
        #expect(report.faults.first?.contains("512 are kept already") == true)
    }

    @Test func `times and numbers are read exactly`() {
        for milliseconds: Int64 in [0, 1, -1, 999, -1000, 1_773_075_600_123, .max, .min] {
            let text = SampleFormat.seconds(milliseconds)
            #expect(SampleFormat.instant(seconds: text[...])?.milliseconds == milliseconds)
        }
        #expect(SampleFormat.instant(seconds: "1.0004")?.milliseconds == 1000)
        #expect(SampleFormat.instant(seconds: "1.0005")?.milliseconds == 1001)
        for text in ["", ".", "1.2.3", "1 ", "inf", "NaN", "9223372036854775.808", "--1"] {
            #expect(SampleFormat.instant(seconds: text[...]) == nil, "\(text)")
        }
        for text in ["", "0x1", "1e", "nan(1)", "infinit", "1_0", "١", "1e309"] {
            #expect(SampleFormat.number(text[...]) == nil, "\(text)")
        }
        #expect(SampleFormat.number("-Inf") == -.infinity)
        #expect(SampleFormat.number("1E+3") == 1000)
    }
}
