import ConfigurationText
import Decoding
import Simulation
import Telemetry
import TestKit
import Testing

/// Two weeks of the demonstration and two hours after, made and decoded once for all tests.
struct DemoHistory: Sendable {
    /// 2026-11-25T14:00:00+07:00, a Wednesday.
    static let now = Instant(milliseconds: 1_795_590_000_000)
    static let start = now - .days(14)
    static let shared = Result { try DemoHistory() }

    let plan: FaultPlan
    /// Messages until `now`, and those of the two hours after.
    let past: [TimedMessage]
    let future: [TimedMessage]
    /// Readings by device code and metric, in the order of arrival.
    let readings: [String: [String: [Point]]]
    let problems: [String]
    let decodedCount: Int

    struct Point: Sendable {
        let time: Instant
        let value: Double
        let channel: String?
    }

    static func deployment(seed: UInt64 = 1, now: Instant = now) -> SimulatedDeployment {
        SimulatedDeployment(seed: seed, start: now - .days(14), now: now)
    }

    init() throws {
        var deployment = Self.deployment()
        plan = deployment.plan
        past = deployment.advance(to: Self.now)
        future = deployment.advance(to: Self.now + .hours(2))
        let devices = try DeviceTable(deployment)
        var decoder = try devices.decoder(deployment.topics)
        var readings: [String: [String: [Point]]] = [:]
        var problems: [String] = []
        var decodedCount = 0
        for message in past + future {
            do throws(DecodingError) {
                let decoded = try decoder.decode(
                    topic: message.topic,
                    payload: message.payload,
                    receivedAt: message.time
                )
                decodedCount += 1
                guard let code = devices.codes[decoded.deviceAddress] else {
                    problems.append("\(message.topic): \(decoded.deviceAddress) is unknown")
                    continue
                }
                // A logger's records each have a time of their own, the message has none.
                let isTimed =
                    decoded.timeOrigin != .receive
                    || decoded.readings.allSatisfy { $0.time != nil }
                if !isTimed || !decoded.notes.isEmpty {
                    problems.append("\(message.topic): \(decoded.timeOrigin) \(decoded.notes)")
                }
                for reading in decoded.readings {
                    if reading.quality != .accepted {
                        problems.append("\(message.topic): \(reading)")
                    }
                    readings[code, default: [:]][reading.quantity.id, default: []].append(
                        Point(
                            time: reading.time ?? decoded.time,
                            value: reading.value,
                            channel: reading.channel
                        )
                    )
                }
            } catch {
                problems.append("\(message.topic): \(error)")
            }
        }
        self.readings = readings
        self.problems = problems
        self.decodedCount = decodedCount
    }

    /// Readings of a device in (from, to].
    func points(_ device: String, _ quantity: String, from: Instant, to: Instant) -> [Point] {
        (readings[device]?[quantity] ?? []).filter { $0.time > from && $0.time <= to }
    }
}

/// The registry's devices as a decoder needs them.
struct DeviceTable {
    /// Codes by address.
    private(set) var codes: [String: String] = [:]
    private(set) var directory = DeviceDirectory()
    private(set) var rows: [[String: String]] = []

    init(_ deployment: SimulatedDeployment) throws {
        rows = try Self.rows("devices.csv", of: deployment)
        for row in rows {
            let address = try #require(row["address"])
            codes[address] = row["code"]
            var parameters: [String: Double] = [:]
            for part in (row["parameters"] ?? "").split(separator: ";") {
                let pair = part.split(separator: "=")
                parameters[String(pair[0])] = Double(String(pair[1]))
            }
            directory.assign(
                address,
                DeviceDirectory.Assignment(
                    profile: try #require(row["profile"]),
                    parameters: parameters
                )
            )
        }
    }

    /// A decoder with the shipped profiles and rules made from topics.
    func decoder(_ topics: [SimulatedTopic]) throws -> MessageDecoder {
        let library = try ShippedProfiles.library()
        let rules = try topics.map { topic in
            SubscriptionRule(
                topicFilter: try #require(TopicFilter(topic.filter)),
                family: try #require(Family(rawValue: topic.family)),
                profile: topic.profile,
                timeZone: topic.timeZone.flatMap { TimeZoneRule($0) }
            )
        }
        return MessageDecoder(rules: rules, library: library, directory: directory)
    }

    /// The records of a registry file by column.
    static func rows(_ name: String, of deployment: SimulatedDeployment) throws
        -> [[String: String]]
    {
        let file = try #require(deployment.registryFiles.first { $0.name == name })
        var reader = CSVReader(Array(file.text.utf8), file: name)
        let header = try #require(try reader.next()).fields
        var rows: [[String: String]] = []
        while let record = try reader.next() {
            #expect(record.fields.count == header.count, "\(name):\(record.line)")
            rows.append(Dictionary(uniqueKeysWithValues: zip(header, record.fields)))
        }
        return rows
    }
}
