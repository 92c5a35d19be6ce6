import Decoding
import TestKit
import Testing

struct FamilyDetectionTests {
    private static let messages: [(String, String, Family)] = [
        ("application/1/device/a/event/up", #"{"deviceInfo":{"devEui":"a"}}"#, .chirpstack),
        ("v3/app@t/devices/a/up", #"{"end_device_ids":{}}"#, .theThingsStack),
        ("homeassistant/sensor/a/config", #"{"state_topic":"a"}"#, .homeAssistant),
        ("tele/lamp/SENSOR", #"{"Time":"2026-01-14T05:12:33"}"#, .tasmota),
        ("tele/lamp/LWT", "Online", .tasmota),
        ("zigbee2mqtt/lamp", #"{"state":"ON"}"#, .zigbee2MQTT),
        ("x/y", #"{"power":3,"linkquality":7}"#, .zigbee2MQTT),
        ("a/events/rpc", #"{"src":"s","method":"NotifyStatus","params":{}}"#, .shelly),
        ("unknown", #"{"src":"s","method":"NotifyFullStatus"}"#, .shelly),
        ("unknown", #"{"_":"telegram","meter":"m"}"#, .wmbusmeters),
        ("unknown", #"[{"bn":"urn:dev:1:","n":"volume","v":1}]"#, .senml),
        ("unknown", #"[{"bn":"/3416/0/","n":"3","v":1}]"#, .ucifi),
        ("unknown", #"{"id":"urn:ngsi-ld:Streetlight:1","type":"Streetlight"}"#, .fiware),
        ("unknown", #"{"type":"Notification","data":[]}"#, .fiware),
        ("/ul/key/bin/attrs", "f|0.7", .fiware),
        ("milesight/uplink/24e124", #"{"devEUI":"24e124","rxInfo":[]}"#, .milesight),
        ("a/b/c", #"{"type":"AttributeFloat","value":1,"timestamp":"t"}"#, .talq),
        ("unknown", #"{"dev_eui":"a","hotspots":[]}"#, .helium),
        ("unknown", "time;ph\n1;7\n", .csv),
        ("unknown", #"{"ph":7}"#, .plainJSON),
    ]

    @Test(arguments: 0..<20) func `a message of each family is taken for one`(place: Int) {
        let (topic, payload, family) = Self.messages[place]
        let guesses = Family.detect(topic: topic, payload: Array(payload.utf8))
        #expect(guesses.first?.family == family, "\(guesses)")
    }

    @Test func `a topic that the payload supports is surer than either alone`() throws {
        func score(_ topic: String, _ payload: String) -> Double {
            let guesses = Family.detect(topic: topic, payload: Array(payload.utf8))
            return guesses.first { $0.family == .wmbusmeters }?.score ?? 0
        }
        let telegram = #"{"_":"telegram","meter":"m"}"#
        #expect(score("wmbusmeters/1", telegram) > score("x", telegram))
        #expect(score("wmbusmeters/1", "{}") < score("x", telegram))
        #expect(score("x", "{}") == 0)
    }

    @Test func `bytes of no shape are of no family, and scores stay in their range`() {
        #expect(Family.detect(topic: "x", payload: [0xFF, 0xFE]).isEmpty)
        #expect(Family.detect(topic: "", payload: []).isEmpty)
        var generator = SeededGenerator(seed: 31)
        print("seed \(generator.seed)")
        let letters = Array("{}[]\":,;|/ateloionsu0123\n".utf8)
        for _ in 0..<3_000 {
            let payload = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? 0
            }
            let topic = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in
                letters.randomElement(using: &generator) ?? 0
            }
            let text = String(decoding: topic, as: UTF8.self)
            let guesses = Family.detect(topic: text, payload: payload)
            #expect(guesses.allSatisfy { (0...1).contains($0.score) })
            #expect(Set(guesses.map(\.family)).count == guesses.count)
            #expect(guesses == Family.detect(topic: text, payload: payload))
            let scores = guesses.map(\.score)
            #expect(scores == scores.sorted(by: >))
        }
    }

    @Test(arguments: [
        ("application/1/device/a/event/up", Family.chirpstack),
        ("v3/a/devices/b/up", .theThingsStack),
        ("homeassistant/sensor/a/config", .homeAssistant),
        ("homeassistant/status/x", .homeAssistant),
        ("tele/a/online", .tasmota), ("zigbee2mqtt/status/x", .zigbee2MQTT),
        ("wmbusmeters/online", .wmbusmeters), ("shelly-1/online", .shelly),
        ("shelly-1/status/switch:0", .shelly), ("/ul/k/d/attrs", .fiware),
    ])
    func `well-known topics go to the surest family`(topic: String, family: Family) {
        let rule = SubscriptionRule.wellKnown.first { $0.topicFilter.matches(topic) }
        #expect(rule?.family == family)
    }
}
