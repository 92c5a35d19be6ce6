import Decoding
import Foundation
import RingStore
import Telemetry
import TestKit
import Testing

@testable import Ingest

/// Messages that wait for codecs: what is stored, what a crash leaves, and what is lost never.
@Suite struct CodecIngestTests {
    private static let eui = "24e124713b492805"
    private static let level: Labels = ["__name__": "water_level_metres", "device": eui]
    private static let profile = """
        id: test-codec
        manufacturer: test
        model: level
        title: Level
        kind: water_level
        source: test
        codec: codec.js
        messages:
          - json:
              - {quantity: water.level, path: level, unit: cm}
        """

    private static func decoder(_ profile: String = profile) throws -> MessageDecoder {
        let rules = SubscriptionRule.wellKnown.map { rule in
            var rule = rule
            rule.profile = "test-codec"
            return rule
        }
        return try IngestFolder.decoder(
            profiles: [ProfileText(file: "test-codec", text: profile)],
            rules: rules
        )
    }

    private func open(_ folder: TemporaryFolder, profile: String = Self.profile) throws
        -> IngestFolder
    {
        try IngestFolder(folder, decoder: Self.decoder(profile))
    }

    /// Sends an uplink; by the counter, a minute later each.
    private func send(
        _ counter: Int,
        to data: inout IngestFolder,
        members: String = #""data": "AQID""#
    ) throws {
        let up = """
            {"deduplicationId": "f\(counter)", "devAddr": "01020304", "fCnt": \(counter),
             "deviceInfo": {"devEui": "\(Self.eui)"}, "fPort": 5, \(members)}
            """
        try data.send(
            "application/a/device/\(Self.eui)/event/up",
            up,
            at: IngestFolder.now + .minutes(Int64(counter))
        )
    }

    private func reply(_ call: AwaitedCall, _ data: String = #"{"level": 150}"#) -> CodecReply {
        CodecReply(position: call.position, result: .data(Array(data.utf8), warningCount: 0))
    }

    private func checkpoint(_ data: inout IngestFolder) throws {
        try data.storage.pipeline.checkpoint(at: IngestFolder.now)
    }

    @Test func `a payload waits for its codec, and what it says is read by the profile`() throws {
        var data = try open(try TemporaryFolder("langso-codec"))
        try send(1, to: &data)
        let calls = data.storage.pipeline.takeCodecCalls()
        let request = try #require(calls.first?.request)
        #expect(calls.count == 1 && request.profileID == "test-codec" && request.port == 5)
        #expect(request.payload == [1, 2, 3] && request.deviceAddress == Self.eui)
        #expect(
            request.receivedAtMilliseconds == (IngestFolder.now + .minutes(1)).milliseconds
        )
        #expect(try data.samples(Self.level).isEmpty)
        #expect(data.storage.pipeline.awaitedCounts == (1, 0))
        data.storage.pipeline.finish([reply(calls[0])])
        #expect(
            try data.samples(Self.level)
                == [Sample(time: IngestFolder.now + .minutes(1), value: 1.5)]
        )
        #expect(data.storage.pipeline.awaitedCounts == (0, 0))
        #expect(data.storage.pipeline.takeCodecCalls().isEmpty)
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
        #expect(data.storage.pipeline.counters.decodedMessages == 1)
        // An answer that comes twice changes nothing.
        data.storage.pipeline.finish([reply(calls[0], #"{"level": 99}"#)])
        #expect(try data.samples(Self.level).map(\.value) == [1.5])
    }

    @Test func `what the server's own codec decoded needs no other, unless the profile says so`()
        throws
    {
        let object = #""data": "AQID", "object": {"level": 20}"#
        var data = try open(try TemporaryFolder("langso-codec"))
        try send(1, to: &data, members: object)
        #expect(try data.samples(Self.level).map(\.value) == [0.2])
        #expect(data.storage.pipeline.takeCodecCalls().isEmpty)
        let always = Self.profile.replacing(
            "codec: codec.js",
            with: "codec: {file: codec.js, always: true}"
        )
        var asked = try open(try TemporaryFolder("langso-codec"), profile: always)
        try send(1, to: &asked, members: object)
        let calls = asked.storage.pipeline.takeCodecCalls()
        asked.storage.pipeline.finish(calls.map { reply($0) })
        #expect(try asked.samples(Self.level).map(\.value) == [1.5])
    }

    @Test func `a frame that comes again while the first waits is no second one`() throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            try send(1, to: &data)
            try send(1, to: &data)
            let calls = data.storage.pipeline.takeCodecCalls()
            #expect(calls.count == 1)
            #expect(data.storage.pipeline.counters.duplicateMessages == 1)
            try checkpoint(&data)
        }
        // Nor after a restart, before which neither was answered.
        var data = try open(folder)
        try send(1, to: &data)
        let calls = data.storage.pipeline.takeCodecCalls()
        #expect(calls.count == 1 && data.storage.pipeline.counters.duplicateMessages == 1)
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(try data.samples(Self.level).count == 1)
    }

    @Test(arguments: [false, true], [false, true])
    func `a message that was not answered is asked after a crash`(
        isCheckpointed: Bool,
        isAnsweredAfterIt: Bool
    ) throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            for counter in 1...3 { try send(counter, to: &data) }
            let calls = data.storage.pipeline.takeCodecCalls()
            data.storage.pipeline.finish([reply(calls[0])])
            if isCheckpointed { try checkpoint(&data) }
            // Stored in memory alone: the crash takes it back.
            if isAnsweredAfterIt { data.storage.pipeline.finish([reply(calls[1])]) }
        }
        var data = try open(folder)
        let calls = data.storage.pipeline.takeCodecCalls()
        // Those that waited at the last checkpoint, or all that were taken since.
        #expect(calls.count == (isCheckpointed ? 2 : 3))
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(
            try data.samples(Self.level)
                == (1...3).map { Sample(time: IngestFolder.now + .minutes(Int64($0)), value: 1.5) }
        )
        try checkpoint(&data)
        try checkpoint(&data)
        #expect(data.storage.pipeline.awaitedCounts == (0, 0))
    }

    @Test func `after the checkpoint that holds the samples the next start asks nothing`() throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            for counter in 1...3 { try send(counter, to: &data) }
            let calls = data.storage.pipeline.takeCodecCalls()
            data.storage.pipeline.finish(calls.map { reply($0) })
            try checkpoint(&data)
        }
        var data = try open(folder)
        #expect(data.storage.pipeline.takeCodecCalls().isEmpty)
        #expect(try data.samples(Self.level).count == 3)
    }

    @Test(arguments: [
        (CodecReply.Result.failed("Error: no"), "codec_failed", "Error: no"),
        (.data(Array(#"{"other": 1}"#.utf8), warningCount: 1), "missing_field", "level"),
        (.data(Array("[1]".utf8), warningCount: 0), "missing_field", "level"),
        (.data(Array("{".utf8), warningCount: 0), "not_json", "JSON"),
    ])
    func `what gives no values is a dead letter with its words`(
        result: CodecReply.Result,
        reason: String,
        words: String
    ) throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            for counter in 1...2 { try send(counter, to: &data) }
            let calls = data.storage.pipeline.takeCodecCalls()
            data.storage.pipeline.finish([
                CodecReply(position: calls[0].position, result: result)
            ])
            #expect(data.storage.pipeline.deadLetters.counts == [reason: 1])
            #expect(data.storage.pipeline.counters.undecodedMessages == [reason: 1])
            let journal = try JournalReader(folder: folder.path(of: "data"))
            let record = try journal.record(at: calls[0].position)
            let said = data.storage.pipeline.refusal(of: record)
            #expect(said?.contains(words) == true, "\(said ?? "")")
            #expect(data.storage.pipeline.awaitedCounts == (1, 0))
            try checkpoint(&data)
        }
        var data = try open(folder)
        #expect(data.storage.pipeline.deadLetters.counts == [reason: 1])
        #expect(data.storage.pipeline.takeCodecCalls().count == 1)
        // Decoded once more, as after the script was mended, it waits again.
        let journal = try JournalReader(folder: folder.path(of: "data"))
        let run = try data.storage.pipeline.decodeDeadLetters(journal, at: IngestFolder.now)
        #expect(run.tried == 1 && run.awaiting == 1 && run.failed == 0)
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
        let again = data.storage.pipeline.takeCodecCalls()
        #expect(again.count == 1)
        data.storage.pipeline.finish(again.map { reply($0) })
        #expect(try data.samples(Self.level).map(\.value) == [1.5])
    }

    @Test func `what no codec takes now is put aside, and taken up later`() throws {
        let folder = try TemporaryFolder("langso-codec")
        var data = try open(folder)
        for counter in 1...4 { try send(counter, to: &data) }
        let calls = data.storage.pipeline.takeCodecCalls()
        data.storage.pipeline.finish(
            calls.prefix(3).map { CodecReply(position: $0.position, result: .busy) }
        )
        #expect(data.storage.pipeline.awaitedCounts == (4, 3))
        #expect(data.storage.pipeline.awaitedAside == ["test-codec": 3])
        // What comes meanwhile does not overtake them.
        try send(5, to: &data)
        #expect(data.storage.pipeline.takeCodecCalls().isEmpty)
        let reader = try JournalReader(folder: folder.path(of: "data"))
        try data.storage.pipeline.takeUpAwaited(reader, most: ["test-codec": 2, "other": 9])
        var again = data.storage.pipeline.takeCodecCalls()
        #expect(again == Array(calls.prefix(2)), "no more are read than there is room for")
        try data.storage.pipeline.takeUpAwaited(reader, most: ["test-codec": 9])
        again += data.storage.pipeline.takeCodecCalls()
        #expect(again.map(\.position).sorted() == again.map(\.position) && again.count == 4)
        #expect(data.storage.pipeline.awaitedAside.isEmpty)
        data.storage.pipeline.finish((again + [calls[3]]).map { reply($0) })
        #expect(try data.samples(Self.level).count == 5)
    }

    @Test func `a profile that does without its codec now reads what waits`() throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            try send(1, to: &data)
            try checkpoint(&data)
        }
        let plain = Self.profile.replacing("codec: codec.js\n", with: "")
            .replacing(
                "  - json:\n      - {quantity: water.level, path: level, unit: cm}",
                with: "  - bytes:\n      - {quantity: water.level, at: 0, type: u8, unit: cm}"
            )
        var data = try open(folder, profile: plain)
        #expect(data.storage.pipeline.takeCodecCalls().isEmpty)
        #expect(try data.samples(Self.level).map(\.value) == [0.01])
        #expect(data.storage.pipeline.awaitedCounts == (0, 0))
    }

    @Test func `what is too much for memory waits in the journal, and more as dead letters`()
        throws
    {
        let folder = try TemporaryFolder("langso-codec")
        var data = try open(folder)
        data.storage.pipeline.awaited.limits.memoryPerCodec = 8
        data.storage.pipeline.awaited.limits.waitingPerCodec = 20
        let total = 25
        for counter in 1...total { try send(counter, to: &data) }
        let counts = data.storage.pipeline.awaitedCounts
        #expect(counts.all == 20 && counts.aside == 12)
        #expect(data.storage.pipeline.deadLetters.counts == ["codec_busy": 5])
        let reader = try JournalReader(folder: folder.path(of: "data"))
        var answered = 0
        while true {
            let calls = data.storage.pipeline.takeCodecCalls()
            if calls.isEmpty { break }
            answered += calls.count
            data.storage.pipeline.finish(calls.map { reply($0) })
            let most = data.storage.pipeline.awaitedAside
            try data.storage.pipeline.takeUpAwaited(reader, most: most)
        }
        #expect(answered == 20)
        // What was answered takes no room any more, without a checkpoint between.
        let run = try data.storage.pipeline.decodeDeadLetters(reader, at: IngestFolder.now)
        #expect(run.awaiting == 5)
        let rest = data.storage.pipeline.takeCodecCalls()
        data.storage.pipeline.finish(rest.map { reply($0) })
        #expect(try data.samples(Self.level).count == total)
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
    }

    @Test func `more answers than the list has room for are asked again after a crash, all of it`()
        throws
    {
        let folder = try TemporaryFolder("langso-codec")
        let total = 60
        do {
            var data = try open(folder)
            data.storage.pipeline.awaited.limits.waitingPerCodec = 10
            data.storage.pipeline.awaited.limits.askedPerCheckpoint = total
            for counter in 1...total {
                let isDue = data.storage.pipeline.isCheckpointDue
                #expect(!isDue)
                try send(counter, to: &data)
                let calls = data.storage.pipeline.takeCodecCalls()
                data.storage.pipeline.finish(calls.map { reply($0) })
            }
            #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
            // A checkpoint bounds what a start asks again.
            let isDue = data.storage.pipeline.isCheckpointDue
            #expect(isDue)
        }
        var data = try open(folder)
        let calls = data.storage.pipeline.takeCodecCalls()
        #expect(calls.count == total)
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(try data.samples(Self.level).count == total)
        try checkpoint(&data)
        let isDue = data.storage.pipeline.isCheckpointDue
        #expect(!isDue)
    }

    @Test func `an answer is asked again unless the checkpoint that holds it was made`() throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            try send(1, to: &data)
            try checkpoint(&data)
            data.storage.pipeline.finish(
                data.storage.pipeline.takeCodecCalls().map { reply($0) }
            )
            // The crash comes between the lists and the store.
            try data.storage.pipeline.writeIndexes(SystemFileCalls())
        }
        var data = try open(folder)
        let calls = data.storage.pipeline.takeCodecCalls()
        #expect(calls.count == 1)
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(try data.samples(Self.level).map(\.value) == [1.5])
    }

    @Test func `a message that failed before a crash and not after it is no dead letter`() throws {
        let folder = try TemporaryFolder("langso-codec")
        do {
            var data = try open(folder)
            try send(1, to: &data)
            let calls = data.storage.pipeline.takeCodecCalls()
            data.storage.pipeline.finish(
                calls.map { CodecReply(position: $0.position, result: .failed("killed")) }
            )
            try data.storage.pipeline.writeIndexes(SystemFileCalls())
        }
        var data = try open(folder)
        #expect(data.storage.pipeline.deadLetters.counts == ["codec_failed": 1])
        let calls = data.storage.pipeline.takeCodecCalls()
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(data.storage.pipeline.deadLetters.counts.isEmpty)
        #expect(try data.samples(Self.level).map(\.value) == [1.5])
    }

    @Test func `a frame whose codec failed may come again`() throws {
        var data = try open(try TemporaryFolder("langso-codec"))
        try send(1, to: &data)
        let calls = data.storage.pipeline.takeCodecCalls()
        data.storage.pipeline.finish(
            calls.map { CodecReply(position: $0.position, result: .failed("killed")) }
        )
        try send(1, to: &data)
        let again = data.storage.pipeline.takeCodecCalls()
        #expect(again.count == 1 && again != calls)
    }

    @Test func `a message that the journal holds damaged does not keep the others from a start`()
        throws
    {
        let folder = try TemporaryFolder("langso-codec")
        let journal = JournalSettings(sizeBytes: 32 << 20)
        do {
            var data = try IngestFolder(folder, decoder: Self.decoder(), journal: journal)
            for counter in 1...3 { try send(counter, to: &data) }
            // So much that recovery does not read the first messages again.
            let large = [UInt8](repeating: 0x20, count: 200_000)
            for number in 0..<60 {
                let time = IngestFolder.now + .minutes(9)
                try data.send("other/\(number)", bytes: large, at: time)
            }
            try checkpoint(&data)
        }
        let path = folder.path(of: "data/journal")
        let bytes = try Array(Data(contentsOf: URL(filePath: path), options: .alwaysMapped))
        let place = try #require(bytes.firstRange(of: Array(#""f2""#.utf8))).lowerBound
        let file = try StorageFile(path, .readWrite)
        try file.write([0x21].span.bytes, at: UInt64(place + 1))
        var data = try IngestFolder(folder, decoder: Self.decoder(), journal: journal)
        let calls = data.storage.pipeline.takeCodecCalls()
        #expect(calls.count == 2)
        #expect(data.storage.pipeline.counters.undecodedMessages["journal_damaged"] == 1)
        data.storage.pipeline.finish(calls.map { reply($0) })
        #expect(try data.samples(Self.level).count == 2)
        #expect(data.storage.pipeline.awaitedCounts == (0, 0))
    }
}
