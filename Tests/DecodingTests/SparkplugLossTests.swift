import Telemetry
import Testing

@testable import Decoding

/// What a host makes of numbers that are lost, and of births and deaths without a bdSeq.
struct SparkplugLossTests {
    private static let start = SparkplugTests.start

    private struct Link {
        var decoder: MessageDecoder
        var now = SparkplugLossTests.start
        var hasClock = true

        mutating func hear(
            _ type: String,
            _ sequence: UInt64?,
            _ metrics: [SparkplugMessage.Metric],
            writtenAt time: Instant? = nil,
            device: String = ""
        ) throws -> DecodedMessage {
            let end = device.isEmpty ? "" : "/" + device
            let message = SparkplugMessage(
                time: hasClock ? UInt64((time ?? now).milliseconds) : nil,
                sequence: sequence,
                metrics: metrics
            )
            return try decoder.decode(
                topic: "spBv1.0/village/\(type)/n1\(end)",
                payload: message.payload,
                receivedAt: now
            )
        }

        mutating func bear(_ number: UInt64? = 7) throws {
            let metrics = number.map { [SparkplugMessage.Metric("bdSeq", datatype: 8, .long($0))] }
            _ = try hear("NBIRTH", 0, metrics ?? [.init("lamp/on", datatype: 11, .flag(true))])
            _ = try hear(
                "DBIRTH",
                1,
                [.init("lamp/power", alias: 11, datatype: 10, .double(1))],
                device: "lamp"
            )
        }

        mutating func data(_ sequence: UInt64, writtenAt time: Instant? = nil) throws -> [Double] {
            try hear(
                "DDATA",
                sequence,
                [.init(alias: 11, .double(2))],
                writtenAt: time,
                device: "lamp"
            ).readings.map(\.value)
        }
    }

    private static func link() throws -> Link { Link(decoder: try SparkplugTests.decoder()) }

    @Test(
        arguments: [2, 100, 127, 128, 129, 130, 200, 253, 254, 255] as [UInt64],
        [true, false]
    )
    func `a gap of any length is one: what comes is read, and a rebirth asked`(
        gap: UInt64,
        hasClock: Bool
    ) throws {
        // Who says no times and comes with the number of before has repeated it.
        if gap == 255, !hasClock { return }
        var link = try Self.link()
        link.hasClock = hasClock
        try link.bear()
        link.now = link.now + .minutes(5)
        // The last number was 1.
        let next = (2 + gap) % 256
        #expect(try link.data(next) == [2])
        #expect(try link.data((next + 1) % 256) == [2])
        let later = link.now + .seconds(3)
        #expect(link.decoder.takeRequests(at: later).map(\.topic) == ["spBv1.0/village/NCMD/n1"])
    }

    @Test func `a number of before is dropped while it may come late, without times too`() throws {
        var link = try Self.link()
        link.hasClock = false
        try link.bear()
        for sequence in 2..<100 { #expect(try link.data(UInt64(sequence)) == [2]) }
        link.now = link.now + .seconds(2)
        #expect(try link.data(50) == [])
        link.now = link.now + Milliseconds(1)
        #expect(try link.data(50) == [2])
    }

    @Test func `a number of before that was written before is dropped, however far behind`() throws
    {
        var link = try Self.link()
        try link.bear()
        for sequence in 2..<100 { #expect(try link.data(UInt64(sequence)) == [2]) }
        let written = link.now
        link.now = link.now + .seconds(1)
        for sequence in [1, 50, 99] as [UInt64] {
            #expect(try link.data(sequence, writtenAt: written) == [])
        }
        #expect(link.decoder.takeRequests(at: link.now + .hours(1)).isEmpty)
    }

    @Test func `a decoder that takes the memory of another knows when the newest was written`()
        throws
    {
        var link = try Self.link()
        try link.bear()
        link.now = link.now + .minutes(5)
        var other = try Self.link()
        try other.decoder.recall(link.decoder.memory)
        other.now = link.now
        #expect(other.decoder.memory == link.decoder.memory)
        #expect(try other.data(200) == [2])
    }

    @Test(arguments: [(nil, 7), (7, nil), (nil, nil)] as [(UInt64?, UInt64?)])
    func `a death without a number, or after a birth without one, is a death`(
        birth: UInt64?,
        death: UInt64?
    ) throws {
        var link = try Self.link()
        try link.bear(birth)
        let metrics = death.map { [SparkplugMessage.Metric("bdSeq", datatype: 8, .long($0))] }
        let message = try link.hear("NDEATH", nil, metrics ?? [])
        #expect(message.goneDevices == ["village/n1", "village/n1/lamp"])
    }

    @Test func `births and deaths of many devices cost what each of them has`() throws {
        var link = try Self.link()
        _ = try link.hear("NBIRTH", 0, [.init("bdSeq", datatype: 8, .long(1))])
        let count = 200
        for round in 0..<2 {
            for number in 0..<count {
                let base = UInt64(number * 20)
                let metrics = (0..<20).map {
                    SparkplugMessage.Metric("m\($0)", alias: base + $0, datatype: 10, .double(1))
                }
                let sequence = UInt64((round * count + number + 1) % 256)
                _ = try link.hear("DBIRTH", sequence, metrics, device: "d\(number)")
            }
        }
        // Each alias is that of its device still.
        let sequence = UInt64((2 * count + 1) % 256)
        let data = try link.hear(
            "DDATA",
            sequence,
            [.init(alias: 842, .double(3))],
            device: "d42"
        )
        #expect(data.unreadMemberCount == 1)
        #expect(throws: DecodingError.unknownAlias(862, node: "village/n1/d42")) {
            _ = try link.hear(
                "DDATA",
                (sequence + 1) % 256,
                [.init(alias: 862, .double(3))],
                device: "d42"
            )
        }
    }

    @Test func `after a time without the broker every node that lives is asked for its birth`()
        throws
    {
        var link = try Self.link()
        try link.bear()
        let birth = SparkplugMessage(sequence: 0, metrics: [.init("bdSeq", datatype: 8, .long(1))])
        for type in ["NBIRTH", "NDEATH"] {
            _ = try link.decoder.decode(
                topic: "spBv1.0/village/\(type)/dead",
                payload: birth.payload,
                receivedAt: link.now
            )
        }
        link.decoder.askForBirths(at: link.now)
        #expect(link.decoder.takeRequests().map(\.topic) == ["spBv1.0/village/NCMD/n1"])
        link.decoder.askForBirths(at: link.now + .seconds(59))
        #expect(link.decoder.takeRequests().isEmpty)
        link.decoder.askForBirths(at: link.now + .minutes(1))
        #expect(link.decoder.takeRequests().count == 1)
    }

    @Test func `a node whose gap closes after the broker was away is asked for its birth then`()
        throws
    {
        var link = try Self.link()
        try link.bear()
        #expect(try link.data(2) == [2])
        #expect(try link.data(4) == [2])
        link.decoder.askForBirths(at: link.now)
        #expect(link.decoder.takeRequests().isEmpty, "the missing one may come")
        #expect(try link.data(3) == [2])
        let later = link.now + .hours(1)
        #expect(link.decoder.takeRequests(at: later).map(\.topic) == ["spBv1.0/village/NCMD/n1"])
    }

    @Test func `names that are only asked take no birth's place`() throws {
        var link = try Self.link()
        let data = SparkplugMessage(sequence: 3, metrics: [.init("a", datatype: 10, .double(1))])
        for number in 0...DecodingLimits.sparkplugNodes {
            #expect(throws: DecodingError.self) {
                try link.decoder.decode(
                    topic: "spBv1.0/village/NDATA/x\(number)",
                    payload: data.payload,
                    receivedAt: link.now
                )
            }
        }
        #expect(link.decoder.takeRequests().count == DecodingLimits.sparkplugNodes)
        #expect(link.decoder.memory.isEmpty)
        try link.bear()
        #expect(try link.data(2) == [2])
        _ = try link.hear("NDEATH", nil, [.init("bdSeq", datatype: 8, .long(7))])
        #expect(link.decoder.memory.isEmpty)
    }

    @Test func `a device that is born without metrics takes memory too`() throws {
        var state = SparkplugState()
        let payload = try SparkplugPayload(
            SparkplugMessage(metrics: []).payload,
            limits: DecodingLimits()
        )
        func take(_ type: String, _ end: String) throws(DecodingError) {
            let topic = try SparkplugTopic(Array("spBv1.0/g/\(type)/\(end)".utf8))
            _ = try state.take(topic, payload, receivedAt: Self.start, SparkplugSettings())
        }
        let long = String(repeating: "x", count: DecodingLimits.nameBytes - 10)
        var full = SparkplugNode()
        for device in 0..<DecodingLimits.sparkplugDevices { full.add(device: "\(device)\(long)") }
        let room = DecodingLimits.sparkplugBytes / full.bytes
        for node in 0..<room + 5 { state.restore("g/n\(node)", full) }
        #expect(state.nodes.count == room)
        try take("NBIRTH", "last")
        var accepted = 0
        let refusal = #expect(throws: DecodingError.self) {
            for device in 0..<DecodingLimits.sparkplugDevices {
                try take("DBIRTH", "last/\(device)\(long)")
                accepted += 1
            }
        }
        #expect(refusal == .tooManyElements(limit: DecodingLimits.sparkplugBytes))
        #expect(accepted > 0)
        // It is forgotten as a whole, and asked again when it sends.
        #expect(state.nodes.count == room)
    }

    @Test func `nodes behind levels of a bridge are others, and are asked behind them`() throws {
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("#")),
            family: .sparkplug,
            profile: "sparkplug-street-lamp"
        )
        let library = try ProfileExampleTests.library()
        var link = Link(decoder: MessageDecoder(rules: [rule], library: library))
        try link.bear()
        let data = SparkplugMessage(sequence: 2, metrics: [.init(alias: 11, .double(5))])
        #expect(throws: DecodingError.noBirth(node: "west/1/village/n1")) {
            try link.decoder.decode(
                topic: "west/1/spBv1.0/village/DDATA/n1/lamp",
                payload: data.payload,
                receivedAt: link.now
            )
        }
        #expect(
            link.decoder.takeRequests().map(\.topic) == ["west/1/spBv1.0/village/NCMD/n1"]
        )
        #expect(try link.data(2) == [2])
        for topic in ["/spBv1.0/g/NDATA/n", "spBv1.0/g/NDATA/n", "a/b/spBv1.0/g/NDATA/n"] {
            let node = try SparkplugTopic(Array(topic.utf8)).node
            let asked = topic.replacing("NDATA", with: "NCMD")
            #expect(SparkplugTopic.commandTopic(of: node) == asked)
        }
    }

    @Test func `a number that is missing anew half a turn later is missing once`() {
        var node = SparkplugNode()
        func take(_ sequence: UInt8, _ second: Int64) -> SparkplugNode.Arrival {
            let time = Instant(milliseconds: 1000 * second)
            return node.take(sequence, writtenAt: time, arrivedAt: time, window: .hours(1))
        }
        for (second, sequence) in [0, 2, 102, 46].enumerated() {
            #expect(take(UInt8(sequence), Int64(second) + 10) == .expected)
        }
        #expect(take(1, 12) == .expected)
        #expect(take(1, 12) == .repeated)
    }

    @Test func `names of devices count in the memory that births may take`() throws {
        var node = SparkplugNode()
        let empty = node.bytes
        node.add(device: "lamp")
        let one = node.bytes
        node.add(device: "lamp")
        #expect(one > empty && node.bytes == one)
        node.remove(device: "lamp")
        #expect(node.bytes == empty && node.devices.isEmpty)
    }
}
