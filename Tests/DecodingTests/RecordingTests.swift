import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// The recordings of others, read where they lie, through the same profiles as live messages.
struct RecordingTests {
    /// Recordings are years old: their age is no fault.
    private static let clock = ClockPolicy(maximumAge: .days(36_500))

    private static func decoder(_ rule: SubscriptionRule) throws -> MessageDecoder {
        var rule = rule
        rule.clock = clock
        return MessageDecoder(rules: [rule], library: try ProfileExampleTests.library())
    }

    private static func rule(_ filter: String, _ family: Family, _ profile: String) throws
        -> SubscriptionRule
    {
        SubscriptionRule(
            topicFilter: try #require(TopicFilter(filter)),
            family: family,
            profile: profile
        )
    }

    private static func lines(_ item: String) throws -> [Substring]? {
        guard let path = SharedMaterial.path("real-data/\(item)") else { return nil }
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    }

    /// The rows of a table as JSON objects with the column names as keys and texts as values.
    private static func rows(_ item: String, every step: Int) throws -> [[UInt8]]? {
        guard let lines = try lines(item), let header = lines.first else { return nil }
        let names = header.split(separator: ",", omittingEmptySubsequences: false)
        return stride(from: 1, to: lines.count, by: step).map { index in
            let cells = lines[index].split(separator: ",", omittingEmptySubsequences: false)
            let members = zip(names, cells).map { "\"\($0)\":\"\($1)\"" }
            return Array("{\(members.joined(separator: ","))}".utf8)
        }
    }

    private static let now = Instant(milliseconds: 1_768_367_553_000)

    @Test func `bins of layout A: fills are percent, a fault is never empty`() throws {
        guard let lines = try Self.lines("waste-bins/bins_2018-08-13.jsonl") else { return }
        var decoder = try Self.decoder(try Self.rule("bins/feed", .plainJSON, "wyndham-bin-a"))
        var addresses: Set<String> = []
        var rejected = 0
        for line in lines {
            let message = try decoder.decode(
                topic: "bins/feed",
                payload: Array(line.utf8),
                receivedAt: Self.now
            )
            addresses.insert(message.deviceAddress)
            #expect(message.time.rfc3339 == "2018-08-12T14:00:00.000Z")
            let fill = try #require(message.readings.first)
            #expect([0, 20, 40, 60, 80, 100].contains(fill.value))
            if fill.quality == .rejected { rejected += 1 }
        }
        #expect(addresses.count == 32)
        #expect(rejected == lines.filter { $0.contains("\"ALERT\"") }.count)
    }

    @Test func `bins of layout B come in any order and keep their own times`() throws {
        guard let lines = try Self.lines("waste-bins/bins_2021_snapshots.jsonl") else { return }
        var decoder = try Self.decoder(try Self.rule("bins/+", .plainJSON, "wyndham-bin-b"))
        var times: [Instant] = []
        for line in lines {
            let message = try decoder.decode(
                topic: "bins/7",
                payload: Array(line.utf8),
                receivedAt: Self.now
            )
            #expect(message.timeOrigin == .device)
            #expect(message.readings.contains { $0.quantity.id == "location.lat" })
            if times.last != message.time { times.append(message.time) }
        }
        // 18:09, 13:39, 15:54 in Melbourne, winter: ten hours ahead.
        #expect(
            times.map(\.rfc3339) == [
                "2021-08-21T08:09:00.000Z", "2021-08-21T03:39:00.000Z",
                "2021-08-21T05:54:00.000Z",
            ]
        )
    }

    @Test func `the lighting cabinet gives power and voltage, gaps give nothing`() throws {
        guard
            let rows = try Self.rows(
                "street-lighting-cabinet/cabinet_phase1_days0-2.csv",
                every: 1
            )
        else { return }
        var decoder = try Self.decoder(
            try Self.rule("cabinet", .plainJSON, "lighting-cabinet-phase")
        )
        var counts: [Int: Int] = [:]
        var highest = 0.0
        for row in rows {
            let message = try decoder.decode(
                topic: "cabinet",
                payload: row,
                receivedAt: Self.now
            )
            counts[message.readings.count, default: 0] += 1
            for reading in message.readings where reading.quantity.id == "feeder.power" {
                highest = max(highest, reading.value)
                #expect(reading.quality == .accepted)
            }
        }
        #expect(counts[2] == rows.count - 59)
        #expect((6800...7100).contains(highest))
    }

    @Test func `zone inflow is read in the clock of Rome, both hours of autumn at one name`() throws
    {
        guard let rows = try Self.rows("water-dma-inflow/inflow_2021.csv", every: 1) else { return }
        var decoder = try Self.decoder(try Self.rule("inflow", .plainJSON, "dma-inflow"))
        var times: Set<Instant> = []
        var channels: Set<String> = []
        for row in rows {
            let message = try decoder.decode(topic: "inflow", payload: row, receivedAt: Self.now)
            times.insert(message.time)
            channels.formUnion(message.readings.compactMap(\.channel))
            #expect(message.timeOrigin == .device)
        }
        #expect(channels.count == 10)
        #expect(times.count == rows.count - 1)
    }

    @Test(arguments: ["main_street_2019.csv", "tony_grove_2019_h1.csv"])
    func `sondes: sentinels and values beyond the scale are rejected`(file: String) throws {
        guard let rows = try Self.rows("water-quality-sonde/\(file)", every: 4) else { return }
        var decoder = try Self.decoder(try Self.rule("river/+", .plainJSON, "lro-sonde"))
        var reasons: [String: Int] = [:]
        for row in rows {
            let message = try decoder.decode(
                topic: "river/x",
                payload: row,
                receivedAt: Self.now
            )
            for reading in message.readings {
                reasons[reading.qualityReason?.rawValue ?? "accepted", default: 0] += 1
                if reading.quality == .accepted {
                    #expect(reading.quantity.range.contains(reading.value))
                    #expect(reading.value > -100)
                }
            }
        }
        print("\(file): \(reasons)")
        #expect(reasons["accepted", default: 0] > rows.count * 4)
    }

    @Test(arguments: ["door_sensor", "weather_station"])
    func `archived ChirpStack v3 frames: bytes say what the server decoded`(name: String) throws {
        guard let lines = try Self.lines("lorawan-uplinks/chirpstack_v3_\(name).jsonl") else {
            return
        }
        var rule = try Self.rule("application/+", .chirpstack, "wyres-base")
        rule.payloadEncoding = .hexadecimal
        rule.archiveTime = JSONPath("_timestamp")
        var decoder = try Self.decoder(rule)
        var kinds: [MessageKind: Int] = [:]
        var compared = 0
        for line in lines {
            let raw = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            let topic = try #require(raw["_topic"] as? String)
            let message = try decoder.decode(
                topic: topic,
                payload: Array(line.utf8),
                receivedAt: Self.now
            )
            kinds[message.kind, default: 0] += 1
            #expect(message.timeOrigin == .gateway || message.timeOrigin == .server)
            guard let object = raw["object"] as? [String: Any] else { continue }
            #expect(message.sequence?.counter == (raw["fCnt"] as? UInt64))
            for (key, id) in [
                ("temperature", "air.temperature"), ("pressure", "air.pressure"),
                ("battery", "battery.voltage"),
            ] {
                let reading = message.readings.first { $0.quantity.id == id }
                #expect((object[key] != nil) == (reading != nil))
                if let value = object[key] as? Double, let reading {
                    #expect(abs(value - reading.value) < 1e-9)
                    compared += 1
                }
            }
        }
        print("\(name): \(kinds), \(compared) values compared")
        #expect(kinds[.status, default: 0] > 0)
        #expect(compared > 400)
    }

    @Test func `archived Helium frames: bytes say what the server decoded, repeats are told apart`()
        throws
    {
        guard let lines = try Self.lines("lorawan-uplinks/helium_elsys_ems.jsonl") else { return }
        var decoder = try Self.decoder(try Self.rule("helium/#", .helium, "elsys-ems"))
        var sequences: [MessageSequence: Int] = [:]
        for line in lines {
            let raw = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            let decoded = try #require(raw["decoded"] as? [String: Any])
            let object = try #require(decoded["payload"] as? [String: Double])
            let message = try decoder.decode(
                topic: "helium/rx",
                payload: Array(line.utf8),
                receivedAt: Self.now
            )
            sequences[try #require(message.sequence), default: 0] += 1
            #expect(message.deviceAddress == "a81758fffe04b1c1")
            #expect(message.timeOrigin == .server)
            for (key, id, factor) in [
                ("temperature", "air.temperature", 1.0), ("humidity", "air.humidity", 1),
                ("vdd", "battery.voltage", 1000), ("waterleak", "water.leak", 1),
            ] {
                let reading = try #require(message.readings.first { $0.quantity.id == id })
                #expect(abs((object[key] ?? .nan) - reading.value * factor) < 1e-9)
            }
        }
        print("Helium: \(lines.count) messages, \(sequences.count) different")
        #expect(sequences.count < lines.count)
    }
}
