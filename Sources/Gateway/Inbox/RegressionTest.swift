internal import ConfigurationText
internal import Crypto
internal import Decoding
internal import Foundation
internal import Telemetry
internal import WebServer

/// The frames of an adopted device as examples that `langso devices test` decodes from then on.
///
/// What is written is read back and decoded first, so that a test that fails at its birth is never
/// written.
struct RegressionTest {
    /// Where it belongs below the folder of own profiles.
    let path: String
    /// The whole file.
    let text: String
    /// How many examples it has.
    let exampleCount: Int
    /// Readings of all its examples.
    let readingCount: Int
    /// Why frames are left out.
    let omitted: [AdoptionNote]

    /// Makes the test.
    ///
    /// - Parameters:
    ///   - frames: of the device, the oldest first.
    ///   - device: what the file is named for.
    ///   - rule: by which the frames are decoded.
    ///   - profile: that reads them.
    ///   - parameters: of the device.
    ///   - library: has the profile.
    ///   - codecs: of own profiles; nil where there are none.
    /// - Throws: `AdoptionRefusal` when what is written cannot be read back: a fault of this
    ///   program; ``GatewayError`` when no worker runs a codec.
    init(
        of frames: [ObservedFrame],
        device: String,
        rule: SubscriptionRule,
        profile: String,
        parameters: [String: Double],
        library: ProfileLibrary,
        codecs: ProfileCodecs?
    ) async throws {
        path = "\(profile)/examples-\(Self.fileName(device)).yaml"
        var entries: [String] = []
        var answers: [Result<[UInt8], DecodingError>?] = []
        var omitted: [AdoptionNote] = []
        var readingCount = 0
        for (number, frame) in frames.enumerated() {
            let name = "frame \(number + 1) of \(device)"
            let head = Self.head(name, frame, rule, parameters)
            let draft = try Self.examples(Self.file(profile, [head + "    readings: []\n"]))[0]
            let answer = try await codecs?.answer(to: draft, library)
            do throws(DecodingError) {
                let message = try draft.decoded(library, answer: answer)
                readingCount += message.readings.count
                entries.append(head + Self.readings(message.readings))
                answers.append(answer)
            } catch {
                omitted.append(AdoptionNote(.frameLeftOut, "\(number + 1)", "\(error)"))
            }
        }
        text = Self.file(profile, entries)
        self.omitted = omitted
        self.readingCount = readingCount
        exampleCount = entries.count
        guard !entries.isEmpty else { return }
        for (example, answer) in zip(try Self.examples(text), answers) {
            let differences = example.differences(with: library, answer: answer)
            guard differences.isEmpty else {
                throw AdoptionRefusal(.init(.testFails, differences[0]))
            }
        }
    }

    private static func examples(_ text: String) throws -> [ProfileExample] {
        do throws(ConfigurationFaults) {
            return try ProfileExample.read(ProfileText(file: "the regression test", text: text))
        } catch {
            throw AdoptionRefusal(error.faults.map { AdoptionNote(.testFails, "\($0)") })
        }
    }

    private static func file(_ profile: String, _ entries: [String]) -> String {
        "profile: \(profile)\n"
            + "source: frames of a device that was adopted with langso devices adopt\n"
            + "examples:\n" + entries.joined()
    }

    private static func head(
        _ name: String,
        _ frame: ObservedFrame,
        _ rule: SubscriptionRule,
        _ parameters: [String: Double]
    ) -> String {
        var lines = [
            "  - name: \(quoted(name))", "family: \(rule.family.rawValue)",
            "topic: \(quoted(String(decoding: frame.topic, as: UTF8.self)))",
            "filter: \(quoted(rule.topicFilter.description))",
            "received: \(frame.receivedAt.rfc3339)",
        ]
        if rule.payloadEncoding == .hexadecimal { lines.append("hex: true") }
        if let part = frame.part { lines.append("device: \(quoted(part))") }
        if let zone = rule.timeZone { lines.append("zone: \(quoted(zone.description))") }
        if let text = String(validating: frame.payload, as: UTF8.self) {
            lines.append("message: \(quoted(text))")
        } else {
            lines.append("message_hex: \"\(HexDigits.text(frame.payload))\"")
        }
        if !parameters.isEmpty {
            let values = parameters.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
            lines.append("parameters: {\(values.joined(separator: ", "))}")
        }
        return lines.joined(separator: "\n    ") + "\n"
    }

    private static func readings(_ readings: [Reading]) -> String {
        guard !readings.isEmpty else { return "    readings: []\n" }
        let lines = readings.map { reading in
            var members = ["quantity: \(reading.quantity.id)", "value: \(reading.value)"]
            if let channel = reading.channel { members.append("channel: \(quoted(channel))") }
            if let time = reading.time { members.append("time: \(time.rfc3339)") }
            if reading.quality != .accepted { members.append("quality: \(reading.quality)") }
            if let reason = reading.qualityReason { members.append("reason: \(reason.rawValue)") }
            return "      - {\(members.joined(separator: ", "))}\n"
        }
        return "    readings:\n" + lines.joined()
    }

    /// A text in quotation marks, with the escapes that YAML shares with JSON.
    static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || (0x7F...0xA0).contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                quoted += "\\x" + (digits.count == 1 ? "0" : "") + digits
            case "\u{2028}", "\u{2029}", "\u{FEFF}", "\u{FFFE}", "\u{FFFF}":
                // Breaks of lines to some readers of YAML, its mark of byte order, and what it
                // does not allow.
                quoted += "\\u" + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }

    /// Longest readable part of a file's name, in characters: with hash and ending far below the
    /// 255 bytes of file systems.
    private static let longestName = 80

    /// An address of small letters, digits and '-' as it is; any other with a hash of its bytes, so
    /// that no address leads out of the folder and no two have one name.
    static func fileName(_ device: String) -> String {
        let name = device.lowercased().map { letter in
            letter.isASCII && (letter.isLetter || letter.isNumber) ? letter : "-"
        }
        let readable = String(name.prefix(longestName))
        guard readable != device else { return readable }
        // Only here stands '_', so that no plain address has the name of another's hash.
        let digest = SHA256.hash(data: Data(device.utf8)).prefix(8)
        return "\(readable)_\(HexDigits.text(Array(digest)))"
    }
}
