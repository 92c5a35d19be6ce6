import ConfigurationText
import Replay
import Telemetry

/// A recording read to its end.
struct Playing {
    static let now = Instant(milliseconds: 1_768_367_553_000)

    var messages: [TimedMessage] = []
    var faults: [String] = []
    var counts = RecordingCounts()

    init(_ recording: [UInt8], file: String = "r", mapping: ReplayMapping) {
        var reader = RecordingReader(recording, file: file, mapping: mapping, now: Self.now)
        while true {
            do throws(ConfigurationFault) {
                guard let message = try reader.next() else { break }
                messages.append(message)
            } catch {
                faults.append("\(error)")
            }
        }
        counts = reader.counts
    }

    init(_ recording: String, by mapping: String) throws {
        self.init(
            Array(recording.utf8),
            mapping: try ReplayMapping(parsing: mapping, file: "m.yaml")
        )
    }

    var payloads: [String] { messages.map { String(decoding: $0.payload, as: UTF8.self) } }
    var times: [String] { messages.map(\.time.rfc3339) }
}
