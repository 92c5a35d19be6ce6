import Foundation
import Telemetry
import TestKit
import Testing

@testable import Decoding
@testable import Ingest

/// Room for each codec, order, and the file.
@Suite struct AwaitedMessagesTests {
    private static func message(_ codec: String) throws -> AwaitedMessages.Message {
        AwaitedMessages.Message(
            topic: [],
            payload: [],
            receivedAt: IngestFolder.now,
            flags: [],
            request: CodecRequest(
                profileID: codec,
                deviceAddress: "d",
                port: 1,
                payload: [],
                receivedAtMilliseconds: 0,
                sequence: nil
            )
        )
    }

    /// Two codecs with room for three messages in memory together, and for eight in all.
    private func list() -> AwaitedMessages {
        var list = AwaitedMessages(codecCount: 2)
        list.limits.memory = 6
        list.limits.waiting = 16
        return list
    }

    @Test func `a codec that has much waiting takes no room from another`() throws {
        var list = list()
        for position in 1...8 { list.add(UInt64(position), try Self.message("slow")) }
        #expect(list.isFull("slow") && !list.isFull("other"))
        #expect(list.counts == (8, 5))
        for position in 9...11 { list.add(UInt64(position), try Self.message("other")) }
        #expect(list.aside == ["slow": 5])
        #expect(list.takeOutgoing().map(\.position) == [1, 2, 3, 9, 10, 11])
    }

    @Test func `messages are taken up in their order, as room comes`() throws {
        var list = list()
        for position in 1...8 { list.add(UInt64(position), try Self.message("slow")) }
        #expect(list.takeAside("slow") == nil, "the memory is full")
        #expect(list.take(1) != nil && list.take(1) == nil)
        #expect(list.takeAside("slow") == 4)
        list.putBack(4, "slow")
        list.putAside(2)
        list.putAside(2)
        var order: [UInt64] = []
        while let position = list.takeAside("slow") { order.append(position) }
        #expect(order == [2, 4, 5, 6, 7, 8])
        #expect(list.takeAside("nobody") == nil)
    }

    @Test func `a message that waits already is not added`() throws {
        var list = list()
        for position in [1, 2, 3, 4, 4, 1] { list.add(UInt64(position), try Self.message("a")) }
        #expect(list.counts == (4, 1))
        #expect(list.contains(1) && list.contains(4) && !list.contains(5))
    }

    @Test func `what the file says waits again`() throws {
        var list = list()
        for position in 1...5 { list.add(UInt64(position), try Self.message("a")) }
        list.add(6, try Self.message("b"))
        _ = list.take(2)
        list.noteAnswered(2, "a", before: 4)
        _ = list.take(6)
        list.noteAnswered(6, "b", before: 4)
        let file = try #require(AwaitedFile(bytes: list.file(before: 7).bytes))
        #expect(
            file
                == AwaitedFile(
                    checkpoint: 7,
                    lanes: [
                        .init(codec: "a", waiting: [1, 3, 4, 5], answered: [2]),
                        .init(codec: "b", waiting: [], answered: []),
                    ]
                )
        )
        var cut = self.list()
        cut.restore(file, at: 6)
        #expect(cut.counts == (5, 5), "the checkpoint was not made")
        var made = self.list()
        made.restore(file, at: 7)
        #expect(made.counts == (4, 4))
        #expect(made.takeAside("a") == 1)
    }

    @Test func `what is asked once more is marked when another change has it wrongly`() throws {
        var list = AwaitedMessages(codecCount: 1)
        list.add(1, try Self.message("a"), stored: .rightly)
        list.add(1, try Self.message("a"), stored: .wrongly)
        let stored = list.takeAgain(1)
        #expect(stored == .wrongly)
        // One that waits for the first time stands nowhere.
        list.add(2, try Self.message("a"))
        list.add(2, try Self.message("a"), stored: .wrongly)
        let first = list.takeAgain(2)
        #expect(first == nil)
        list.add(3, try Self.message("a"), stored: .rightly)
        let places = [list.takeAgain(3), list.takeAgain(3)]
        #expect(places == [.rightly, nil])
    }

    @Test func `what is asked once more is so after a start until a checkpoint`() throws {
        var list = list()
        for position in 1...3 {
            list.add(UInt64(position), try Self.message("a"), stored: position < 3 ? .wrongly : nil)
        }
        _ = list.take(1)
        let stored = list.takeAgain(1)
        #expect(stored == .wrongly)
        list.noteAnswered(1, "a", before: 4)
        let bytes = list.file(before: 7).bytes
        var lost = self.list()
        lost.restore(try #require(AwaitedFile(bytes: bytes)), at: 6)
        let lostOnes = [lost.takeAgain(1), lost.takeAgain(2), lost.takeAgain(3)]
        #expect(lostOnes == [.wrongly, .wrongly, nil])
        var made = self.list()
        made.restore(try #require(AwaitedFile(bytes: bytes)), at: 7)
        let madeOnes = [made.takeAgain(1), made.takeAgain(2), made.takeAgain(3)]
        #expect(madeOnes == [nil, .wrongly, nil])
        list.noteCheckpoint()
        #expect(list.file(before: 8).again == [2])
    }

    @Test func `what is asked once more and stands rightly is so after a start`() throws {
        var list = list()
        for position in 1...2 {
            list.add(UInt64(position), try Self.message("a"), stored: .rightly)
        }
        _ = list.take(1)
        _ = list.takeAgain(1)
        list.noteAnswered(1, "a", before: 4)
        let bytes = list.file(before: 7).bytes
        var lost = self.list()
        lost.restore(try #require(AwaitedFile(bytes: bytes)), at: 6)
        let lostOnes = [lost.takeAgain(1), lost.takeAgain(2)]
        #expect(lostOnes == [.rightly, .rightly], "the checkpoint was not made")
        var made = self.list()
        made.restore(try #require(AwaitedFile(bytes: bytes)), at: 7)
        let madeOnes = [made.takeAgain(1), made.takeAgain(2)]
        #expect(madeOnes == [nil, .rightly])
        list.noteCheckpoint()
        #expect(list.file(before: 8).repeated == [2] && !list.holdsAgain)
    }

    @Test func `a file from before anything was asked once more is taken`() {
        var bytes = AwaitedFile(checkpoint: 3, lanes: []).bytes
        // Without the numbers of those, and with the old name and the sum of both.
        bytes = CheckedBytes.framed(AwaitedFile.magicWithoutAgain) { old in
            old += bytes.dropFirst(AwaitedFile.magic.count).dropLast(12)
        }
        #expect(AwaitedFile(bytes: bytes) == AwaitedFile(checkpoint: 3, lanes: []))
    }

    @Test func `a file from before those that stand rightly were noted is taken`() {
        let file = AwaitedFile(checkpoint: 3, lanes: [], again: [7])
        let bytes = CheckedBytes.framed(AwaitedFile.magicWithoutRepeated) { old in
            old += file.bytes.dropFirst(AwaitedFile.magic.count).dropLast(8)
        }
        #expect(AwaitedFile(bytes: bytes) == file)
    }

    @Test func `the file is whole or refused`() {
        let lanes: [AwaitedFile.Lane] = [
            .init(codec: "", waiting: [], answered: []),
            .init(codec: "máy", waiting: [1, .max], answered: [2]),
        ]
        let bytes = AwaitedFile(checkpoint: 3, lanes: lanes).bytes
        #expect(AwaitedFile(bytes: bytes)?.lanes == lanes)
        for length in 0..<bytes.count {
            #expect(AwaitedFile(bytes: Array(bytes[..<length])) == nil)
        }
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 0x10
            #expect(AwaitedFile(bytes: damaged) == nil)
        }
    }

    @Test func `positions are taken as a sorted list would give them`() {
        let given = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"]
        let seed = given.flatMap { UInt64($0) } ?? UInt64.random(in: 0 ... .max)
        print("LANGSO_TEST_SEED=\(seed)")
        var random = SeededGenerator(seed: seed)
        var positions = RisingPositions()
        var plain: [UInt64] = []
        for _ in 0..<3000 {
            if Int.random(in: 0..<3, using: &random) == 0 {
                #expect(positions.popFirst() == (plain.isEmpty ? nil : plain.removeFirst()))
            } else {
                let position = UInt64.random(in: 0..<200, using: &random)
                positions.insert(position)
                if !plain.contains(position) {
                    plain.insert(position, at: plain.firstIndex { $0 > position } ?? plain.count)
                }
                #expect(positions.contains(position))
            }
            #expect(positions.count == plain.count, "seed \(seed)")
        }
        #expect(Array(positions.all) == plain, "seed \(seed)")
    }
}
