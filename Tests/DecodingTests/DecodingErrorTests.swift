import Telemetry
import Testing

@testable import Decoding

/// One bad message for each reason, and the reason it is refused for.
struct DecodingErrorTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    private static func decoder() throws -> MessageDecoder {
        func rule(
            _ filter: String,
            _ family: Family,
            _ profile: String?
        ) throws -> SubscriptionRule {
            SubscriptionRule(
                topicFilter: try #require(TopicFilter(filter)),
                family: family,
                profile: profile
            )
        }
        return MessageDecoder(
            rules: [
                try rule("application/#", .chirpstack, "lorawan-luminaire"),
                try rule("v3/#", .theThingsStack, nil),
                try rule("quality/+", .plainJSON, "json-water-quality"),
                try rule("logger/+", .plainJSON, "json-datalogger"),
                try rule("lost/+", .plainJSON, "no-such-profile"),
                try rule("senml/+", .senml, "senml-water-point"),
                try rule("tele/#", .tasmota, "tasmota-lamp"),
            ],
            library: try ProfileExampleTests.library(),
            settings: DecoderSettings(limits: DecodingLimits(readings: 3))
        )
    }

    private static func up(_ members: String) -> String {
        #"{"deviceInfo":{"devEui":"70b3d57ed0061a2f"},"# + members + "}"
    }

    @Test(arguments: [
        ("quality/1", String(repeating: "[", count: 40), "too_deep"),
        ("quality/1", "ph=7", "not_json"), ("quality/1", #"{"ph":NaN}"#, "not_json"),
        ("quality/1", #"{"ph":Infinity}"#, "not_json"), ("quality/1", "", "not_json"),
        ("quality/1", #"{"ph":7,"ph":8}"#, "duplicate_key"),
        ("quality/1", #"{"ph":1e999}"#, "bad_value"), ("quality/1", #"{"ph":"7"}"#, "bad_value"),
        ("quality/1", "[]", "missing_field"), ("quality/1", #"{"pH":7}"#, "missing_field"),
        ("logger/1", #"{"records":[{"flow_l_s":1}]}"#, "impossible_time"),
        ("logger/1", #"{"records":{}}"#, "bad_value"), ("logger/1", "{}", "missing_field"),
        (
            "logger/1",
            #"{"records":[{"time":"2026-01-14T05:00:00Z","flow_l_s":1,"pressure_bar":1,"#
                + #""volume_m3":1,"level_m":1}]}"#, "too_many_elements"
        ),
        ("lost/1", #"{"ph":7}"#, "no_profile"), ("nowhere", "{}", "unknown_topic"),
        (
            "v3/a/devices/b/up",
            #"{"end_device_ids":{"device_id":"b"},"uplink_message":{"f_port":1}}"#,
            "unknown_device"
        ),
        ("v3/a/devices/b/up", #"{"uplink_message":{}}"#, "missing_field"),
        ("v3/a/devices/b/up", #"{"end_device_ids":{"device_id":"b"}}"#, "missing_field"),
        ("application/1/event/up", #"{"fPort":10}"#, "missing_field"),
        ("application/1/event/up", "[1]", "bad_value"),
        ("application/1/event/up", #"{"deviceInfo":{"devEui":"xyz"}}"#, "bad_value"),
        ("application/1/event/up", up(#""fCnt":-1"#), "bad_value"),
        ("application/1/event/up", up(#""fCnt":4294967296"#), "bad_value"),
        ("application/1/event/up", up(#""fPort":300"#), "bad_value"),
        ("application/1/event/up", up(#""fPort":10,"data":"%%%""#), "bad_encoding"),
        ("application/1/event/up", up(#""fPort":10,"data":"AAB=""#), "bad_encoding"),
        ("application/1/event/up", up(#""fPort":10,"data":"AAAA""#), "no_layout"),
        ("senml/1", "{}", "bad_value"), ("senml/1", "[]", "missing_field"),
        ("senml/1", #"[{"bver":11,"n":"ph","v":7}]"#, "bad_value"),
        ("senml/1", #"[{"n":"ph","v":7,"x_":1}]"#, "bad_value"),
        ("senml/1", #"[{"n":"ph","v":1e308,"bv":1e308}]"#, "bad_value"),
        ("senml/1", #"[{"n":"ph","v":7,"t":1e300}]"#, "impossible_time"),
        ("senml/1", #"[{"n":"ph","v":7,"t":-1e300}]"#, "impossible_time"),
        ("tele/SENSOR", "{}", "missing_field"), ("tele/x/LWT", "maybe", "bad_value"),
    ])
    func `a bad message is refused for its reason`(topic: String, payload: String, reason: String)
        throws
    {
        var decoder = try Self.decoder()
        do throws(DecodingError) {
            let message = try decoder.decode(
                topic: topic,
                payload: Array(payload.utf8),
                receivedAt: Self.now
            )
            Issue.record("it decoded to \(message)")
        } catch {
            #expect(error.reason == reason, "\(error)")
        }
    }

    @Test func `a payload beyond 256 KiB or with too many elements is refused`() throws {
        var decoder = try Self.decoder()
        let long = [UInt8](repeating: 0x20, count: 262_145)
        #expect(throws: DecodingError.payloadTooLarge(bytes: 262_145, limit: 262_144)) {
            _ = try decoder.decode(topic: "quality/1", payload: long, receivedAt: Self.now)
        }
        let many = Array(("[" + String(repeating: "1,", count: 10_000) + "1]").utf8)
        #expect(throws: DecodingError.tooManyElements(limit: 10_000)) {
            _ = try decoder.decode(topic: "quality/1", payload: many, receivedAt: Self.now)
        }
    }

    @Test func `payload and topic must be UTF-8`() throws {
        var decoder = try Self.decoder()
        #expect(throws: DecodingError.notUTF8(what: "payload", offset: 1)) {
            _ = try decoder.decode(
                topic: "quality/1",
                payload: [0x22, 0xFF, 0x22],
                receivedAt: Self.now
            )
        }
        let topic: [UInt8] = [0x61, 0xFF]
        let payload: [UInt8] = [0x7B, 0x7D]
        #expect(throws: DecodingError.notUTF8(what: "topic", offset: 1)) {
            _ = try decoder.decode(
                topic: topic.span,
                payload: payload.span,
                receivedAt: Self.now,
                flags: []
            )
        }
    }

    @Test func `a cut payload says how much it lacks`() throws {
        let profile = try #require(try ProfileExampleTests.library()["milesight-em310-udl"])
        #expect(throws: DecodingError.truncated(field: "channel 3", needed: 7, had: 6)) {
            _ = try profile.decode(
                payload: [1, 0x75, 90, 3, 0x82, 1],
                port: 85,
                receivedAt: Self.now
            )
        }
    }

    @Test func `after a refusal the next good message decodes as ever`() throws {
        var decoder = try Self.decoder()
        let good = Array(#"{"ph":7}"#.utf8)
        let before = try decoder.decode(topic: "quality/1", payload: good, receivedAt: Self.now)
        #expect(throws: DecodingError.self) {
            _ = try decoder.decode(topic: "quality/1", payload: [0xFF], receivedAt: Self.now)
        }
        #expect(
            try decoder.decode(topic: "quality/1", payload: good, receivedAt: Self.now) == before
        )
    }

    @Test func `every reason has a message that says what to look at`() {
        let errors: [DecodingError] = [
            .payloadTooLarge(bytes: 2, limit: 1), .tooDeep(limit: 1, offset: 2),
            .tooManyElements(limit: 1), .notUTF8(what: "payload", offset: 1),
            .notJSON(offset: 1, problem: "expected a value"), .duplicateKey(key: "a", offset: 1),
            .badEncoding(field: "data", expected: "base64"), .unknownTopic("t"),
            .unknownDevice(address: "a", family: .senml), .noProfile("p"),
            .noLayout(profile: "p", port: 1, bytes: 2), .missingField("f"),
            .badValue(field: "f", problem: "expected a number"),
            .truncated(field: "f", needed: 2, had: 1), .impossibleTime(field: "t", time: nil),
            .awaitsCodec(profile: "p"), .codecBusy(profile: "p"),
            .codecFailed(profile: "p", words: "Error: too short"),
            .notProtobuf(offset: 1, problem: "a number does not end"),
            .notCBOR(offset: 1, problem: "an item is missing"), .noBirth(node: "g/n"),
            .unknownAlias(1, node: "g/n"),
        ]
        #expect(Set(errors.map(\.reason)) == Set(DecodingError.Reason.allCases.map(\.rawValue)))
        for error in errors {
            #expect(error.description.count > 20)
            #expect(error.description.first?.isLowercase == true)
            #expect(error.description.last != ".")
        }
    }
}
