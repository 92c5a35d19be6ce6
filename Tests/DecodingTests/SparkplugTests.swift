import Protobuf
import Telemetry
import TestKit
import Testing

@testable import Decoding

/// Sparkplug B as the specification's normative statements (tck-id-…) have it, for a host.
struct SparkplugTests {
    /// 2026-01-01T00:00:00Z, the time of the reference's examples.
    static let start = Instant(milliseconds: 1_767_225_600_000)

    static func decoder(
        settings: SparkplugSettings = SparkplugSettings(),
        profile: String? = "sparkplug-street-lamp"
    ) throws -> MessageDecoder {
        MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("spBv1.0/#")),
                    family: .sparkplug,
                    profile: profile
                )
            ],
            library: try ProfileExampleTests.library(),
            settings: DecoderSettings(sparkplug: settings)
        )
    }

    /// A node that speaks and a decoder that listens.
    private struct Link {
        var decoder: MessageDecoder
        var now = SparkplugTests.start

        mutating func hear(_ type: String, _ payload: [UInt8], device: String = "") throws
            -> DecodedMessage
        {
            let end = device.isEmpty ? "" : "/" + device
            return try decoder.decode(
                topic: "spBv1.0/village/\(type)/n1\(end)",
                payload: payload,
                receivedAt: now
            )
        }

        mutating func hear(_ type: String, hex: String, device: String = "") throws
            -> DecodedMessage
        {
            try hear(type, try #require(HexText.decode(hex)), device: device)
        }

        /// Says a message of the device or node with one double under an alias.
        mutating func data(_ sequence: UInt64, alias: UInt64 = 11, _ value: Double = 1) throws
            -> DecodedMessage
        {
            let message = SparkplugMessage(
                time: UInt64(now.milliseconds),
                sequence: sequence,
                metrics: [.init(alias: alias, .double(value))]
            )
            return try hear("DDATA", message.payload, device: "lamp")
        }

        /// The node's and the device's births of the reference.
        mutating func bear() throws {
            _ = try hear("NBIRTH", hex: SparkplugTests.nodeBirth)
            _ = try hear("DBIRTH", hex: SparkplugTests.deviceBirth, device: "lamp")
        }
    }

    private static func link(_ settings: SparkplugSettings = SparkplugSettings())
        throws -> Link
    {
        Link(decoder: try decoder(settings: settings))
    }

    static let nodeBirth =
        "0880d0eab6b73312120a0562645365711880d0eab6b7332004580712210a144e6f646520436f6e74726f6c2f52"
        + "6562697274681880d0eab6b733200b70001800"
    static let deviceBirth =
        "08b2d0eab6b73312200a0a6c616d702f706f776572100b18a8d0eab6b733200a69000000000040434012160a07"
        + "6c616d702f6f6e100c18a8d0eab6b733200b70011801"
    static let deviceData =
        "08e0a4eeb6b7331214100b18fca3eeb6b733200a6900000000004035401802"
    static let nodeDeath = "0880d0eab6b73312120a0562645365711880d0eab6b73320045807"

    private static let rebirth = OutgoingRequest(
        topic: "spBv1.0/village/NCMD/n1",
        payload: SparkplugState.rebirthPayload(at: start)
    )

    // MARK: The reference's example

    @Test func `the reference's four messages give birth, readings by alias, and death`() throws {
        var link = try Self.link()
        let node = try link.hear("NBIRTH", hex: Self.nodeBirth)
        #expect(node.deviceAddress == "village/n1")
        #expect(node.readings.map(\.quantity.id) == ["device.online"])
        let lamp = try link.hear("DBIRTH", hex: Self.deviceBirth, device: "lamp")
        #expect(lamp.deviceAddress == "village/n1/lamp")
        #expect(lamp.readings.map(\.value) == [38.5, 1, 1])
        #expect(lamp.readings[0].time?.rfc3339 == "2026-01-01T00:00:00.040Z")
        link.now = link.now + .minutes(1)
        let data = try link.hear("DDATA", hex: Self.deviceData, device: "lamp")
        #expect(data.readings.map(\.quantity.id) == ["lamp.power"])
        #expect(data.readings.map(\.value) == [21.25])
        #expect(data.timeOrigin == .device)
        link.now = link.now + .hours(1)
        let death = try link.hear("NDEATH", hex: Self.nodeDeath)
        #expect(death.kind == .availability)
        #expect(death.readings.map(\.value) == [0])
        // A will is as old as the connection: what counts is when it came.
        #expect(death.time == link.now)
        #expect(death.goneDevices == ["village/n1", "village/n1/lamp"])
        #expect(link.decoder.takeRequests().isEmpty)
    }

    // MARK: Births

    @Test func `tck-id-payloads-alias-uniqueness: one alias for two metrics is refused`() throws {
        var link = try Self.link()
        _ = try link.hear("NBIRTH", hex: Self.nodeBirth)
        let birth = SparkplugMessage(
            time: UInt64(Self.start.milliseconds),
            sequence: 1,
            metrics: [
                .init("lamp/power", alias: 3, datatype: 10, .double(1)),
                .init("lamp/on", alias: 3, datatype: 11, .flag(true)),
            ]
        )
        let problem = "3 stands for two metrics"
        #expect(throws: DecodingError.badValue(field: "alias", problem: problem)) {
            _ = try link.hear("DBIRTH", birth.payload, device: "lamp")
        }
    }

    @Test func `data before the birth is refused, and a rebirth asked once in the pause`() throws {
        var link = try Self.link()
        for _ in 0..<3 {
            #expect(throws: DecodingError.noBirth(node: "village/n1")) { _ = try link.data(5) }
        }
        #expect(link.decoder.takeRequests() == [Self.rebirth])
        link.now = link.now + .seconds(59)
        #expect(throws: DecodingError.self) { _ = try link.data(6) }
        #expect(link.decoder.takeRequests().isEmpty)
        link.now = link.now + .seconds(1)
        #expect(throws: DecodingError.self) { _ = try link.data(7) }
        #expect(link.decoder.takeRequests().count == 1)
        try link.bear()
        #expect(try link.data(2).readings.map(\.value) == [1])
    }

    @Test func `an alias that no birth defines is refused, and a rebirth asked`() throws {
        var link = try Self.link()
        try link.bear()
        #expect(throws: DecodingError.unknownAlias(99, node: "village/n1/lamp")) {
            _ = try link.data(2, alias: 99)
        }
        #expect(link.decoder.takeRequests() == [Self.rebirth])
    }

    @Test func `a node's birth drops the aliases of its devices`() throws {
        var link = try Self.link()
        try link.bear()
        _ = try link.hear("NBIRTH", hex: Self.nodeBirth)
        #expect(throws: DecodingError.noBirth(node: "village/n1/lamp")) { _ = try link.data(1) }
    }

    @Test func `commands name a metric by the alias of a birth that holds`() throws {
        var link = try Self.link()
        let lamp = SparkplugMetricName("lamp/on", isOfNode: false)
        let names: Set = [
            lamp, SparkplugMetricName("lamp/on", isOfNode: true),
            SparkplugMetricName("Node Control/Rebirth", isOfNode: true),
        ]
        func aliases(_ type: String) -> [SparkplugMetricName: UInt64] {
            let topic = "spBv1.0/village/\(type)/n1/lamp"
            return link.decoder.sparkplugAliases(of: names, topic: Array(topic.utf8))
        }
        #expect(aliases("DDATA").isEmpty)
        try link.bear()
        #expect(aliases("DDATA") == [lamp: 12])
        #expect(aliases("DBIRTH") == [lamp: 12])
        #expect(aliases("?").isEmpty)
        // What an alias stands for is not known while a birth is owed.
        #expect(throws: DecodingError.self) { _ = try link.data(2, alias: 99) }
        #expect(aliases("DDATA").isEmpty)
        try link.bear()
        #expect(aliases("DDATA") == [lamp: 12])
        _ = try link.hear("NDEATH", hex: Self.nodeDeath)
        #expect(aliases("DDATA").isEmpty)
    }

    @Test func `tck-id-payloads-ncmd: the request is Node Control Rebirth, true, no seq`() throws {
        #expect(Self.rebirth.topic == "spBv1.0/village/NCMD/n1")
        let bytes = Self.rebirth.payload
        let payload = try SparkplugPayload(bytes, limits: DecodingLimits())
        #expect(payload.sequence == nil)
        #expect(payload.time == Self.start)
        let metric = try #require(payload.metrics.first)
        #expect(payload.metrics.count == 1)
        #expect(String(decoding: bytes[metric.name], as: UTF8.self) == "Node Control/Rebirth")
        #expect(metric.datatype == .boolean)
        guard case .flag(true) = metric.value else {
            Issue.record("the value is not true")
            return
        }
    }

    // MARK: Sequence

    @Test func `host-reordering-rebirth: a gap that is not filled asks for a rebirth`()
        throws
    {
        var link = try Self.link()
        try link.bear()
        #expect(try link.data(4, 7).readings.map(\.value) == [7])
        link.now = link.now + .seconds(2)
        #expect(link.decoder.takeRequests(at: link.now).isEmpty)
        link.now = link.now + Milliseconds(1)
        let requests = link.decoder.takeRequests(at: link.now)
        #expect(requests.count == 1)
        #expect(link.decoder.takeRequests(at: link.now + .seconds(59)).isEmpty)
        // Nobody knows whether the node heard it.
        link.now = link.now + .minutes(1)
        #expect(link.decoder.takeRequests(at: link.now).map(\.topic) == [Self.rebirth.topic])
        try link.bear()
        #expect(link.decoder.takeRequests(at: link.now + .hours(1)).isEmpty)
    }

    @Test func `host-reordering-success: a late message is taken and ends the wait`() throws {
        var link = try Self.link()
        try link.bear()
        _ = try link.data(3, 7)
        #expect(try link.data(2, 6).readings.map(\.value) == [6])
        #expect(link.decoder.takeRequests(at: link.now + .hours(1)).isEmpty)
    }

    @Test func `a number that came before is dropped, after 255 comes 0`() throws {
        var link = try Self.link()
        try link.bear()
        for sequence in 2..<600 {
            let number = UInt64(sequence % 256)
            #expect(!(try link.data(number).readings.isEmpty))
            let again = try link.data(number)
            #expect(again.readings.isEmpty)
            #expect(again.notes == [.repeatedSequence])
        }
        #expect(link.decoder.takeRequests(at: link.now + .hours(1)).isEmpty)
    }

    // MARK: Deaths

    @Test func `a death of an earlier connection is dropped by its bdSeq`() throws {
        var link = try Self.link()
        try link.bear()
        let death = SparkplugMessage(metrics: [.init("bdSeq", datatype: 8, .long(6))])
        let stale = try link.hear("NDEATH", death.payload)
        #expect(stale.notes == [.staleDeath])
        #expect(stale.readings.isEmpty && stale.goneDevices.isEmpty)
        #expect(!(try link.data(2).readings.isEmpty))
    }

    @Test func `a device's death ends that device alone, and needs a new birth`() throws {
        var link = try Self.link()
        try link.bear()
        let death = SparkplugMessage(time: UInt64(Self.start.milliseconds), sequence: 2)
        let message = try link.hear("DDEATH", death.payload, device: "lamp")
        #expect(message.goneDevices == ["village/n1/lamp"])
        #expect(message.readings.map(\.value) == [0])
        #expect(throws: DecodingError.noBirth(node: "village/n1/lamp")) { _ = try link.data(3) }
    }

    @Test func `devices that nobody registered do not end, the others do`() throws {
        var link = Link(decoder: try Self.decoder(profile: nil))
        var directory = DeviceDirectory()
        let lamp = DeviceDirectory.Assignment(profile: "sparkplug-street-lamp", parameters: [:])
        directory.assign("village/n1/lamp", lamp)
        link.decoder.replaceDirectory(directory)
        #expect(throws: DecodingError.unknownDevice(address: "village/n1", family: .sparkplug)) {
            _ = try link.hear("NBIRTH", hex: Self.nodeBirth)
        }
        _ = try link.hear("DBIRTH", hex: Self.deviceBirth, device: "lamp")
        let death = try link.hear("NDEATH", hex: Self.nodeDeath)
        #expect(death.goneDevices == ["village/n1/lamp"])
        #expect(death.readings.isEmpty)
    }

    // MARK: Values

    @Test(arguments: [
        (1, SparkplugMessage.Value.int(0xFFFF_FFFB), -5.0), (1, .int(0xFB), -5),
        (2, .int(0xFFFF_FFFB), -5), (3, .int(0xFFFF_FFFB), -5),
        (4, .long(0xFFFF_FFFF_FFFF_FFFB), -5), (5, .int(251), 251), (6, .int(80), 80),
        (7, .int(100), 100), (7, .long(100), 100), (8, .long(90), 90), (9, .float(12.5), 12.5),
        (10, .double(38.25), 38.25), (13, .long(99), 99), (11, .flag(true), 1),
    ])
    func `each datatype that is a number or a flag is read`(
        datatype: UInt64,
        value: SparkplugMessage.Value,
        expected: Double
    ) throws {
        var link = try Self.link()
        let isFlag = datatype == 11
        let message = SparkplugMessage(
            time: UInt64(Self.start.milliseconds),
            sequence: 0,
            metrics: [
                .init(isFlag ? "lamp/on" : "gear/temperature", datatype: datatype, value)
            ]
        )
        #expect(try link.hear("NBIRTH", message.payload).readings.first?.value == expected)
    }

    @Test func `null, other types and a wrong type give no reading and are counted`() throws {
        var link = try Self.link()
        var metrics: [SparkplugMessage.Metric] = (15...34).map {
            .init("m\($0)", datatype: UInt64($0), .bytes([1, 2]))
        }
        metrics.append(.init("lamp/power", datatype: 10, .null))
        metrics.append(.init("lamp/level", datatype: 10, .flag(true)))
        metrics.append(.init("lamp/level", .double(2)))
        let message = try link.hear(
            "NBIRTH",
            SparkplugMessage(sequence: 0, metrics: metrics).payload
        )
        #expect(message.readings.map(\.quantity.id) == ["device.online"])
        #expect(message.notes.count { $0 == .nullMetric } == 1)
        #expect(message.notes.count { $0 == .unreadMetric } == 22)
    }

    @Test func `what was measured before is placed at its own time, or not at all`() throws {
        var link = try Self.link()
        try link.bear()
        let hourAgo = Self.start - .hours(1)
        let message = SparkplugMessage(
            time: UInt64(Self.start.milliseconds),
            sequence: 2,
            metrics: [
                .init(
                    alias: 11,
                    time: UInt64(hourAgo.milliseconds),
                    isHistorical: true,
                    .double(5)
                ),
                .init(alias: 11, isHistorical: true, .double(6)),
                .init(alias: 11, .double(7)),
            ]
        )
        let data = try link.hear("DDATA", message.payload, device: "lamp")
        #expect(data.readings.map(\.value) == [5, 7])
        #expect(data.readings.map(\.time) == [hourAgo, nil])
        #expect(data.notes == [.unreadMetric])
    }

    @Test func `the unit of a birth holds for data by alias`() throws {
        var link = try Self.link()
        let birth = SparkplugMessage(
            sequence: 0,
            metrics: [.init("lamp/power", alias: 1, datatype: 10, unit: "kW", .double(0.04))]
        )
        #expect(try link.hear("NBIRTH", birth.payload).readings.first?.value == 40)
        let data = SparkplugMessage(sequence: 1, metrics: [.init(alias: 1, .double(0.0385))])
        #expect(try link.hear("NDATA", data.payload).readings.map(\.value) == [38.5])
    }

    // MARK: Host state, topics

    @Test func `states of hosts are nobody's measurements, whatever they hold`() throws {
        var decoder = try Self.decoder(profile: nil)
        for text in [#"{"online":false,"timestamp":1767225600000}"#, "OFFLINE", ""] {
            let message = try decoder.decode(
                topic: "spBv1.0/STATE/langso",
                payload: Array(text.utf8),
                receivedAt: Self.start,
                flags: .retained
            )
            #expect(message.kind == .other)
            #expect(message.readings.isEmpty)
        }
        #expect(decoder.takeRequests().isEmpty)
    }

    @Test func `commands are nobody's measurements`() throws {
        var link = try Self.link()
        #expect(try link.hear("NCMD", [0xFF]).kind == .other)
        #expect(try link.hear("DCMD", [], device: "lamp").readings.isEmpty)
    }

    @Test(arguments: [
        "spBv1.0/g/NBIRTH", "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DDATA/n", "spBv1.0/g/XDATA/n",
        "spBv1.0//NDATA/n", "spBv1.0/g/DDATA/n/", "spBv1.0/STATE/",
    ])
    func `tck-id-topic-structure: another form of topic is refused`(topic: String) throws {
        var decoder = try Self.decoder()
        #expect(throws: DecodingError.self) {
            _ = try decoder.decode(topic: topic, payload: [], receivedAt: Self.start)
        }
    }
}
