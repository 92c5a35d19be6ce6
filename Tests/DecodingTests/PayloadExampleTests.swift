import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// Payloads of the recordings' folder with their makers' values, for devices that the codec corpus
/// does not have; read where they lie.
struct PayloadExampleTests {
    /// Catalogue file, profile, and what the maker's names are.
    private static let known: [(String, String, [(String, String, Double)])] = [
        (
            "dingtek/df702", "dingtek-df702",
            [
                ("level", "bin.distance", 1), ("temperature", "bin.temperature", 1),
                ("angle", "bin.tilt", 1), ("longitude", "location.lon", 1),
                ("latitude", "location.lat", 1),
            ]
        ),
        (
            "dingtek/dc410", "dingtek-dc410",
            [
                ("level", "bin.distance", 1), ("temperature", "bin.temperature", 1),
                ("angle", "bin.tilt", 1),
            ]
        ),
        ("dingtek/df530", "dingtek-df530", [("temperature", "air.temperature", 1)]),
        (
            "decentlab/dl-mbx", "decentlab-dl-mbx",
            [("distance", "bin.distance", 1), ("battery_voltage", "battery.voltage", 1)]
        ),
        // The example of B METERS is left out: its values do not follow from its bytes by the
        // maker's own codec.
        ("comtac/lpn-cm4", "comtac-lpn-cm4", [("batLevel", "battery.level", 1)]),
        (
            "milesight-iot/em310-udl", "milesight-em310-udl",
            [("battery", "battery.level", 1), ("distance", "bin.distance", 1)]
        ),
    ]

    @Test func `bins, meters and sensors of the recordings give the makers' values`() throws {
        var lines: [Substring] = []
        for name in ["lorawan-codec-examples.jsonl", "decode-examples.jsonl"] {
            guard let path = SharedMaterial.path("real-data/payload-examples/" + name) else {
                print("no ../shared/real-data/payload-examples/\(name): not compared")
                return
            }
            lines += try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        }
        let library = try ProfileExampleTests.library()
        var compared = 0
        for line in lines {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            )
            guard let file = object["path"] as? String,
                let (_, id, names) = Self.known.first(where: { file.contains($0.0) }),
                let hex = object["hex"] as? String, let port = object["fPort"] as? Int,
                let decoded = object["decoded"] as? [String: Any]
            else { continue }
            let digits = Array(hex)
            let payload = stride(from: 0, to: digits.count, by: 2).compactMap {
                UInt8(String(digits[$0...($0 + 1)]), radix: 16)
            }
            let message = try #require(library[id]).decode(
                payload: payload,
                port: port,
                receivedAt: Instant(milliseconds: 1_768_367_553_000)
            )
            for (name, quantity, factor) in names {
                guard let value = CodecVectorTests.number(decoded[name], [:]),
                    !message.readings.isEmpty
                else { continue }
                let reading = try #require(
                    message.readings.first { $0.quantity.id == quantity },
                    "\(file) \(name)"
                )
                // Positions are rounded to six decimals by the maker's codec.
                #expect(abs(reading.value - value * factor) < 1e-5, "\(file) \(name)")
                compared += 1
            }
        }
        print("\(compared) values of payload examples compared")
        #expect(compared >= 19)
    }
}
