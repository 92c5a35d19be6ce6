import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// Payloads of real devices with the values of their makers' codecs, read where they lie.
struct CodecVectorTests {
    private static let now = Instant(milliseconds: 1_768_367_553_000)

    /// Device of the vectors, our profile, and for each of the maker's names ours and its factor.
    private static let known: [(String, String, [(String, String, Double)])] = [
        (
            "dl-ntu", "decentlab-dl-ntu",
            [
                ("temperature", "water.temperature", 1), ("turbidity_in_ntu", "water.turbidity", 1),
                ("battery_voltage", "battery.voltage", 1),
            ]
        ),
        (
            "dl-pheht", "decentlab-dl-pheht",
            [
                ("temperature", "water.temperature", 1), ("ph", "water.ph", 1),
                ("redox", "water.orp", 1), ("battery_voltage", "battery.voltage", 1),
            ]
        ),
        (
            "dl-optod", "decentlab-dl-optod",
            [
                ("temperature", "water.temperature", 1),
                ("oxygen_saturation", "water.oxygen_saturation", 1),
                ("oxygen_concentration", "water.dissolved_oxygen", 1),
                ("battery_voltage", "battery.voltage", 1),
            ]
        ),
        (
            "dl-ctd10", "decentlab-dl-ctd10",
            [
                ("temperature", "water.temperature", 1), ("water_depth", "water.level", 0.001),
                ("electrical_conductivity", "water.conductivity", 1),
                ("battery_voltage", "battery.voltage", 1),
            ]
        ),
        // The vector's probe spans 1 bar, ours 10 unless the registry says otherwise.
        (
            "dl-pr26", "decentlab-dl-pr26",
            [
                ("temperature", "water.temperature", 1), ("pressure", "water.pressure", 1000),
                ("battery_voltage", "battery.voltage", 1),
            ]
        ),
        (
            "ldds75", "dragino-ldds75",
            [
                ("Distance", "bin.distance", 1), ("Bat", "battery.voltage", 1),
            ]
        ),
        (
            "yobiiq-em2101", "yobiiq-em2101",
            [
                ("activeEnergyImportL1T1", "feeder.energy", 0.001),
                ("voltageL1N", "supply.voltage", 1), ("currentL1", "supply.current", 0.001),
                ("activePowerL1", "feeder.power", 1), ("frequency", "supply.frequency", 1),
            ]
        ),
    ]

    private static func number(_ value: Any?) -> Double? {
        if let object = value as? [String: Any] {
            return (object["value"] ?? object["data"]) as? Double
        }
        return value as? Double
    }

    @Test func `our profiles decode the makers' own examples to the same values`() throws {
        guard let path = SharedMaterial.path("codec-corpus/vectors.json") else { return }
        let data = try Data(contentsOf: URL(filePath: path))
        let file = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let vectors = try #require(file["vectors"] as? [[String: Any]])
        let library = try ProfileExampleTests.library()
        var compared = 0
        for vector in vectors {
            let device = vector["device"] as? String
            guard let (_, id, names) = Self.known.first(where: { $0.0 == device }),
                let profile = library[id], let hex = vector["bytes"] as? String,
                let port = vector["fPort"] as? Int,
                let expected = vector["expected"] as? [String: Any],
                names.contains(where: { Self.number(expected[$0.0]) != nil })
            else { continue }
            let digits = Array(hex)
            let payload = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
            let message = try profile.decode(payload: payload, port: port, receivedAt: Self.now)
            for (name, quantity, factor) in names {
                guard let value = Self.number(expected[name]) else { continue }
                let reading = try #require(
                    message.readings.first { $0.quantity.id == quantity },
                    "\(id) \(name)"
                )
                #expect(abs(reading.value - value * factor) < 1e-9 * max(1, abs(value)))
                compared += 1
            }
        }
        print("\(compared) values of makers' examples compared")
        #expect(compared >= 24)
    }
}
