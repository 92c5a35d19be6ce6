import Commands
import Decoding
@testable import Gateway
import Glibc
import Logging
import RingStore
import Telemetry
import TestKit
import Testing

/// The book of commands on a disk that fails.
@Suite struct CommandDeskTests {
    private static let now = GatewayUnderTest.midnight

    private static func command(_ id: Int) throws -> Command {
        let order = CommandOrder(
            device: "den-1",
            address: "den-1",
            isRadio: false,
            token: "t",
            messages: [
                OutgoingCommand(topic: "a/b", payload: Array("1".utf8), isAtMostOnce: false)
            ],
            confirms: nil,
            deadline: .minutes(1),
            acceptedAt: now
        )
        return Command(
            id: id,
            action: try CommandAction(.read),
            target: "{}",
            operatorName: "Hoàng Văn A",
            reason: "thử",
            acceptedAt: now,
            orders: [order],
            omitted: []
        )
    }

    private static func desk(_ disk: FaultyDisk, _ log: ErrorLog) throws -> CommandDesk {
        let folder = disk.path(of: "data")
        try StorageFolder(folder, calls: disk).createIfMissing()
        return try CommandDesk(CommandSettings(), folder: folder, logger: log.logger, calls: disk)
    }

    @Test func `on a full disk no command counts, and the next one has its number`() async throws {
        let (disk, log) = (try FaultyDisk(), ErrorLog())
        let desk = try Self.desk(disk, log)
        _ = try await desk.accept(isDryRun: false) { try Self.command($0) }
        disk.fail(DiskFaults(after: 0, of: [.write], code: ENOSPC, times: .max))
        let error = await #expect(throws: CommandLogError.self) {
            try await desk.accept(isDryRun: false) { try Self.command($0) }
        }
        let words = try #require(error).description
        #expect(words.contains("the record of commands") && words.contains("commands.log"))
        #expect(words.contains("No space left"), "\(words)")
        #expect(await desk.newest(10).map(\.id) == [1])
        #expect(await desk.nextID == 2)
        // Nothing is sent of which the record could not tell that it was.
        #expect(await desk.begin(at: Self.now, most: 10).isEmpty)
        #expect(log.lines.count == 1 && log.lines[0].contains("No space left"), "\(log.lines)")
        disk.clearFaults()
        let second = try await desk.accept(isDryRun: false) { try Self.command($0) }
        #expect(second.id == 2)
        #expect(await desk.begin(at: Self.now, most: 10).map(\.command) == [1, 2])
        let next = try Self.desk(disk, log)
        #expect(await next.newest(10).map(\.id) == [2, 1])
        // What may be on its way is not sent again.
        #expect(await next.begin(at: Self.now, most: 10).isEmpty)
    }

    @Test(arguments: [DiskFaults.Call.write, .synchronizeData])
    func `what becomes of a command is noted once the disk takes it again`(
        call: DiskFaults.Call
    ) async throws {
        let (disk, log) = (try FaultyDisk(), ErrorLog())
        let desk = try Self.desk(disk, log)
        _ = try await desk.accept(isDryRun: false) { try Self.command($0) }
        let open = try #require(await desk.begin(at: Self.now, most: 10).first)
        let outcome = CommandDesk.Outcome(open: open, state: .sent)
        disk.fail(DiskFaults(after: 0, of: [call], code: EIO, times: .max))
        #expect(await !desk.note([outcome], at: Self.now))
        await desk.expire(at: Self.now + .hours(1))
        #expect(await desk.command(1)?.orders[0].state == .sending)
        await desk.refuse(
            CommandAttempt(
                at: Self.now,
                operatorName: "Hoàng Văn A",
                action: "read",
                percent: nil,
                target: "{}",
                reason: "thử",
                refusal: [CommandNote(.noTarget)]
            )
        )
        // It is counted, and on no record that the disk does not have.
        #expect(await desk.newestAttempts(10).isEmpty)
        #expect(await desk.figures.refusals == 1)
        #expect(log.lines.count == 3, "\(log.lines)")
        disk.clearFaults()
        #expect(await desk.note([outcome], at: Self.now))
        #expect(await desk.command(1)?.orders[0].state == .sent)
        let next = try Self.desk(disk, log)
        #expect(await next.command(1)?.orders[0].state == .sent)
    }

    @Test func `a folder that may only be read closes commands, with the reason`() throws {
        let disk = try FaultyDisk()
        let folder = disk.path(of: "data")
        try StorageFolder(folder, calls: disk).createIfMissing()
        disk.fail(DiskFaults(after: 0, of: [.open], code: EROFS, times: .max))
        let error = #expect(throws: CommandLogError.self) {
            _ = try CommandDesk(
                CommandSettings(),
                folder: folder,
                logger: ErrorLog().logger,
                calls: disk
            )
        }
        let words = try #require(error).description
        #expect(
            words.contains("commands.log") && words.contains("Read-only file system"),
            "\(words)"
        )
    }
}
