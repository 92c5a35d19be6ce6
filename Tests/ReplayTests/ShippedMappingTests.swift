import Decoding
import Foundation
import Replay
import Telemetry
import TestKit
import Testing

/// The recordings of others through the shipped mappings: what goes out is what profiles read.
struct ShippedMappingTests {
    private static func playing(_ mapping: String, _ item: String) throws -> Playing? {
        guard let path = SharedMaterial.path("real-data/\(item)") else { return nil }
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        return Playing(
            bytes,
            file: item,
            mapping: try ShippedMappings.mapping(named: mapping + ".yaml")
        )
    }

    private static func decoded(
        _ playing: Playing,
        _ filter: String,
        _ family: Family,
        _ profile: String,
        change: (inout SubscriptionRule) -> Void = { _ in }
    ) throws -> [DecodedMessage] {
        let library = try ShippedProfiles.library()
        var rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter(filter)),
            family: family,
            profile: profile,
            clock: ClockPolicy(maximumAge: .days(36_500))
        )
        change(&rule)
        var decoder = MessageDecoder(rules: [rule], library: library)
        return try playing.messages.map { message in
            let decoded = try decoder.decode(
                topic: message.topic,
                payload: message.payload,
                receivedAt: Playing.now
            )
            if family == .plainJSON {
                #expect(decoded.time == message.time)
                #expect(decoded.timeOrigin == .device)
            }
            return decoded
        }
    }

    @Test func `the lighting cabinet is read, its gaps send nothing`() throws {
        guard
            let playing = try Self.playing(
                "street-lighting-cabinet",
                "street-lighting-cabinet/cabinet_phase1_days0-2.csv"
            )
        else { return }
        #expect(playing.faults.isEmpty)
        #expect(playing.counts.recordsRead == 4320)
        #expect(playing.counts.messagesSkipped == 59)
        #expect(
            playing.payloads.first
                == #"{"time":"2015-10-01T07:00:00.000Z","power_w":0,"voltage_v":222.6333333333}"#
        )
        let messages = try Self.decoded(
            playing,
            "lighting/+/+",
            .plainJSON,
            "lighting-cabinet-phase"
        )
        #expect(messages.count == 4261)
        #expect(messages.allSatisfy { $0.readings.count == 2 })
        let powers = messages.flatMap(\.readings).filter { $0.quantity.id == "feeder.power" }
        #expect((6800...7100).contains(powers.map(\.value).max() ?? 0))
    }

    @Test func `bins of 2018 are read at midnight in Melbourne`() throws {
        guard
            let playing = try Self.playing("waste-bins-2018", "waste-bins/bins_2018-08-13.jsonl")
        else { return }
        #expect(playing.faults.isEmpty)
        #expect(playing.messages.first?.topic == "bins/feed/1510830")
        #expect(
            playing.payloads.first?.hasPrefix(
                #"{"time":"2018-08-12T14:00:00.000Z","type":"Feature","geometry""#
            ) == true
        )
        let messages = try Self.decoded(playing, "bins/feed/+", .plainJSON, "wyndham-bin-a")
        #expect(Set(messages.map(\.deviceAddress)).count == 32)
        #expect(Set(messages.map(\.time.rfc3339)) == ["2018-08-12T14:00:00.000Z"])
        let rejected = messages.filter { $0.readings.first?.quality == .rejected }.count
        #expect(rejected == playing.payloads.filter { $0.contains("\"ALERT\"") }.count)
    }

    @Test func `bins of 2021 are read in the order in which they were kept`() throws {
        guard
            let playing = try Self.playing(
                "waste-bins-2021",
                "waste-bins/bins_2021_snapshots.jsonl"
            )
        else { return }
        #expect(playing.faults.isEmpty)
        let messages = try Self.decoded(playing, "bins/+", .plainJSON, "wyndham-bin-b")
        #expect(messages.count == 96)
        var times: [String] = []
        for message in messages where times.last != message.time.rfc3339 {
            times.append(message.time.rfc3339)
        }
        #expect(
            times == [
                "2021-08-21T08:09:00.000Z", "2021-08-21T03:39:00.000Z",
                "2021-08-21T05:54:00.000Z",
            ]
        )
    }

    @Test func `zone inflow is read in Rome's clock, no two hours at one time`() throws {
        guard
            let playing = try Self.playing("water-dma-inflow", "water-dma-inflow/inflow_2021.csv")
        else { return }
        #expect(playing.faults.isEmpty)
        #expect(
            playing.payloads.first == #"{"time":"2020-12-31T23:00:00.000Z","dma_3_lps":3.7}"#
        )
        let messages = try Self.decoded(playing, "water/+/data", .plainJSON, "dma-inflow")
        #expect(playing.counts.recordsRead == 8760)
        #expect(messages.count == 8760 - playing.counts.messagesSkipped)
        #expect(Set(messages.map(\.time)).count == messages.count)
        #expect(zip(messages, messages.dropFirst()).allSatisfy { $0.time < $1.time })
        #expect(Set(messages.flatMap { $0.readings.compactMap(\.channel) }).count == 10)
        // Numbers of the file that a double would not write again as they are.
        #expect(playing.payloads.contains { $0.contains("\"dma_6_lps\":7.73250000000002,") })
    }

    @Test(arguments: [
        ("main-street", "main_street_2019.csv", 25_881, "0.76"),
        ("tony-grove", "tony_grove_2019_h1.csv", 17_337, "-0.01"),
    ])
    func `sondes are read, sentinels rejected`(
        place: String,
        file: String,
        count: Int,
        temperature: String
    ) throws {
        guard
            let playing = try Self.playing(
                "water-quality-sonde-\(place)",
                "water-quality-sonde/\(file)"
            )
        else { return }
        #expect(playing.faults.isEmpty)
        #expect(playing.counts.recordsRead == count)
        #expect(playing.payloads.first?.contains("\"temp\":\(temperature),") == true)
        // Every fourth, as the tests of the decoder read these files.
        var part = playing
        part.messages = stride(from: 0, to: playing.messages.count, by: 4).map {
            playing.messages[$0]
        }
        let messages = try Self.decoded(part, "river/+", .plainJSON, "lro-sonde")
        let readings = messages.flatMap(\.readings)
        let accepted = readings.filter { $0.quality == .accepted }
        #expect(accepted.count > messages.count * 4)
        #expect(accepted.allSatisfy { $0.value > -100 })
    }

    @Test(arguments: ["door-sensor", "weather-station"])
    func `ChirpStack events go out byte for byte`(name: String) throws {
        let item = "chirpstack_v3_\(name.replacing("-", with: "_"))"
        guard
            let playing = try Self.playing(
                "lorawan-chirpstack-v3-\(name)",
                "lorawan-uplinks/\(item).jsonl"
            )
        else { return }
        #expect(playing.faults.isEmpty)
        let path = try #require(SharedMaterial.path("real-data/lorawan-uplinks/\(item).jsonl"))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(playing.payloads == lines.map(String.init))
        let messages = try Self.decoded(
            playing,
            "application/+",
            .chirpstack,
            "wyres-base"
        ) { rule in
            rule.payloadEncoding = .hexadecimal
            rule.archiveTime = JSONPath("_timestamp")
        }
        #expect(
            messages.filter { $0.kind == .status }.count
                == playing.messages.filter { $0.topic == "application/status" }.count
        )
        let read = messages.flatMap(\.readings).filter { $0.quantity.id == "air.temperature" }
        #expect(read.count > 150)
    }

    @Test func `Helium uplinks go out with their repeats`() throws {
        guard
            let playing = try Self.playing(
                "lorawan-helium-elsys-ems",
                "lorawan-uplinks/helium_elsys_ems.jsonl"
            )
        else { return }
        #expect(playing.faults.isEmpty)
        #expect(playing.messages.first?.topic == "helium/A81758FFFE04B1C1/rx")
        let messages = try Self.decoded(playing, "helium/#", .helium, "elsys-ems")
        #expect(messages.count == 600)
        #expect(Set(messages.compactMap(\.sequence)).count == 427)
        #expect(Set(messages.map(\.deviceAddress)) == ["a81758fffe04b1c1"])
    }
}
