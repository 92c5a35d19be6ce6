import Decoding
import Telemetry
import Testing

/// What a decoder makes of topics, clocks, flags and identities.
struct MessageDecoderTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    private static func decoder(
        _ filter: String,
        _ family: Family,
        _ profile: String?,
        directory: DeviceDirectory = DeviceDirectory(),
        change: (inout SubscriptionRule) -> Void = { _ in }
    ) throws -> MessageDecoder {
        var rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter(filter)),
            family: family,
            profile: profile
        )
        change(&rule)
        return MessageDecoder(
            rules: [rule],
            library: try ProfileExampleTests.library(),
            directory: directory
        )
    }

    private static func decode(
        _ decoder: inout MessageDecoder,
        _ topic: String,
        _ text: String,
        flags: MessageFlags = []
    ) throws -> DecodedMessage {
        try decoder.decode(
            topic: topic,
            payload: Array(text.utf8),
            receivedAt: now,
            flags: flags
        )
    }

    private static func uplink(
        _ gateways: String,
        time: String = "2026-01-14T05:12:20Z"
    ) -> String {
        #"{"deduplicationId":"a","time":""# + time
            + #"","deviceInfo":{"devEui":"70B3D57ED0061A2F"},"devAddr":"01","fCnt":5,"fPort":85,"#
            + #""data":"AXVX","rxInfo":["# + gateways + "]}"
    }

    @Test func `a payload is read whose slashes the sender escaped, as PHP does`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        let plain = Self.uplink("").replacing("AXVX", with: "A4L//w==")
        let escaped = plain.replacing("A4L//w==", with: #"A4L\/\/w=="#)
        let readings = try Self.decode(&decoder, "t", plain).readings
        #expect(!readings.isEmpty)
        #expect(try Self.decode(&decoder, "t", escaped).readings == readings)
    }

    // MARK: Clocks

    @Test func `the best gateway's clock goes before the server's, another gateway's too`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        let near = #"{"rssi":-90,"snr":9,"gwTime":"2026-01-14T05:12:10Z"}"#
        let far = #"{"rssi":-110,"snr":-3,"gwTime":"2026-01-14T05:12:11Z"}"#
        let best = try Self.decode(&decoder, "t", Self.uplink("\(far),\(near)"))
        #expect(best.timeOrigin == .gateway)
        #expect(best.time.rfc3339 == "2026-01-14T05:12:10.000Z")
        let blind = #"{"rssi":-90,"snr":9}"#
        let other = try Self.decode(&decoder, "t", Self.uplink("\(blind),\(far)"))
        #expect(other.time.rfc3339 == "2026-01-14T05:12:11.000Z")
        let server = try Self.decode(&decoder, "t", Self.uplink(blind))
        #expect(server.timeOrigin == .server)
        #expect(server.time.rfc3339 == "2026-01-14T05:12:20.000Z")
    }

    @Test(arguments: [
        "1970-01-01T00:00:00Z", "2036-02-07T06:28:16Z", "2026-01-14T05:17:34Z",
        "2025-12-15T05:12:32Z",
    ])
    func `an impossible gateway clock gives way to the server's, and is noted`(
        time: String
    ) throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        let message = try Self.decode(
            &decoder,
            "t",
            Self.uplink(#"{"rssi":-90,"snr":9,"gwTime":"\#(time)"}"#)
        )
        #expect(message.timeOrigin == .server)
        let wrong = try #require(Instant(rfc3339: time))
        #expect(message.notes == [.impossibleTime(.gateway, wrong)])
    }

    @Test func `the limits of the clock window are inside it`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        for time in ["2026-01-14T05:17:33Z", "2025-12-15T05:12:33Z"] {
            let message = try Self.decode(
                &decoder,
                "t",
                Self.uplink(#"{"rssi":-90,"snr":9,"gwTime":"\#(time)"}"#)
            )
            #expect(message.timeOrigin == .gateway)
        }
    }

    @Test func `when no clock can be right, the time of arrival holds`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        let message = try Self.decode(
            &decoder,
            "t",
            Self.uplink(#"{"rssi":-9,"gwTime":"x"}"#, time: "2036-02-07T06:28:16Z")
        )
        #expect(message.timeOrigin == .receive)
        #expect(message.time == Self.now)
        #expect(message.notes.map(\.code) == ["unreadable_time", "impossible_time"])
    }

    @Test func `a rule may believe old clocks, as recordings need`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl") {
            $0.clock = ClockPolicy(maximumAge: .days(10_000))
        }
        let message = try Self.decode(
            &decoder,
            "t",
            Self.uplink("", time: "2019-01-14T05:12:20Z")
        )
        #expect(message.time.rfc3339 == "2019-01-14T05:12:20.000Z")
    }

    @Test func `a SenML pack of a wrong clock keeps the distances of its records`() throws {
        var decoder = try Self.decoder("#", .senml, "senml-water-point")
        let message = try Self.decode(
            &decoder,
            "t",
            #"[{"bn":"p/","bt":2085978496,"n":"volume","v":2},{"n":"volume","v":1,"t":-3600}]"#
        )
        #expect(message.timeOrigin == .receive)
        #expect(message.readings.map(\.time) == [Self.now, Self.now - .hours(1)])
        #expect(message.readings.allSatisfy { $0.quality == .accepted })
    }

    // MARK: Retained messages and duplicates

    @Test func `a retained message without a clock of its own is no new measurement`() throws {
        var decoder = try Self.decoder("shelly/+", .plainJSON, "lighting-cabinet-phase")
        let silent = #"{"power_w":5}"#
        let kept = try Self.decode(&decoder, "shelly/1", silent, flags: .retained)
        #expect(kept.isRetained && kept.isLastKnownValue && kept.measurements.isEmpty)
        #expect(kept.readings.count == 1)
        let live = try Self.decode(&decoder, "shelly/1", silent)
        #expect(live.measurements.count == 1)
        let dated = try Self.decode(
            &decoder,
            "shelly/1",
            #"{"time":"2026-01-14T05:00:00Z","power_w":5}"#,
            flags: .retained
        )
        #expect(dated.measurements.count == 1)
    }

    @Test func `sequence tells frames apart, whatever the gateways add`() throws {
        var decoder = try Self.decoder("#", .chirpstack, "milesight-em310-udl")
        let one = try Self.decode(&decoder, "t", Self.uplink(#"{"rssi":-90,"snr":9}"#))
        let again = try Self.decode(
            &decoder,
            "t",
            Self.uplink(#"{"rssi":-91,"snr":8}"#),
            flags: .duplicate
        )
        #expect(one.sequence == again.sequence)
        #expect(one.sequence?.counter == 5)
        #expect(again.isRedelivery && !one.isRedelivery)
        let next = try Self.decode(
            &decoder,
            "t",
            Self.uplink("").replacing(#""fCnt":5"#, with: #""fCnt":6"#)
        )
        #expect(next.sequence != one.sequence)
        let first = try Self.decode(
            &decoder,
            "t",
            Self.uplink("").replacing(#""fCnt":5,"#, with: "")
        )
        #expect(first.sequence?.counter == 0)
    }

    // MARK: Who speaks

    @Test func `the directory goes before the rule, and gives the bin its depth`() throws {
        var directory = DeviceDirectory()
        directory.assign(
            "70-B3-D5-7E-D0-06-1A-2F",
            DeviceDirectory.Assignment(
                profile: "milesight-em310-udl",
                parameters: ["bin_depth": 2000]
            )
        )
        var decoder = try Self.decoder(
            "#",
            .chirpstack,
            "lorawan-luminaire",
            directory: directory
        )
        let text = Self.uplink("").replacing("AXVX", with: "A4LoAw==")
        let message = try Self.decode(&decoder, "t", text)
        #expect(message.deviceAddress == "70b3d57ed0061a2f")
        #expect(message.profileID == "milesight-em310-udl")
        #expect(message.readings.map(\.value) == [1000, 50])
        decoder.replaceDirectory(DeviceDirectory())
        #expect(throws: DecodingError.self) { _ = try Self.decode(&decoder, "t", text) }
    }

    @Test func `The Things Stack device may be registered by either of its names`() throws {
        let text =
            #"{"end_device_ids":{"device_id":"bin-7","dev_eui":"70B3D57ED0061A2F"},"#
            + #""uplink_message":{"f_port":85,"f_cnt":1,"frm_payload":"AXVX"}}"#
        for name in ["bin-7", "70b3d57ed0061a2f"] {
            var directory = DeviceDirectory()
            directory.assign(
                name,
                DeviceDirectory.Assignment(profile: "milesight-em310-udl")
            )
            var decoder = try Self.decoder("v3/#", .theThingsStack, nil, directory: directory)
            let message = try Self.decode(&decoder, "v3/app/devices/bin-7/up", text)
            #expect(message.deviceAddress == name)
        }
    }

    @Test func `frames that a person simulated measure nothing`() throws {
        var decoder = try Self.decoder("v3/#", .theThingsStack, "milesight-em310-udl")
        let message = try Self.decode(
            &decoder,
            "v3/app/devices/b/up",
            #"{"end_device_ids":{"device_id":"b"},"simulated":true,"uplink_message":{"f_port":85,"#
                + #""frm_payload":"AXVX"}}"#
        )
        #expect(message.kind == .other && message.readings.isEmpty)
    }

    @Test func `plain JSON names its device by wildcard, level, path or topic`() throws {
        let text = #"{"device":"x9","number":12,"ph":7}"#
        func address(_ filter: String, _ change: (inout SubscriptionRule) -> Void = { _ in }) throws
            -> String
        {
            var decoder = try Self.decoder(
                filter,
                .plainJSON,
                "json-water-quality",
                change: change
            )
            return try Self.decode(&decoder, "water/w1/q", text).deviceAddress
        }
        #expect(try address("water/+/q") == "w1")
        #expect(try address("water/w1/q") == "x9")
        #expect(try address("#") { $0.address = .topicLevel(2) } == "w1")
        #expect(
            try address("#") { rule in
                if let path = JSONPath("number") { rule.address = .path(path) }
            } == "12"
        )
    }

    @Test func `join, status and last will are told from measurements`() throws {
        var decoder = try Self.decoder("application/#", .chirpstack, "milesight-em310-udl")
        let device = #""deviceInfo":{"devEui":"70b3d57ed0061a2f"}"#
        let join = try Self.decode(
            &decoder,
            "application/1/device/x/event/join",
            "{\(device)}"
        )
        #expect(join.kind == .join && join.readings.isEmpty)
        let status = try Self.decode(
            &decoder,
            "application/1/device/x/event/status",
            "{\(device),\"margin\":7}"
        )
        #expect(status.kind == .status)
        #expect(status.readings.map(\.value) == [0])
        let powered = try Self.decode(
            &decoder,
            "application/1/device/x/event/status",
            "{\(device),\"externalPowerSource\":true}"
        )
        #expect(powered.readings.isEmpty)
        let log = try Self.decode(
            &decoder,
            "application/1/device/x/event/log",
            "{\(device),\"level\":\"ERROR\"}"
        )
        #expect(log.kind == .other)
        var tasmota = try Self.decoder("+/+/tele/#", .tasmota, "tasmota-lamp")
        let will = try Self.decode(&tasmota, "village/lamp/tele/LWT", "Online")
        #expect(will.kind == .availability && will.deviceAddress == "village/lamp")
        #expect(will.readings.first?.quantity.id == "device.online")
    }

    @Test func `link readings can be left out`() throws {
        var rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter("#")),
            family: .chirpstack
        )
        rule.profile = "milesight-em310-udl"
        let library = try ProfileExampleTests.library()
        for (isIncluded, count) in [(true, 4), (false, 1)] {
            var decoder = MessageDecoder(
                rules: [rule],
                library: library,
                settings: DecoderSettings(includesLinkReadings: isIncluded)
            )
            let message = try Self.decode(
                &decoder,
                "t",
                Self.uplink(#"{"rssi":-90,"snr":9}"#)
            )
            #expect(message.readings.count == count)
        }
    }

    @Test func `members that no field reads are counted`() throws {
        var decoder = try Self.decoder("#", .plainJSON, "lighting-cabinet-phase")
        let message = try Self.decode(
            &decoder,
            "t",
            #"{"power_w":5,"minute_index":3,"more":{"a":1,"b":null}}"#
        )
        #expect(message.unreadMemberCount == 2)
    }

    @Test func `borrowed memory decodes as arrays do`() throws {
        var decoder = try Self.decoder("#", .plainJSON, "lighting-cabinet-phase")
        let topic = Array("t".utf8)
        let payload = Array(#"{"power_w":5}"#.utf8)
        let message = try decoder.decode(topic: "t", payload: payload, receivedAt: Self.now)
        let lent = try topic.withUnsafeBytes { topic in
            try payload.withUnsafeBytes { payload in
                try decoder.decode(
                    topic: topic,
                    payload: payload,
                    receivedAt: Self.now,
                    flags: []
                )
            }
        }
        #expect(lent == message)
    }

    @Test func `the frame counter is a reading with its own value`() throws {
        var decoder = try Self.decoder("t", .chirpstack, "milesight-em310-udl")
        let gateway = #"{"gatewayId":"a","rssi":-90,"snr":5.5}"#
        let message = try Self.decode(&decoder, "t", Self.uplink(gateway))
        let counts = message.readings.filter { $0.quantity.id == "link.frame_count" }
        #expect(counts.map(\.value) == [5])
    }

    @Test func `a device that was taken away is read as what it was, in messages of before`()
        throws
    {
        let now = FamilyDecoder.now
        var directory = DeviceDirectory()
        directory.assign("7", .init(profile: "senml-water-point"), until: now)
        var decode = try FamilyDecoder(.senml, ["water/+"], directory: directory)
        let before = try decode("water/7", #"[{"n":"ph","v":7}]"#, at: now - .seconds(1))
        #expect(before.readings.map(\.value) == [7])
        #expect(throws: DecodingError.unknownDevice(address: "7", family: .senml)) {
            try decode("water/7", #"[{"n":"ph","v":7}]"#, at: now)
        }
    }
}
