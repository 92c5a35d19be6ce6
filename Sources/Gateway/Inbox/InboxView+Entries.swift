internal import Decoding
internal import Ingest
internal import Registry
internal import Telemetry
public import WebServer

extension UnknownDeviceView {
    init(_ entry: Inbox.Entry, _ profiles: ProfileLibrary) {
        let device = entry.device
        self.init(
            id: device.sender.text,
            family: device.sender.family?.rawValue,
            address: device.sender.address,
            topic: device.topic,
            messages: device.messageCount,
            firstAt: device.firstAt.rfc3339,
            lastAt: device.lastAt.rfc3339,
            reasons: device.reasons,
            frames: entry.frames.reversed().map { frame in
                FrameView(
                    position: frame.position,
                    receivedAt: frame.frame.receivedAt.rfc3339,
                    topic: String(decoding: frame.frame.topic, as: UTF8.self),
                    payload: PayloadText.shown(frame.frame.payload)
                )
            },
            guesses: entry.guesses.compactMap { guess in
                profiles[guess.profile].map { GuessView(guess, $0) }
            }
        )
    }

    /// The device as lines for people.
    public var lines: [String] {
        let why = reasons.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let head = "\(id)  \(messages) messages, last \(lastAt)  (\(why.joined(separator: ", ")))"
        return [head, "  topic: \(topic)"]
            + frames.prefix(1).map { "  last frame: \($0.payload)" }
            + (guesses.isEmpty ? ["  no profile reads it"] : guesses.flatMap(\.lines))
    }
}

extension GuessView {
    init(_ guess: DeviceGuess, _ profile: DeviceProfile) {
        self.init(
            profile: guess.profile,
            model: "\(profile.manufacturer) \(profile.model)",
            title: profile.title,
            kind: RegistrySnapshot.DeviceKind(profile.kind).rawValue,
            family: guess.family.rawValue,
            score: guess.score,
            topicScore: guess.topicScore,
            shapeScore: guess.shapeScore,
            physicsScore: guess.physicsScore,
            reasons: guess.reasons.map { reason in
                GuessReasonView(
                    code: reason.code.rawValue,
                    quantity: reason.quantity,
                    value: reason.value,
                    words: reason.words
                )
            },
            readings: guess.preview.readings.map { reading in
                GuessReadingView(
                    quantity: reading.quantity.id,
                    channel: reading.channel,
                    value: reading.value,
                    unit: reading.quantity.unit == "1" ? "" : reading.quantity.unit,
                    reason: reading.qualityReason?.rawValue
                )
            },
            readFrames: guess.readFrames,
            triedFrames: guess.triedFrames
        )
    }

    fileprivate var lines: [String] {
        let parts = [
            "topic \(Self.percent(topicScore))", "shape \(Self.percent(shapeScore))",
            physicsScore.map { "physics \(Self.percent($0))" } ?? "physics –",
        ]
        let values = readings.map { reading in
            let channel = reading.channel.map { "[\($0)]" } ?? ""
            let value = PlainNumber.of(reading.value)
            return "\(reading.quantity)\(channel) = \(value) \(reading.unit)"
                + (reading.reason.map { " (\($0))" } ?? "")
        }
        return [
            "  \(Self.percent(score))  \(profile)  \(model), \(title)  "
                + "(\(parts.joined(separator: ", ")))",
            "      \(values.joined(separator: "; "))",
            "      \(reasons.map(\.words).joined(separator: "; "))",
        ]
    }

    private static func percent(_ share: Double) -> String {
        "\(PlainNumber.of((share * 100).rounded())) %"
    }
}

extension InboxProfile {
    init(_ profile: DeviceProfile) {
        self.init(
            id: profile.id,
            model: "\(profile.manufacturer) \(profile.model)",
            parameters: profile.parameters.map { parameter in
                Parameter(
                    id: parameter.id,
                    standard: parameter.standard,
                    least: parameter.range.lowerBound,
                    most: parameter.range.upperBound,
                    unit: parameter.unit == "1" ? "" : parameter.unit,
                    help: parameter.help
                )
            }
        )
    }
}

extension InboxPlaces {
    init(_ registry: RegistrySnapshot) {
        self.init(
            villages: registry.villages.map { Place(code: $0.code, name: $0.name) },
            sites: registry.sites.map { Place(code: $0.code, name: $0.name) },
            waiting: registry.devicesInService.filter { $0.address == nil }.map {
                Place(code: $0.code, name: $0.name ?? $0.code)
            }
        )
    }
}

extension RegistrySnapshot.DeviceKind {
    /// The registry's word for what a profile's device watches.
    init(_ kind: DeviceProfile.Kind) {
        self =
            switch kind {
            case .lamp: .lamp
            case .feeder: .feeder
            case .bin: .bin
            case .waterMeter: .waterMeter
            case .waterFlow: .waterFlow
            case .waterPressure: .waterPressure
            case .waterQuality: .waterQuality
            case .waterLevel: .waterTank
            case .environment, .other: .other
            }
    }
}

/// A payload as people are shown it.
enum PayloadText {
    /// Most bytes that are shown.
    static let shownBytes = 400

    /// The first bytes as text, or as hexadecimal digits when they are none.
    static func shown(_ payload: [UInt8]) -> String {
        let bytes = payload.prefix(shownBytes)
        let isText = bytes.allSatisfy { $0 >= 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }
        if isText, let text = String(validating: bytes, as: UTF8.self) { return text }
        return HexDigits.text(bytes)
    }
}
