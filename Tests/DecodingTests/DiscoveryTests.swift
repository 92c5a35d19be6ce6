import Decoding
import Telemetry
import Testing

/// Home Assistant's discovery: what a description teaches, and the states that follow it.
struct DiscoveryTests {
    private static let device = #""device":{"identifiers":["tank03"],"model":"TL-1"}"#

    private static func config(_ members: String) -> String {
        #"{"unique_id":"t3","state_topic":"oak/t3/state",\#(members),\#(device)}"#
    }

    private static let temperature = config(
        #""value_template":"{{ value_json.t | float | round(1) }}","device_class":"temperature","#
            + #""unit_of_measurement":"°F","state_class":"measurement","expire_after":7200,"#
            + #""availability_topic":"oak/t3/online","payload_available":"1","#
            + #""payload_not_available":"0""#
    )

    private static func decoder(_ directory: DeviceDirectory = .init()) throws -> FamilyDecoder {
        try FamilyDecoder(.homeAssistant, ["homeassistant/#", "oak/#"], directory: directory)
    }

    private static let topic = "homeassistant/sensor/t3/config"

    @Test func `a description gives states a quantity, a unit and a device`() throws {
        var decode = try Self.decoder()
        let learned = try decode(Self.topic, Self.temperature, flags: .retained)
        #expect(learned.kind == .other && learned.notes == [.learned])
        let state = try decode("oak/t3/state", #"{"t":"68.04"}"#)
        #expect(state.deviceAddress == "tank03" && state.kind == .measurement)
        #expect(state.readings.map(\.quantity.id) == ["air.temperature"])
        #expect(state.readings[0].channel == "t3")
        #expect(abs(state.readings[0].value - 20) < 1e-9)
        let entity = try #require(decode.decoder.discoveredEntities.first)
        #expect(entity.expiresAfter == .hours(2) && entity.model == "TL-1")
        #expect(entity.quantity?.id == "air.temperature")
    }

    @Test(arguments: [
        "homeassistant/sensor//config", "/homeassistant/sensor/t3/config",
        "//homeassistant/sensor/node/t3/config",
    ])
    func `a config topic may have levels without a name`(topic: String) throws {
        var decode = try FamilyDecoder(.homeAssistant, ["#"])
        #expect(try decode(topic, Self.temperature).notes == [.learned])
    }

    /// Found by fuzzing: levels without a name were left out, and the others counted as if at least
    /// three had one.
    @Test(arguments: ["homeassistant///config", "///config", "////config"])
    func `a config topic that names no component is refused`(topic: String) throws {
        var decode = try FamilyDecoder(.homeAssistant, ["#"])
        #expect(
            throws: DecodingError.badValue(
                field: "platform",
                problem: "'' has no state that is measured"
            )
        ) { _ = try decode(topic, Self.temperature) }
    }

    @Test func `availability is a state of its own, by the words of the description`() throws {
        var decode = try Self.decoder()
        _ = try decode(Self.topic, Self.temperature)
        let message = try decode("oak/t3/online", "0")
        #expect(message.kind == .availability && message.summary == ["device.online=0.0"])
        #expect(try decode("oak/t3/online", "1").summary == ["device.online=1.0"])
        #expect(throws: DecodingError.self) { _ = try decode("oak/t3/online", "online") }
    }

    @Test(arguments: [("all", [1.0, 0, 0, 0]), ("any", [1, 1, 0, 1]), ("latest", [1, 0, 0, 1])])
    func `several availability topics make one state`(mode: String, expected: [Double]) throws {
        var decode = try Self.decoder()
        _ = try decode(
            Self.topic,
            Self.config(
                #""availability_mode":"\#(mode)","availability":[{"topic":"oak/a"},{"topic":"o"#
                    + #"ak/b"}]"#
            )
        )
        var found: [Double] = []
        for (topic, word) in [
            ("oak/a", "online"), ("oak/b", "offline"), ("oak/a", "offline"), ("oak/b", "online"),
        ] {
            found.append(try decode(topic, word).readings[0].value)
        }
        #expect(found == expected)
    }

    @Test func `a device form has short keys, a base topic and a topic for all`() throws {
        var decode = try Self.decoder()
        let text = #"""
            {"~":"oak/pump","dev":{"ids":"pump-1"},"stat_t":"~/state","avty_t":"~/lwt","cmps":{
             "leak":{"p":"binary_sensor","uniq_id":"p1_leak","dev_cla":"moisture",
              "val_tpl":"{{ value_json['leak'] }}"},
             "flow":{"p":"sensor","uniq_id":"p1_flow","dev_cla":"volume_flow_rate",
              "unit_of_meas":"L/min","val_tpl":"{{value_json.q[0]}}"},
             "odd":{"p":"sensor","uniq_id":"p1_odd","val_tpl":"{% if value %}1{% endif %}"},
             "button":{"p":"button","uniq_id":"p1_b","cmd_t":"~/press"},
             "gone":{"p":"sensor"}}}
            """#
        let message = try decode("homeassistant/device/pump-1/config", text)
        let faults = message.notes.filter { $0.code == "not_learned" }
        #expect(faults.count == 2 && message.notes.first == .learned)
        #expect("\(faults)".contains("{% if value %}"))
        let state = try decode("oak/pump/state", #"{"leak":"ON","q":[100,2]}"#)
        #expect(state.summary.sorted() == ["water.flow[p1_flow]=6.0", "water.leak[p1_leak]=1.0"])
        #expect(try decode("oak/pump/lwt", "offline").summary == ["device.online=0.0"])
    }

    @Test(arguments: ["off_delay", "off_dly"])
    func `an ON that ends by itself is a reading of its instant, and the description says so`(
        key: String
    ) throws {
        var decode = try Self.decoder()
        let text = Self.config(#""device_class":"moisture","\#(key)":30"#)
        let learned = try decode("homeassistant/binary_sensor/t3/config", text)
        guard case .notLearned(let fault) = learned.notes.last else {
            Issue.record("nothing is said of it: \(learned.notes)")
            return
        }
        #expect(fault == "t3: off_delay is not followed, no reading says OFF by itself")
        let state = try decode("oak/t3/state", "ON")
        #expect(state.summary == ["water.leak[t3]=1.0"] && state.readings[0].time == nil)
        #expect(try decode("oak/t3/state", "OFF").summary == ["water.leak[t3]=0.0"])
    }

    @Test func `an empty description takes the entity back`() throws {
        var decode = try Self.decoder()
        _ = try decode(Self.topic, Self.temperature)
        _ = try decode(Self.topic, "")
        #expect(decode.decoder.discoveredEntities.isEmpty && decode.decoder.lessons.isEmpty)
        #expect(
            throws: DecodingError.unknownDevice(address: "oak/t3/state", family: .homeAssistant)
        ) {
            _ = try decode("oak/t3/state", #"{"t":1}"#)
        }
    }

    @Test func `a description that comes again changes nothing, another one replaces it`() throws {
        var decode = try Self.decoder()
        _ = try decode(Self.topic, Self.temperature)
        let version = decode.decoder.lessonsVersion
        #expect(try decode(Self.topic, Self.temperature).notes.isEmpty)
        #expect(decode.decoder.lessonsVersion == version)
        _ = try decode(Self.topic, Self.temperature.replacing("°F", with: "°C"))
        #expect(decode.decoder.discoveredEntities.count == 1)
        #expect(try decode("oak/t3/state", #"{"t":20}"#).readings[0].value == 20)
    }

    @Test func `a state that came first is read when its description comes, for a minute`() throws {
        let now = FamilyDecoder.now
        for (delay, count) in [(Milliseconds.seconds(60), 1), (.seconds(61), 0)] {
            var decode = try Self.decoder()
            #expect(throws: DecodingError.self) {
                _ = try decode("oak/t3/state", #"{"t":50}"#, at: now)
            }
            let message = try decode(Self.topic, Self.temperature, at: now + delay)
            #expect(message.companions.count == count)
            #expect(message.companions.allSatisfy { $0.time == now && $0.readings.count == 1 })
        }
    }

    @Test func `a kept state is no measurement, even when it waited`() throws {
        var decode = try Self.decoder()
        #expect(throws: DecodingError.self) {
            _ = try decode("oak/t3/state", #"{"t":50}"#, flags: .retained)
        }
        let message = try decode(Self.topic, Self.temperature)
        #expect(message.companions.count == 1 && message.companions[0].measurements.isEmpty)
    }

    @Test(arguments: [
        "{{ value_json.t | multiply(2) }}", "{% set x = 1 %}{{ x }}", "{{ states('a') }}",
        "{{ value_json.t + 1 }}", "value", "{{ value | round(99) }}", "{{ value_json.a[*] }}",
        "{{ }}",
    ])
    func `a template beyond the subset is refused with the reason`(template: String) throws {
        var decode = try Self.decoder()
        let text = Self.config(#""device_class":"temperature","value_template":"\#(template)""#)
        let error = #expect(throws: DecodingError.self) { _ = try decode(Self.topic, text) }
        #expect(error?.code == .badValue)
        #expect(decode.decoder.discoveredEntities.isEmpty)
    }

    @Test(arguments: [
        ("{{ value }}", "12.5", 12.5), ("{{value|int}}", "-12.7", -12),
        ("{{ value_json }}", "3", 3), ("{{ value_json.a.b }}", #"{"a":{"b":"4.25"}}"#, 4.25),
        ("{{ value_json[\\\"a b\\\"] | float }}", #"{"a b":5}"#, 5),
        ("{{ value_json.x | round }}", #"{"x":2.5}"#, 2),
        ("{{ value_json.x | float | round(2) }}", #"{"x":"2.126"}"#, 2.13),
    ])
    func `templates of the subset give their value`(
        template: String,
        payload: String,
        expected: Double
    ) throws {
        var decode = try Self.decoder()
        _ = try decode(
            Self.topic,
            Self.config(#""device_class":"temperature","value_template":"\#(template)""#)
        )
        #expect(try decode("oak/t3/state", payload).readings.map(\.value) == [expected])
    }

    @Test func `what has no quantity for certain makes no reading, unless a profile reads it`()
        throws
    {
        let text = Self.config(#""device_class":"distance","unit_of_measurement":"m""#)
        var decode = try Self.decoder()
        _ = try decode(Self.topic, text)
        let message = try decode("oak/t3/state", "1.9")
        #expect(message.readings.isEmpty && message.unreadMemberCount == 1)
        let total = text.replacing(
            #""device_class":"distance""#,
            with: #""device_class":"water","state_class":"measurement""#
        )
        _ = try decode(Self.topic, total.replacing(#""m""#, with: #""m³""#))
        #expect(try decode("oak/t3/state", "1.9").readings.isEmpty)
        var directory = DeviceDirectory()
        directory.assign("tank03", .init(profile: "discovered-tank"))
        let profile = """
            id: discovered-tank
            manufacturer: m
            model: m
            title: t
            kind: water_level
            source: this test
            messages:
              - records:
                  - {record: t3, quantity: water.level, unit: cm}
            """
        let library = try ProfileLibrary(folder: [ProfileText(file: "p", text: profile)])
        let rules = try ["homeassistant/#", "oak/#"].map { filter in
            SubscriptionRule(
                topicFilter: try #require(TopicFilter(filter)),
                family: .homeAssistant
            )
        }
        decode.decoder = MessageDecoder(rules: rules, library: library, directory: directory)
        _ = try decode(Self.topic, text)
        #expect(try decode("oak/t3/state", "1.9").summary == ["water.level=1.9"])
    }

    @Test func `a unit that cannot be converted is refused with the description`() throws {
        var decode = try Self.decoder()
        let text = Self.config(#""device_class":"temperature","unit_of_measurement":"kWh""#)
        #expect(throws: DecodingError.self) { _ = try decode(Self.topic, text) }
    }

    @Test func `the tables hold as many as their limits say`() throws {
        var decode = try Self.decoder()
        var refusal: DecodingError?
        for number in 0..<(DecodingLimits.learnedEntities + 1) {
            do throws(DecodingError) {
                _ = try decode(
                    "homeassistant/sensor/n\(number)/config",
                    #"{"unique_id":"n\#(number)","state_topic":"oak/n\#(number)"}"#
                )
            } catch {
                refusal = error
            }
        }
        #expect(refusal == .tooManyElements(limit: DecodingLimits.learnedEntities))
        #expect(decode.decoder.discoveredEntities.count == DecodingLimits.learnedEntities)
    }

    @Test func `descriptions beyond the room for them change nothing`() throws {
        var decode = try Self.decoder()
        let padding = String(repeating: " ", count: 200 << 10)
        var refusedCount = 0
        for number in 0..<30 {
            do throws(DecodingError) {
                _ = try decode(
                    "homeassistant/sensor/n\(number)/config",
                    #"{"unique_id":"n\#(number)","state_topic":"oak/n\#(number)"}"# + padding
                )
            } catch {
                #expect(error.code == .badValue)
                refusedCount += 1
            }
        }
        let bytes = decode.decoder.lessons.reduce(0) { $0 + $1.payload.count }
        #expect(bytes <= DecodingLimits.lessonBytes && bytes > DecodingLimits.lessonBytes / 2)
        #expect(decode.decoder.discoveredEntities.count == 30 - refusedCount)
        #expect(refusedCount > 0)
    }

    @Test func `a text that no description needs is refused`() throws {
        var decode = try Self.decoder()
        let long = String(repeating: "x", count: DecodingLimits.descriptionTextBytes + 1)
        for text in [
            Self.config(#""name":"\#(long)""#),
            #"{"unique_id":"a","state_topic":"oak/\#(long)"}"#,
            #"{"unique_id":"a","state_topic":"oak/a","device":{"name":"\#(long)"}}"#,
        ] {
            #expect(throws: DecodingError.self) { _ = try decode(Self.topic, text) }
        }
        let topics = (0...DecodingLimits.availabilityTopics).map { #"{"topic":"oak/\#($0)"}"# }
        let list = topics.joined(separator: ",")
        #expect(throws: DecodingError.self) {
            _ = try decode(Self.topic, Self.config(#""availability":[\#(list)]"#))
        }
        #expect(decode.decoder.discoveredEntities.isEmpty)
    }

    @Test func `a description that is read again replaces no newer one`() throws {
        var decode = try Self.decoder()
        let newer = Self.temperature.replacing("°F", with: "°C")
        func again(learns: Bool) throws {
            try decode.decoder.aside(learns: learns) { (decoder) throws(DecodingError) in
                _ = try decoder.decode(
                    topic: Self.topic,
                    payload: Array(Self.temperature.utf8),
                    receivedAt: FamilyDecoder.now
                )
            }
        }
        try again(learns: false)
        #expect(decode.decoder.discoveredEntities.isEmpty && decode.decoder.lessons.isEmpty)
        // One that was refused and has no successor may be learned.
        try again(learns: true)
        #expect(decode.decoder.discoveredEntities.map(\.unit) == ["°F"])
        _ = try decode(Self.topic, newer)
        for learns in [false, true] { try again(learns: learns) }
        #expect(decode.decoder.discoveredEntities.map(\.unit) == ["°C"])
        #expect(decode.decoder.lessons.map(\.payload) == [Array(newer.utf8)])
    }
}
