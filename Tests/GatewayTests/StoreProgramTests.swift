import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// `langso store` as people and scripts use it: outputs, shapes of JSON, exit codes.
@Suite(.oneAtATime, .enabled(if: LangsoProgram.path != nil)) struct StoreProgramTests {
    private func run(_ words: String...) async throws -> LangsoProgram.Finished {
        try await LangsoProgram.run(["store"] + words)
    }

    @Test func `samples are deleted with a name and a reason only, and only with yes`() async throws
    {
        let folder = try TemporaryFolder("langso-store")
        let data = folder.path(of: "data")
        _ = try await run("create", "--data", data, "--raw-tier", "1MiB")
        let file = folder.path(of: "in.txt")
        let lines = (0..<300).map { "up{device=\"d\($0 % 3)\"} \($0) \(1_773_000_000 + $0)\n" }
        try (lines.joined() + "# EOF\n").write(toFile: file, atomically: true, encoding: .utf8)
        let imported = try await run("import", "--data", data, file, "--format", "openmetrics")
        #expect(imported.code == 0, "\(imported)")
        let request = [
            "store", "delete", "--data", data, "--match", #"{device="d1"}"#, "--from", "1773000000",
            "--to", "1773000149", "--json",
        ]
        let unsigned = try await LangsoProgram.run(request + ["--yes"])
        #expect(unsigned.code == 64 && unsigned.errors.contains("--author"), "\(unsigned)")
        let signed = request + ["--author", "Hoàng Văn A", "--reason", "đồng hồ chạy sai"]
        let shown = try await LangsoProgram.run(signed)
        #expect(shown.code == 0 && shown.output.contains(#""samples" : 50"#), "\(shown)")
        #expect(try shown.names() == ["folder", "from", "to", "series", "examples", "samples"])
        let done = try await LangsoProgram.run(signed + ["--yes"])
        #expect(done.code == 0 && done.output.contains(#""samples" : 50"#), "\(done)")
        let again = try await LangsoProgram.run(signed + ["--yes"])
        #expect(again.code == 0 && again.output.contains(#""samples" : 0"#), "\(again)")
        let log = try String(contentsOfFile: "\(data)/deletions.jsonl", encoding: .utf8)
        #expect(log.split(separator: "\n").count == 2)
        #expect(log.contains(#""author":"Hoàng Văn A","reason":"đồng hồ chạy sai""#))
        let none = try await run(
            "delete",
            "--data",
            data,
            "--match",
            "nothing",
            "--from",
            "0",
            "--to",
            "1",
            "--author",
            "a",
            "--reason",
            "b"
        )
        #expect(none.code == 64 && none.errors.contains("no series"), "\(none)")
        let verified = try await run("verify", "--data", data)
        #expect(verified.code == 0, "\(verified)")
    }

    @Test func `a store is made, filled, checked, resized and written out again`() async throws {
        let folder = try TemporaryFolder("langso-store")
        let data = folder.path(of: "data")
        let made = try await run("create", "--data", data, "--raw-tier", "1MiB", "--series", "900")
        #expect(made.code == 0, "\(made)")
        let usual = "rollups: {5m: 512KiB, 1h: 256KiB, 1d: 256KiB}"
        #expect(made.output.contains("store: {size: 1MiB, \(usual), maximum_series: 900}"))
        let twice = try await run("create", "--data", data, "--raw-tier", "1MiB")
        #expect(twice.code == 1 && twice.errors.contains("a store is there already"), "\(twice)")
        let file = folder.path(of: "in.txt")
        let lines = (0..<300).map { "up{device=\"d\($0 % 3)\"} \($0) \(1_773_000_000 + $0)\n" }
        try (lines.joined() + "# EOF\n").write(toFile: file, atomically: true, encoding: .utf8)
        let words = ["--data", data, file, "--format", "openmetrics", "--json"]
        let dry = try await LangsoProgram.run(["store", "import"] + words + ["--dry-run"])
        #expect(dry.code == 0, "\(dry)")
        let imported = try await LangsoProgram.run(["store", "import"] + words)
        #expect(imported.code == 0, "\(imported)")
        #expect(
            try imported.names() == [
                "file", "format", "isDryRun", "samples", "stored", "overwritten", "unchanged",
                "late", "tooOld", "newSeries", "exemplars", "faults", "faultCount",
            ]
        )
        let verified = try await run("verify", "--data", data, "--json")
        #expect(verified.code == 0, "\(verified)")
        #expect(
            try verified.names() == [
                "folder", "headerPages", "roots", "catalogueBatches", "series", "partitions",
                "runs", "chunks", "blocks", "values", "usedSlots", "slots", "journalSegments",
                "openJournalSegments", "notes", "faults", "faultCount",
            ]
        )
        let resized = try await run("resize", "--data", data, "--raw-tier", "2MiB", "--json")
        #expect(resized.code == 0, "\(resized)")
        #expect(
            try resized.names() == [
                "folder", "rawTierBytesBefore", "rawTierBytes", "rollups", "series",
                "emptySeries", "samples", "droppedSamples", "damagedBlocks", "unreadableSamples",
                "settings",
            ]
        )
        let upgraded = try await run("upgrade", "--data", data)
        #expect(upgraded.code == 0 && upgraded.output.contains("already version"), "\(upgraded)")
        let exported = try await run("export", "--data", data)
        #expect(exported.code == 0 && exported.output.hasSuffix("# EOF\n"))
        #expect(exported.output.contains("up{device=\"d1\"} 1.0 1773000001.000\n"))
        #expect(exported.errors == "300 samples of 3 series\n")
        let csv = folder.path(of: "out.csv")
        let written = try await run(
            "export",
            "--data",
            data,
            "--match",
            "{device=\"d2\"}",
            "--format",
            "csv",
            "--output",
            csv,
            "--from",
            "1773000000",
            "--to",
            "1773000009",
            "--json"
        )
        #expect(written.code == 0, "\(written)")
        #expect(
            try written.names() == [
                "file", "format", "series", "samples", "staleMarkersLeftOut", "seriesLeftOut",
                "examplesLeftOut", "newerRecords",
            ]
        )
        #expect(
            try String(contentsOfFile: csv, encoding: .utf8).split(separator: "\r\n").count == 4
        )
        let copy = try await run("copy", "--data", data, "--to", "\(data)-copy", "--json")
        #expect(copy.code == 0, "\(copy)")
        #expect(
            try copy.names() == [
                "folder", "target", "files", "checkpoints", "journalPosition", "runs",
                "damagedRuns", "passes",
            ]
        )
        let again = try await run("copy", "--data", data, "--to", "\(data)-copy")
        #expect(again.code == 1 && again.errors.contains("is there already"), "\(again)")
        let plain = try await run("verify", "--data", "\(data)-copy")
        #expect(plain.code == 0 && plain.output.hasSuffix("0 faults\n"), "\(plain)")
    }

    @Test func `rollup tiers are made, shown, resized, taken away and copied`() async throws {
        let folder = try TemporaryFolder("langso-store")
        let data = folder.path(of: "data")
        let made = try await LangsoProgram.run(
            ["store", "create", "--data", data, "--raw-tier", "1MiB", "--json"]
                + ["--rollup", "5m=1MiB", "--rollup", "1h=0", "--rollup", "1d=300KiB"]
        )
        #expect(made.code == 0, "\(made)")
        #expect(
            try made.names() == [
                "folder", "rawTierBytes", "rollupBytes", "maximumSeries", "fileBytes", "settings",
            ]
        )
        let sizes = try #require(try made.json() as? [String: Any])["rollupBytes"]
        #expect(sizes as? [String: Int] == ["5m": 1 << 20, "1d": 300 << 10])
        let file = folder.path(of: "in.csv")
        let lines = (0..<300).map { "\(1_773_000_000_000 + $0 * 600_000) ms,\($0),up\n" }
        try ("time,value,metric\n" + lines.joined()).write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        let imported = try await run("import", "--data", data, file, "--format", "csv")
        #expect(imported.code == 0, "\(imported)")
        let stats = try await run("stats", "--data", data)
        #expect(stats.output.contains("\ntier raw          "), "\(stats)")
        #expect(stats.output.contains("\ntier 5m           "), "\(stats)")
        #expect(stats.output.contains(" of 307200 bytes, "), "\(stats)")
        #expect(stats.output.contains(", up to 2026-03-10T"), "\(stats)")
        let shown = try await run("stats", "--data", data, "--json")
        let report = try #require(try shown.json() as? [String: Any])
        let tiers = try #require(report["tiers"] as? [[String: Any]])
        #expect(tiers.map { $0["tier"] as? String } == ["raw", "5m", "1d"])
        #expect(tiers.map { $0["frontier"] is String } == [false, true, true])
        #expect(tiers.allSatisfy { $0["values"] as? Int ?? 0 > 0 && $0["horizon"] == nil })
        let refused = try await run("resize", "--data", data, "--rollup", "1d=0")
        #expect(refused.code == 1 && refused.errors.contains("the 1d summaries"), "\(refused)")
        let resized = try await LangsoProgram.run(
            ["store", "resize", "--data", data, "--drop-oldest"]
                + ["--rollup", "1d=0", "--rollup", "1h=512KiB"]
        )
        #expect(resized.code == 0, "\(resized)")
        #expect(resized.output.contains("tier 1h           524288 bytes, before 0\n"))
        #expect(resized.output.contains("tier 1d           0 bytes, before 307200; summaries"))
        #expect(resized.output.contains("{size: 1MiB, rollups: {5m: 1MiB, 1h: 512KiB}}\n"))
        let copy = try await run("copy", "--data", data, "--to", "\(data)-copy")
        #expect(copy.output.contains("store, store.1h, store.5m\n"), "\(copy)")
        let verified = try await run("verify", "--data", "\(data)-copy")
        #expect(verified.code == 0 && verified.output.contains("header pages      6\n"))
        let twice = try await LangsoProgram.run(
            ["store", "resize", "--data", data, "--rollup", "1h=1MiB", "--rollup", "1h=2MiB"]
        )
        #expect(twice.code == 64 && twice.errors.contains("stands here twice"), "\(twice)")
        for text in ["2h=1MiB", "raw=1MiB", "1h", "1h=", "=1MiB"] {
            let wrong = try await run("resize", "--data", data, "--rollup", text)
            #expect(wrong.code == 64, "\(wrong)")
        }
    }

    @Test func `faults end with 1 and say where`() async throws {
        let folder = try TemporaryFolder("langso-store")
        let store = try StoreFolder(folder.path(of: "data"))
        try store.write(StoreFolder.random(seed: 9, count: 3000))
        let file = try StorageFile("\(store.path)/store", .readWrite)
        let size = Int(try file.sizeBytes())
        // The first slots hold the runs of the only checkpoint.
        let slots = size - (4 << 20)
        let byte = try file.bytes(1, at: UInt64(slots + 60))
        var changed = Data([byte[0] ^ 1])
        let handle = try #require(FileHandle(forWritingAtPath: "\(store.path)/store"))
        try handle.seek(toOffset: UInt64(slots + 60))
        try handle.write(contentsOf: changed)
        try handle.close()
        changed.removeAll()
        let verified = try await run("verify", "--data", store.path)
        #expect(verified.code == 1, "\(verified)")
        #expect(verified.output.contains("chunk 0 at byte \(slots): it does not pass its check"))
        #expect(verified.output.hasSuffix("1 fault\n"))
        let json = try await run("verify", "--data", store.path, "--json")
        #expect(json.code == 1)
        #expect(try #require(json.json() as? [String: Any])["faultCount"] as? Int == 1)
        let copied = try await run("copy", "--data", store.path, "--to", folder.path(of: "copy"))
        #expect(copied.code == 1 && copied.errors.contains("copied as they are"), "\(copied)")
        let faulty = folder.path(of: "in.csv")
        try "time,value,metric\nx,1,up\n".write(
            toFile: faulty,
            atomically: true,
            encoding: .utf8
        )
        let imported = try await run("import", "--data", store.path, faulty, "--format", "csv")
        #expect(imported.code == 1 && imported.errors.contains("in.csv:2:1: "), "\(imported)")
        #expect(imported.output.contains("1 lines refused"))
    }

    @Test func `nothing is lost without a word or a flag`() async throws {
        let folder = try TemporaryFolder("langso-store")
        let store = try StoreFolder(
            folder.path(of: "data"),
            settings: StoreSettings(rawTierBytes: 1 << 20, maximumSeries: 512)
        )
        let file = folder.path(of: "in.txt")
        var text = ""
        for number in 0..<200_000 {
            // Values that do not compress: more than the tier has room for.
            let noise = (UInt64(number) &* 0x9E37_79B9_7F4A_7C15) >> 12
            let value = Double(bitPattern: 0x3FF0_0000_0000_0000 | noise)
            text += "up \(value) \(1_700_000_000 + number * 60)\n"
        }
        try (text + "# EOF\n").write(toFile: file, atomically: true, encoding: .utf8)
        let all = try await run("import", "--data", store.path, file, "--format", "openmetrics")
        #expect(all.code == 1 && all.errors.contains("gave way"), "\(all)")
        let own = "\(store.path)/store"
        let over = try await run("export", "--data", store.path, "--output", own)
        #expect(over.code == 1 && over.errors.contains("lies in the data folder"), "\(over)")
        let link = folder.path(of: "link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: own)
        let linked = try await run("export", "--data", store.path, "--output", link)
        #expect(linked.code == 1 && linked.errors.contains("lies in the data folder"), "\(linked)")
        let none = try await run("export", "--data", store.path, "--output", "/dev/null")
        #expect(none.code == 0, "\(none)")
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
        #expect(type as? FileAttributeType == .typeCharacterSpecial)
        let small = try await run("resize", "--data", store.path, "--raw-tier", "256KiB")
        #expect(small.code == 1 && small.errors.contains("--drop-oldest"), "\(small)")
        let forced = try await run(
            "resize",
            "--data",
            store.path,
            "--raw-tier",
            "256KiB",
            "--drop-oldest"
        )
        #expect(forced.code == 0 && forced.output.contains("samples dropped"), "\(forced)")
        let verified = try await run("verify", "--data", store.path)
        #expect(verified.code == 0, "\(verified)")
    }

    @Test func `what cannot be done is told with what to do, words that are wrong end with 64`()
        async throws
    {
        let folder = try TemporaryFolder("langso-store")
        let none = folder.path(of: "none")
        let file = folder.path(of: "in.txt")
        try "# EOF\n".write(toFile: file, atomically: true, encoding: .utf8)
        let commands = [
            ["stats", "--data", none], ["verify", "--data", none], ["export", "--data", none],
            ["resize", "--data", none, "--raw-tier", "1MiB"], ["upgrade", "--data", none],
            ["copy", "--data", none, "--to", "\(none)-copy"],
            ["import", "--data", none, file, "--format", "openmetrics"],
        ]
        for command in commands {
            let lost = try await LangsoProgram.run(["store"] + command)
            #expect(lost.code == 1 && lost.errors.contains("no store is there"), "\(lost)")
            #expect(lost.output.isEmpty)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["in.txt"])
        let full = try await run("create", "--data", none, "--raw-tier", "256GiB")
        #expect(full.code == 1 && full.errors.contains("bytes are available; free"), "\(full)")
        let tiny = try await run("create", "--data", none, "--raw-tier", "4KiB")
        #expect(tiny.code == 1 && tiny.errors.contains("outside 262144..."), "\(tiny)")
        for words in [
            ["create", "--data", none, "--raw-tier", "1TB"], ["create", "--data", none],
            ["resize", "--data", none], ["export", "--data", none, "--format", "xml"],
            ["export", "--data", none, "--json"],
            ["export", "--data", none, "--from", "10", "--to", "9"],
            ["import", "--data", none, file],
        ] {
            let refused = try await LangsoProgram.run(["store"] + words)
            #expect(refused.code == 64 && refused.output.isEmpty, "\(words): \(refused)")
        }
        let held = folder.path(of: "held")
        let store = try RingStore.create(folder: held, settings: StoreFolder.settings)
        for command in [
            ["stats"], ["verify"], ["export"], ["resize", "--series", "10"],
            ["import", file, "--format", "openmetrics"],
        ] {
            let busy = try await LangsoProgram.run(["store"] + command + ["--data", held])
            #expect(busy.code == 1, "\(busy)")
            #expect(busy.errors.contains("stop that gateway, or make a copy"), "\(busy)")
        }
        #expect(store.statistics.seriesCount == 0)
    }
}
