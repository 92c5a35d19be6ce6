import ConfigurationText
import Telemetry
import Testing

@testable import Decoding

/// Groups, conditions of fields, Cayenne's payload, the rarer number types, unread members.
struct ProfileLanguageTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)
    private static let head = """
        id: test
        manufacturer: m
        model: x
        title: t
        kind: lamp
        source: s
        parameters:
          span: {default: 2, range: [0, 10], unit: m, help: h.}
        messages:

        """

    private static func profile(_ message: String) throws -> DeviceProfile {
        let library = try ProfileLibrary(
            folder: [ProfileText(file: "test.yaml", text: head + message)]
        )
        return try #require(library.profiles.first)
    }

    private static func decode(
        _ message: String,
        _ payload: [UInt8],
        _ parameters: [String: Double] = [:]
    ) throws -> DecodedMessage {
        try profile(message).decode(
            payload: payload,
            port: nil,
            parameters: parameters,
            receivedAt: now,
            settings: DecoderSettings(listsUnreadMembers: true)
        )
    }

    private static func faults(_ message: String) -> [String] {
        do throws(ConfigurationFaults) {
            _ = try ProfileLibrary(folder: [ProfileText(file: "p.yaml", text: head + message)])
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    private static func value(_ type: String, _ payload: [UInt8]) throws -> Double? {
        let field = "{quantity: feeder.power, range: [-1e9, 1e9], at: 0, type: \(type)}"
        return try decode("  - {byte_order: big, bytes: [\(field)]}", payload).readings.first?.value
    }

    @Test func `a formula works on records too, and what a record cannot have is a fault`() throws {
        let library = try ProfileLibrary(
            folder: [
                ProfileText(
                    file: "test.yaml",
                    text: Self.head + """
                          - records:
                              - {record: a, quantity: lamp.on, formula: "raw > 0"}
                              - {record: a, quantity: water.level, unit: cm, formula: "raw * span"}
                        """
                )
            ]
        )
        func decoded(_ family: Family, _ topic: String, _ text: String) throws -> [String] {
            var decoder = MessageDecoder(
                rules: [
                    SubscriptionRule(
                        topicFilter: try #require(TopicFilter("#")),
                        family: family,
                        profile: "test"
                    )
                ],
                library: library
            )
            return try decoder.decode(
                topic: topic,
                payload: Array(text.utf8),
                receivedAt: Self.now
            ).summary
        }
        let talq = #"{"type":"AttributeFloat","value":60}"#
        #expect(try decoded(.talq, "d/f/a", talq) == ["lamp.on[f]=1.0", "water.level[f]=1.2"])
        // A field reads a record of SenML once.
        #expect(try decoded(.senml, "s", #"[{"bn":"u:","n":"a","v":0}]"#) == ["lamp.on=0.0"])
        let faults = Self.faults(
            "  - records: [{record: a, quantity: lamp.on, when: {at: 0, type: u8, equals: 1}}]"
        )
        #expect(faults.contains { $0.contains("a record is read alone: it takes no 'when'") })
    }

    @Test func `half floats, sign and magnitude, and ASCII digits are read`() throws {
        for (bits, wanted) in [
            (0x3C00, 1.0), (0xC000, -2), (0x7BFF, 65504), (0x0001, 5.960464477539063e-8),
            (0x0400, 6.103515625e-5), (0x3555, 0.333251953125), (0x8000, 0),
        ] as [(UInt16, Double)] {
            let payload = [UInt8(bits >> 8), UInt8(bits & 0xFF)]
            #expect(try Self.value("f16", payload) == wanted, "\(bits)")
        }
        #expect(try Self.value("f16", [0x7C, 0]) == nil)
        #expect(try Self.value("f16", [0x7E, 0]) == nil)
        #expect(try Self.value("sm8", [0x85]) == -5)
        #expect(try Self.value("sm16", [0x80, 0x00]) == 0)
        #expect(try Self.value("sm24", [0x7F, 0xFF, 0xFF]) == 8_388_607)
        #expect(try Self.value("ascii4", Array("3182".utf8)) == 3182)
        #expect(throws: DecodingError.self) { _ = try Self.value("ascii4", Array("3x82".utf8)) }
        #expect(Self.faults("  - {bytes: [{quantity: lamp.power, at: 0, type: sm12}]}").count == 1)
    }

    @Test func `groups that the mask leaves out take no room`() throws {
        let message = """
              - byte_order: big
                presence: {at: 0, type: u8}
                skip: 1
                groups:
                  - {bit: 0, length: 1, fields: [{quantity: lamp.power, at: 0, type: u8}]}
                  - {bit: 1, length: 2, fields: [{quantity: supply.voltage, at: 0, type: u16}]}
                  - {bit: 2, length: 1, fields: [{quantity: lamp.level, at: 0, type: u8}]}
            """
        let all = try Self.decode(message, [7, 40, 0, 230, 50])
        #expect(all.readings.map(\.value) == [40, 230, 50])
        #expect(try Self.decode(message, [6, 0, 230, 50]).readings.map(\.value) == [230, 50])
        #expect(try Self.decode(message, [0]).readings.isEmpty)
        #expect(throws: DecodingError.truncated(field: "group 1", needed: 3, had: 2)) {
            _ = try Self.decode(message, [2, 0])
        }
        // A bit that no group has: what it brought stands behind the others.
        let left = try Self.decode(message, [0x81, 40, 9, 9])
        #expect(left.readings.map(\.value) == [40])
        #expect(left.unreadMemberCount == 1)
        #expect(left.unreadMembers == [UnreadMember(name: "byte 2", value: "09 09")])
    }

    @Test func `groups that repeat have a mask of their own each time`() throws {
        let message = """
              - byte_order: big
                skip: 1
                repeats: true
                presence: {at: 1, type: u8}
                groups:
                  - {length: 2}
                  - bit: 0
                    when: [{at: 0, type: u8, equals: 255}]
                    length: 1
                    fields: [{quantity: lamp.power, at: 0, type: u8}]
                  - bit: 0
                    when: [{at: 0, type: u8, differs: 255}]
                    length: 1
                    fields: [{quantity: lamp.power, channel: driver, at: 0, type: u8}]
                  - {bit: 1, length: 1, fields: [{quantity: lamp.level, at: 0, type: u8}]}
            """
        let two = try Self.decode(message, [0, 255, 3, 40, 50, 18, 1, 38])
        #expect(two.readings.map(\.value) == [40, 50, 38])
        #expect(two.readings.map(\.channel) == [nil, nil, "driver"])
        #expect(try Self.decode(message, [0]).readings.isEmpty)
        // What an earlier record gave is not read again, or two of a channel would be one series.
        let again = try Self.decode(message, [0, 18, 3, 40, 50, 19, 3, 41, 51])
        #expect(again.readings.map(\.value) == [40, 50])
        #expect(again.unreadMemberCount == 2)
        #expect(throws: DecodingError.self) { _ = try Self.decode(message, [0, 255, 1]) }
        // A record of which nothing is there ends them.
        let none = message.replacing("- {length: 2}", with: "- {bit: 7, length: 2}")
        let left = try Self.decode(none, [0, 255, 0, 9])
        #expect(left.unreadMembers == [UnreadMember(name: "byte 1", value: "ff 00 09")])
    }

    @Test func `groups repeat as often as a number, a byte or the payload says`() throws {
        func message(_ count: String) -> String {
            """
              - byte_order: big
                skip: 1
                groups:
                  - name: row
                    count: \(count)
                    length: 1
                    every: -15m
                    number_channels: true
                    fields: [{quantity: lamp.power, at: 0, type: u8}]
            """
        }
        let payload: [UInt8] = [2, 10, 20, 30]
        for (count, wanted) in [
            ("3", [10.0, 20, 30]), ("{at: 0, type: u8}", [10, 20]),
            ("rest", [10, 20, 30]),
        ] {
            let decoded = try Self.decode(message(count), payload)
            #expect(decoded.readings.map(\.value) == wanted, "\(count)")
            #expect(decoded.readings.map(\.channel) == (1...wanted.count).map { "\($0)" })
            #expect(decoded.readings[0].time == nil)
            #expect(decoded.readings[1].time == Self.now - .minutes(15))
        }
        #expect(throws: DecodingError.self) { _ = try Self.decode(message("4"), payload) }
        #expect(Self.faults(message("many")).count == 1)
    }

    @Test func `a group may depend on a value before it`() throws {
        let message = """
              - byte_order: big
                skip: 1
                groups:
                  - length: 1
                    when: {at: 0, type: u8, between: [10, 20]}
                    fields: [{quantity: lamp.power, at: 0, type: u8}]
                  - {length: 1, fields: [{quantity: lamp.level, at: 0, type: u8}]}
            """
        #expect(
            try Self.decode(message, [15, 40, 50]).readings.map(\.quantity.id)
                == ["lamp.power", "lamp.level"]
        )
        #expect(try Self.decode(message, [21, 50]).readings.map(\.quantity.id) == ["lamp.level"])
    }

    @Test func `a field may depend on others, in bytes and in JSON`() throws {
        let bytes = """
              - bytes:
                  - {quantity: lamp.power, at: 1, type: u8,
                     when: [{at: 0, type: u8, bits: 0, equals: 1}, {at: 1, type: u8, differs: [9]}]}
            """
        #expect(try Self.decode(bytes, [1, 40]).readings.map(\.value) == [40])
        #expect(try Self.decode(bytes, [0, 40]).readings.isEmpty)
        #expect(try Self.decode(bytes, [1, 9]).readings.isEmpty)
        let json = """
              - json:
                  - {quantity: lamp.power, path: v, when: {path: unit, equals: W},
                     inputs: {k: {path: more.k}}, formula: "raw * k * span"}
            """
        #expect(
            try Self.json(json, #"{"v": 3, "unit": "W", "more": {"k": 5}}"#).readings
                .map(\.value) == [30]
        )
        #expect(try Self.json(json, #"{"v": 3, "unit": "A", "more": {"k": 5}}"#).readings.isEmpty)
        let missing = try Self.json(json, #"{"v": 3, "unit": "W"}"#)
        #expect(missing.readings.isEmpty)
        #expect(missing.notes == [.notANumber(field: "v")])
    }

    private static func json(_ message: String, _ text: String) throws -> DecodedMessage {
        let filter = try #require(TopicFilter("#"))
        var decoder = MessageDecoder(
            rules: [SubscriptionRule(topicFilter: filter, family: .plainJSON, profile: "test")],
            library: try ProfileLibrary(
                folder: [ProfileText(file: "test.yaml", text: head + message)]
            )
        )
        return try decoder.decode(topic: "t", payload: Array(text.utf8), receivedAt: now)
    }

    @Test func `a formula takes parameters of the device, and sentinels are still raw`() throws {
        let message = """
              - byte_order: big
                bytes:
                  - {quantity: water.level, at: 0, type: u16, unit: cm, sentinels: [65535],
                     formula: "(raw - 400) / 16 * span"}
            """
        #expect(try Self.decode(message, [0x01, 0xE0]).readings.map(\.value) == [0.1])
        #expect(try Self.decode(message, [0x01, 0xE0], ["span": 4]).readings.map(\.value) == [0.2])
        let rejected = try #require(try Self.decode(message, [0xFF, 0xFF]).readings.first)
        #expect(rejected.qualityReason == .sentinel)
        let wrong = Self.faults(
            "  - {bytes: [{quantity: lamp.power, at: 0, type: u8, formula: \"raw +\"}]}"
        )
        #expect(wrong.count == 1)
        #expect(wrong.first?.contains("formula: cannot read 'raw +': expected a number") == true)
        #expect(wrong.first?.hasSuffix("at column 6") == true)
        let both = Self.faults(
            "  - {bytes: [{quantity: lamp.power, at: 0, type: u8, scale: 2, formula: raw}]}"
        )
        #expect(both.first?.contains("needs no 'scale'") == true)
    }

    @Test func `Cayenne's payload is read by type names, all others are passed over`() throws {
        let message = """
              - cayenne_lpp:
                  - {quantity: water.temperature, id: 2, type: temperature}
                  - {quantity: air.temperature, id: "*", type: temperature, name_channel: true}
                  - {quantity: water.level, id: 7, type: analog_input, unit: m, bias: 0.5, scale: 2}
                  - {quantity: bin.distance, id: 8, type: distance}
            """
        let payload: [UInt8] = [
            1, 0x67, 0xFF, 0xD7, 2, 0x67, 0x00, 0xFA, 6, 0x71, 0, 1, 0, 2, 0, 3, 7, 2, 0x00, 0x96,
            8, 0x82, 0, 0, 0x02, 0x58,
        ]
        let decoded = try Self.decode(message, payload)
        #expect(decoded.readings.map(\.value) == [-4.1, 25, 4, 600])
        #expect(decoded.readings.map(\.channel) == ["1", nil, nil, nil])
        #expect(decoded.unreadMembers == [UnreadMember(name: "06 71", value: "00 01 00 02 00 03")])
        #expect(decoded.notes.isEmpty)
        let unknown = try Self.decode(message, [1, 0xEE, 5, 6])
        #expect(unknown.notes == [.unknownChannel(1, type: 0xEE)])
        #expect(unknown.unreadMembers == [UnreadMember(name: "01 ee", value: "05 06")])
        let wrong = Self.faults("  - {cayenne_lpp: [{quantity: air.co2, id: 1, type: co2}]}")
        #expect(wrong.first?.contains("type: expected one of digital_input") == true)
    }

    @Test func `every type of Cayenne's payload has one length, and its members fit into it`() {
        let lengths = Dictionary(CayenneLPP.lengths) { first, _ in first }
        #expect(lengths.count == CayenneLPP.lengths.count)
        #expect(Set(CayenneLPP.members.map(\.name)).count == CayenneLPP.members.count)
        for member in CayenneLPP.members {
            #expect(member.at + member.width <= lengths[member.type] ?? 0, "\(member.name)")
            #expect(member.unit.map { MeasurementUnit.named($0) != nil } ?? true, "\(member.name)")
        }
    }

    @Test func `bytes behind the last channel may be a checksum`() throws {
        let message = """
              - identifier_bytes: 1
                trailer: 1
                channels: [{id: "03", length: 1, fields: [{quantity: lamp.power, at: 0, type: u8}]}]
            """
        #expect(try Self.decode(message, [3, 40, 3]).readings.map(\.value) == [40])
        #expect(throws: DecodingError.truncated(field: "channel 3", needed: 4, had: 3)) {
            _ = try Self.decode(message, [3, 40, 3, 0xEE])
        }
    }

    @Test func `unread members are listed when asked for, up to the limit`() throws {
        let message = "  - {identifier_bytes: 1, length_byte: true, channels: []}"
        let payload = (0..<100).flatMap { [UInt8($0), 1, 0xAB] as [UInt8] }
        let decoded = try Self.decode(message, payload)
        #expect(decoded.unreadMemberCount == 100)
        #expect(decoded.unreadMembers.count == DecodingLimits.unreadMembers)
        let silent = try Self.profile(message).decode(
            payload: payload,
            port: nil,
            receivedAt: Self.now
        )
        #expect(silent.unreadMemberCount == 100)
        #expect(silent.unreadMembers.isEmpty)
        let long = "  - {identifier_bytes: 1, channels: []}"
        let cut = try Self.decode(long, Array(repeating: 7, count: 2000))
        let value = try #require(cut.unreadMembers.first?.value)
        #expect(value.utf8.count <= DecodingLimits.unreadValueBytes + 3)
    }

    @Test func `a formula takes a record's number in its own unit, whatever the record's is`()
        throws
    {
        let text =
            Self.head + """
                  - records:
                      - {record: depth, quantity: water.level, unit: cm, formula: "300 - raw"}
                      - {record: height, quantity: water.level, formula: "raw + 1"}
                """
        let library = try ProfileLibrary(folder: [ProfileText(file: "test.yaml", text: text)])
        var decoder = MessageDecoder(
            rules: [
                SubscriptionRule(
                    topicFilter: try #require(TopicFilter("#")),
                    family: .senml,
                    profile: "test"
                )
            ],
            library: library
        )
        for (record, metres) in [
            (#""n":"depth","v":120"#, 1.8), (#""n":"depth","u":"cm","v":120"#, 1.8),
            (#""n":"depth","u":"m","v":1.2"#, 1.8), (#""n":"depth","u":"mm","v":1200"#, 1.8),
            (#""n":"height","u":"cm","v":50"#, 1.5), (#""n":"height","v":0.5"#, 1.5),
        ] {
            let message = try decoder.decode(
                topic: "t",
                payload: Array("[{\"bn\":\"p/\",\(record)}]".utf8),
                receivedAt: Self.now
            )
            #expect(message.readings.map(\.value) == [metres], "\(record)")
        }
    }
}
