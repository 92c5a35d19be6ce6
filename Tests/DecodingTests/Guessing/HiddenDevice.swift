import Decoding
import Foundation
import Telemetry
import TestKit

/// A device of a known profile whose identity is hidden from the guesser: no name, no address of
/// its maker, no family in the settings.
struct HiddenDevice {
    /// What it is called in the test's output.
    let name: String
    /// The profile that reads it, hidden from the guesser.
    let profile: String
    let frames: [ObservedFrame]
    /// What the hidden profile makes of the newest frame that measures something.
    let readings: [Reading]

    static let arrival = ProfileExample.standardArrival

    /// A radio payload in the envelope of ChirpStack, which says nothing of maker or model.
    static func uplink(_ payload: [UInt8], port: Int?, at time: Instant = arrival) -> ObservedFrame
    {
        let data = Data(payload).base64EncodedString()
        let text = """
            {"deduplicationId": "c1d2", "deviceInfo": {"devEui": "0102030405060708"}, \
            "time": "\(time.rfc3339)", "fCnt": 7, "fPort": \(port ?? 1), "data": "\(data)", \
            "rxInfo": [{"rssi": -90, "snr": 7}]}
            """
        let topic = "application/a/device/0102030405060708/event/up"
        return ObservedFrame(
            topic: Array(topic.utf8),
            payload: Array(text.utf8),
            receivedAt: time
        )
    }

    /// Devices of the shipped examples, one a profile, with its examples as frames; only those that
    /// measure something.
    static func shipped(_ examples: [ProfileExample]) -> [HiddenDevice] {
        var frames: [String: [ObservedFrame]] = [:]
        var readings: [String: [Reading]] = [:]
        for example in examples where !example.readings.isEmpty {
            let frame =
                switch example.input {
                case .payload(let bytes, let port):
                    uplink(bytes, port: port, at: example.receivedAt)
                case .message(let bytes, _, let topic, _):
                    ObservedFrame(
                        topic: Array(topic.utf8),
                        payload: bytes,
                        receivedAt: example.receivedAt
                    )
                }
            frames[example.profile, default: []].append(frame)
            readings[example.profile] = example.readings
        }
        return frames.sorted { $0.key < $1.key }.map {
            HiddenDevice(
                name: $0.key,
                profile: $0.key,
                frames: $0.value,
                readings: readings[$0.key] ?? []
            )
        }
    }

    /// Bytes of hexadecimal digits.
    static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...($0 + 1)]), radix: 16)
        }
    }
}
