import Commands
import Decoding
import Foundation
import RingStore
import Telemetry
import TestKit
import Testing

/// The record of commands on the disk.
struct CommandLogTests {
    private static let start = CommandFixture.now

    private static func entries() throws -> [CommandEntry] {
        let messages = [
            OutgoingCommand(topic: "a/b", payload: Array("bật đèn".utf8), isAtMostOnce: false),
            OutgoingCommand(topic: "c", payload: [0xFF, 0x00, 0x0A], isAtMostOnce: true),
        ]
        let order = CommandOrder(
            device: "đèn-1",
            address: "x",
            isRadio: true,
            token: CommandFixture.token,
            messages: messages,
            confirms: "lamp.level",
            deadline: .seconds(90),
            acceptedAt: start
        )
        let command = Command(
            id: 7,
            action: try CommandAction(.dim, percent: 40),
            target: #"{feeder="F\"1"}"#,
            operatorName: "Hoàng Văn A",
            reason: "dòng\nhai",
            acceptedAt: start + Milliseconds(1),
            orders: [order],
            omitted: [.init(device: "đèn-2", reason: CommandNote(.noRoute))]
        )
        var book = CommandBook()
        book.apply(.accepted(command))
        let open = try #require(book.open.first)
        return [
            .accepted(command), CommandBook.change(open, to: .sending, at: start + .seconds(1)),
            CommandBook.change(
                open,
                to: .sent,
                at: start + .seconds(2),
                detail: CommandNote(.other, "xong")
            ),
            .refused(
                CommandAttempt(
                    at: start + .seconds(3),
                    operatorName: "Hoàng Văn A",
                    action: "dim",
                    percent: 140,
                    target: #"{feeder="F1"}"#,
                    reason: "thử",
                    refusal: [CommandNote(.badLevel, "140"), CommandNote(.noTarget)]
                )
            ),
        ]
    }

    private static func read(_ folder: TemporaryFolder) throws -> [CommandEntry] {
        var found: [CommandEntry] = []
        _ = try CommandLog(StorageFolder(folder.path)) { found.append($0) }
        return found
    }

    private static func write(_ entries: [CommandEntry], _ folder: TemporaryFolder) throws {
        var log = try CommandLog(StorageFolder(folder.path)) { _ in }
        for entry in entries { try log.append([entry]) }
    }

    @Test func `what was written is read again, and added to`() throws {
        let folder = try TemporaryFolder()
        let entries = try Self.entries()
        #expect(try Self.read(folder).isEmpty)
        try Self.write(Array(entries.prefix(2)), folder)
        #expect(try Self.read(folder) == Array(entries.prefix(2)))
        try Self.write(Array(entries.suffix(2)), folder)
        #expect(try Self.read(folder) == entries)
        let text = try String(contentsOfFile: folder.path(of: "commands.log"), encoding: .utf8)
        // People can read who did what; no line is broken by what they wrote.
        #expect(text.split(separator: "\n").count == 4)
        #expect(text.contains(#""operatorName":"Hoàng Văn A""#))
        #expect(text.contains(#""hex":"ff000a""#))
    }

    @Test func `a sentence that a log of before has in place of a note is read`() throws {
        let change = try JSONDecoder().decode(
            CommandEntry.self,
            from: Data(
                #"""
                {"changed": {"at": "2026-01-01T00:00:02Z", "command": 7, "device": "đèn-1",
                             "state": "failed", "detail": "the network server refused it"}}
                """#.utf8
            )
        )
        guard case .changed(let change) = change else {
            Issue.record("\(change)")
            return
        }
        #expect(change.detail == CommandNote(.other, "the network server refused it"))
        #expect(
            CommandNote(.badSelector, "{1}", "x").words == #"the selector "{1}" cannot be read: x"#
        )
    }

    @Test func `a line that a crash cut short is cut off, wherever it was`() throws {
        let folder = try TemporaryFolder()
        let entries = try Self.entries()
        try Self.write(entries, folder)
        let url = URL(filePath: folder.path(of: "commands.log"))
        let whole = try Data(contentsOf: url)
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        for length in 0..<whole.count {
            try whole.prefix(length).write(to: url)
            let count = ends.count { $0 <= length }
            #expect(try Self.read(folder) == Array(entries.prefix(count)), "\(length)")
            try Self.write([entries[2]], folder)
            #expect(try Self.read(folder).count == count + 1, "\(length)")
        }
    }

    @Test func `a changed byte is found, and the file is left as it is`() throws {
        let folder = try TemporaryFolder()
        try Self.write(try Self.entries(), folder)
        let url = URL(filePath: folder.path(of: "commands.log"))
        let whole = try Data(contentsOf: url)
        var generator = SeededGenerator.forTest()
        for _ in 0..<100 {
            var changed = whole
            let place = Int.random(in: 0..<(whole.count - 1), using: &generator)
            changed[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try changed.write(to: url)
            #expect(throws: CommandLogError.self, "seed \(generator.seed), byte \(place)") {
                try Self.read(folder)
            }
            #expect(try Data(contentsOf: url) == changed)
        }
    }

    @Test func `a file above the limit is refused before it is read`() throws {
        let folder = try TemporaryFolder()
        try Self.write(Array(try Self.entries().prefix(1)), folder)
        let file = try FileHandle(forWritingTo: URL(filePath: folder.path(of: "commands.log")))
        try file.truncate(atOffset: CommandLog.maximumBytes + 1)
        try file.close()
        #expect(throws: CommandLogError.self) { try Self.read(folder) }
    }

    @Test(arguments: [DiskFaults.Call.write, .synchronizeData], [false, true])
    func `what a failed write left is cut off before the next line, and counts never`(
        call: DiskFaults.Call,
        alsoTruncating: Bool
    ) throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: "data"), calls: disk)
        try folder.createIfMissing()
        let entries = try Self.entries()
        var log = try CommandLog(folder) { _ in }
        try log.append([entries[0]])
        // The long entry fails, a short one is written where it lay.
        disk.fail(
            DiskFaults(
                after: 0,
                of: alsoTruncating ? [call, .truncate] : [call],
                code: EIO,
                times: alsoTruncating ? 2 : 1
            )
        )
        #expect(throws: CommandLogError.self) { try log.append(entries + entries) }
        disk.clearFaults()
        try log.append([entries[1]])
        var found: [CommandEntry] = []
        _ = try CommandLog(folder) { found.append($0) }
        #expect(found == Array(entries.prefix(2)))
    }

    @Test func `while the torn end cannot be cut off nothing is added`() throws {
        let disk = try FaultyDisk()
        let folder = StorageFolder(disk.path(of: "data"), calls: disk)
        try folder.createIfMissing()
        let entries = try Self.entries()
        var log = try CommandLog(folder) { _ in }
        disk.fail(DiskFaults(after: 0, of: [.synchronizeData, .truncate], code: EIO, times: 3))
        for entry in entries.prefix(2) {
            #expect(throws: CommandLogError.self) { try log.append([entry]) }
        }
        disk.clearFaults()
        var found: [CommandEntry] = []
        try log.append([entries[0]])
        _ = try CommandLog(folder) { found.append($0) }
        #expect(found == [entries[0]])
    }
}
