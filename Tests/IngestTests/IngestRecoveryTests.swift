import Decoding
import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct IngestRecoveryTests {
    private let fill: Labels = ["__name__": "bin_fill_ratio", "device": "B-1"]

    /// A decoder with a rule for new devices, read by a profile that may not be there.
    private func decoder(_ profile: String) throws -> MessageDecoder {
        let filter = try #require(TopicFilter("new/+"))
        return try IngestFolder.decoder(rules: [
            SubscriptionRule(topicFilter: filter, family: .plainJSON, profile: profile)
        ])
    }

    /// Sends numbered readings a minute apart.
    private func send(_ numbers: Range<Int>, to data: inout IngestFolder) throws {
        for number in numbers {
            let time = IngestFolder.now + .minutes(Int64(number))
            try data.send("bins/bin-1", #"{"fill": \#(Double(number) / 10)}"#, at: time)
        }
    }

    @Test func `what came after the last checkpoint comes back from the journal`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder)
            try send(0..<100, to: &data)
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
            try send(100..<200, to: &data)
        }
        var data = try IngestFolder(folder)
        let samples = try data.samples(fill)
        #expect(samples.count == 200)
        #expect(samples.map { ($0.value * 1000).rounded() } == (0..<200).map(Double.init))
        #expect(data.storage.pipeline.counters.messages == 100)
    }

    @Test func `a frame from before the checkpoint is still known after a restart`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        let topic = "tele/x/SENSOR"
        var devices = DeviceDirectory()
        devices.assign("24e124713b492805", .init(profile: "milesight-em310-udl"))
        let uplink = """
            {"deduplicationId": "a", "time": "2026-03-09T20:00:10Z", "devAddr": "01020304",
             "deviceInfo": {"devEui": "24e124713b492805"}, "fCnt": 7, "fPort": 85,
             "data": "A4LoAw=="}
            """
        let up = "application/a/device/24e124713b492805/event/up"
        _ = topic
        let rules = SubscriptionRule.wellKnown.map { rule in
            var rule = rule
            rule.profile = "milesight-em310-udl"
            return rule
        }
        do {
            var data = try IngestFolder(folder, decoder: IngestFolder.decoder(rules: rules))
            try data.send(up, uplink)
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        var data = try IngestFolder(folder, decoder: IngestFolder.decoder(rules: rules))
        try data.send(up, uplink.replacing("20:00:10Z", with: "20:03:10Z"))
        #expect(data.storage.pipeline.counters.duplicateMessages == 1)
        #expect(try data.samples(["__name__": "bin_distance_metres"]).count == 1)
    }

    @Test func `undecodable messages stay in the list over crash and checkpoint`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder)
            try data.send("bins/bin-1", "no json")
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
            try data.send("nobody/knows", "{}")
        }
        let data = try IngestFolder(folder)
        let letters = data.storage.pipeline.deadLetters
        #expect(letters.counts == ["not_json": 1, "unknown_topic": 1])
        #expect(letters.newest(10).map(\.reason) == ["unknown_topic", "not_json"])
    }

    @Test func `a mended profile reads what is in the list, and the list forgets it`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder, decoder: decoder("not-there"))
            try data.send("new/d1", #"{"fill": 70}"#)
            try data.send("new/d2", "broken")
            #expect(data.storage.pipeline.deadLetters.counts == ["no_profile": 1, "not_json": 1])
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        do {
            var data = try IngestFolder(folder, decoder: decoder("test-bin"))
            let reader = try JournalReader(folder: folder.path(of: "data"))
            let run = try data.storage.pipeline.decodeDeadLetters(reader, at: IngestFolder.now)
            #expect(run.tried == 2 && run.decoded == 1 && run.failed == 1 && run.gone == 0)
        }
        var data = try IngestFolder(folder, decoder: decoder("test-bin"))
        #expect(data.storage.pipeline.deadLetters.counts == ["not_json": 1])
        let samples = try data.samples(["__name__": "bin_fill_ratio", "device": "d1"])
        #expect(samples == [Sample(time: IngestFolder.now, value: 0.7)])
    }

    @Test func `a second opener of a folder is refused with the holder's number`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        let first = try IngestFolder(folder)
        let error = try #require(throws: IngestError.self) { _ = try IngestFolder(folder) }
        #expect("\(error)".contains("is using it"))
        _ = first.storage.pipeline.position
    }

    @Test func `a damaged list of undecodable messages is an error that says what to do`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder)
            try data.send("bins/bin-1", "no json")
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        let path = folder.path(of: "data/\(IngestPipeline.deadLettersFile)")
        let file = try StorageFile(path, .readWrite)
        try file.write([0xFF].span.bytes, at: 9)
        let error = try #require(throws: IngestError.self) { _ = try IngestFolder(folder) }
        #expect("\(error)".contains("remove it"))
    }

    @Test func `a filter knows what a broker sends again, until something new comes`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        var data = try IngestFolder(folder)
        for number in 0..<10 {
            let text = #"{"fill": \#(number)}"#
            try data.send("bins/bin-1", text, packetIdentifier: UInt16(number + 1))
        }
        let reader = try JournalReader(folder: folder.path(of: "data"))
        var filter = RedeliveryFilter()
        func ask(_ number: Int, as identifier: UInt16) -> Bool {
            filter.isRedelivered(
                packetIdentifier: identifier,
                topic: Array("bins/bin-1".utf8).span.bytes,
                payload: Array(#"{"fill": \#(number)}"#.utf8).span.bytes
            )
        }
        #expect(!ask(8, as: 9), "nothing is compared while a connection lasts")
        try filter.begin(with: reader, head: data.storage.journal.head)
        #expect(!ask(7, as: 0), "without a number it is no repetition, and ends nothing")
        #expect(ask(8, as: 9) && ask(9, as: 10))
        #expect(!ask(9, as: 10), "it came once and can come again once only")
        #expect(!filter.isActive)
        #expect(!ask(7, as: 8))
        try filter.begin(with: reader, head: data.storage.journal.head)
        #expect(!ask(9, as: 11), "an equal reading with a number of its own is new")
        try filter.begin(with: reader, head: data.storage.journal.head)
        filter.end()
        #expect(!ask(9, as: 10), "a broker without the session repeats nothing")
    }

    @Test func `what came before much of the gateway's own is still known`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        var data = try IngestFolder(folder, journal: .init(sizeBytes: 32 << 20))
        try data.send("bins/bin-1", #"{"fill": 1}"#, packetIdentifier: 1)
        var own = LabelledSamples()
        for number in 0..<10_000 {
            own.append(
                ["__name__": "own", "n": "\(number % 400)"],
                Sample(time: IngestFolder.now, value: 1)
            )
        }
        let first = data.storage.journal.head
        while data.storage.journal.head - first < 12 << 20 { try data.send(own: own) }
        let reader = try JournalReader(folder: folder.path(of: "data"))
        var filter = RedeliveryFilter()
        try filter.begin(with: reader, head: data.storage.journal.head)
        let isKnown = filter.isRedelivered(
            packetIdentifier: 1,
            topic: Array("bins/bin-1".utf8).span.bytes,
            payload: Array(#"{"fill": 1}"#.utf8).span.bytes
        )
        #expect(isKnown)
    }

    @Test func `own samples come back whose series were named before the checkpoint`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        func own(_ minute: Int64, _ names: String...) -> LabelledSamples {
            let time = IngestFolder.now + .minutes(minute)
            let sample = Sample(time: time, value: Double(minute))
            return LabelledSamples(names.map { (["__name__": $0], sample) })
        }
        do {
            var data = try IngestFolder(folder)
            try data.send(own: own(0, "first", "second"))
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
            try data.send(own: own(1, "second"))
        }
        do {
            var data = try IngestFolder(folder)
            #expect(try data.samples(["__name__": "second"]).map(\.value) == [0, 1])
            // This program gives the numbers to other series, in the same segment.
            try data.send(own: own(2, "third", "first"))
        }
        var data = try IngestFolder(folder)
        #expect(try data.samples(["__name__": "first"]).map(\.value) == [0, 2])
        #expect(try data.samples(["__name__": "second"]).map(\.value) == [0, 1])
        #expect(try data.samples(["__name__": "third"]).map(\.value) == [2])
    }

    @Test func `a record of samples that cannot be read is counted with its reason`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        var data = try IngestFolder(folder)
        let batch = RecordBatch()
        try batch.append(kind: .samples, receivedAt: IngestFolder.now, payload: [9])
        data.storage.pipeline.take(batch)
        let counters = data.storage.pipeline.counters
        #expect(counters.refusedSamples == ["unreadable_record": 1])
        #expect(counters.firstRefusals["unreadable_record"]?.contains("version 9") == true)
    }

    @Test func `a repetition in the list of undecodable messages is measured once`() throws {
        let folder = try TemporaryFolder("langso-ingest")
        do {
            var data = try IngestFolder(folder, decoder: decoder("not-there"))
            try data.send("new/d1", #"{"fill": 70}"#)
            let later = IngestFolder.now + .minutes(5)
            try data.send("new/d1", #"{"fill": 70}"#, flags: .duplicate, at: later)
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        var data = try IngestFolder(folder, decoder: decoder("test-bin"))
        let reader = try JournalReader(folder: folder.path(of: "data"))
        let run = try data.storage.pipeline.decodeDeadLetters(reader, at: IngestFolder.now)
        #expect(run.decoded == 2)
        let samples = try data.samples(["__name__": "bin_fill_ratio", "device": "d1"])
        #expect(samples == [Sample(time: IngestFolder.now, value: 0.7)])
    }

    @Test func `a journal whose segments hold no largest message is refused with what to do`()
        throws
    {
        let folder = try TemporaryFolder("langso-ingest")
        let data = folder.path(of: "data")
        var small = JournalSettings(sizeBytes: 1 << 20, segmentBytes: 65_536)
        small.leastSegmentBytes = 4096
        _ = try Journal.create(folder: data, settings: small, at: IngestFolder.now).head
        let error = #expect(throws: IngestError.self) {
            _ = try IngestFolder(folder).storage.journal.head
        }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("\(data)/journal"))
        #expect(text.contains("65536"))
        #expect(text.contains("name a new data folder"), "\(text)")
    }

    @Test func `a frame that a mended profile reads after a restart is stored, not a repetition`()
        throws
    {
        let folder = try TemporaryFolder("langso-ingest")
        let up = "application/a/device/24e124713b492805/event/up"
        let uplink = """
            {"deduplicationId": "a", "time": "2026-03-09T20:00:10Z", "devAddr": "01020304",
             "deviceInfo": {"devEui": "24e124713b492805"}, "fCnt": 7, "fPort": 85,
             "data": "A4LoAw=="}
            """
        func open(_ profile: String) throws -> IngestFolder {
            let rules = SubscriptionRule.wellKnown.map { rule in
                var rule = rule
                rule.profile = profile
                return rule
            }
            return try IngestFolder(folder, decoder: IngestFolder.decoder(rules: rules))
        }
        do {
            var data = try open("not-there")
            try data.send(up, uplink)
            try data.storage.pipeline.checkpoint(at: IngestFolder.now)
        }
        var data = try open("milesight-em310-udl")
        let reader = try JournalReader(folder: folder.path(of: "data"))
        let run = try data.storage.pipeline.decodeDeadLetters(reader, at: IngestFolder.now)
        #expect(run.decoded == 1)
        #expect(data.storage.pipeline.counters.duplicateMessages == 0)
        #expect(try data.samples(["__name__": "bin_distance_metres"]).count == 1)
        // From now on it is known.
        try data.send(up, uplink)
        #expect(data.storage.pipeline.counters.duplicateMessages == 1)
    }
}
