public import ConfigurationText
public import Telemetry

/// One message of a device with what it must decode to: documentation and test of a profile at
/// once.
///
/// An example gives either a radio `payload` in hexadecimal digits with its `port`, or a whole
/// `message`, or `message_hex` for a binary one, with its `family` and `topic`. All readings must
/// be there, in order, and no others; of a whole message those of the radio link are left out.
/// Where a message speaks of several entities, `device` names the one that is meant. Where the
/// maker's codec reads it, the codec is asked by whoever runs the example.
public struct ProfileExample: Sendable {
    /// Identifier of the profile.
    public let profile: String
    /// What the example shows.
    public let name: String
    /// Where it stands, for messages.
    public let place: ConfigurationFault
    /// When it arrived.
    public let receivedAt: Instant
    /// Sizes of the device.
    public let parameters: [String: Double]
    /// Readings that it must decode to; times are those of the readings themselves.
    public let readings: [Reading]
    /// Time of the message; nil when it does not matter.
    public let time: Instant?
    /// Reason of the refusal, for examples of messages that must not decode.
    public let refusal: String?
    /// What comes in.
    public let input: Input

    /// The bytes of an example.
    public enum Input: Sendable {
        /// A radio payload with its LoRaWAN port, outside any envelope.
        case payload([UInt8], port: Int?)
        /// A whole message, the rule that it is decoded by, and which of its entities is meant.
        case message([UInt8], rule: SubscriptionRule, topic: String, part: String?)
    }

    /// Time of arrival of examples that give none: 2026-01-14T05:12:33Z.
    public static let standardArrival = Instant(milliseconds: 1_768_367_553_000)

    /// Reads the examples of one file.
    ///
    /// - Parameter text: a mapping with `profile` and the list `examples`.
    /// - Returns: the examples in the order of the file.
    /// - Throws: `ConfigurationFaults` with every fault of the file.
    public static func read(_ text: ProfileText) throws(ConfigurationFaults) -> [ProfileExample] {
        var faults = FaultCollector()
        var examples: [ProfileExample] = []
        do {
            let node = try ConfigurationNode(parsing: text.text, file: text.file)
            node.allowKeys(["profile", "source", "examples"], &faults)
            let profile = node.required("profile", &faults)?.text(&faults) ?? ""
            for entry in node.required("examples", &faults)?.sequence(&faults) ?? [] {
                if let example = ProfileExample(entry, profile, &faults) {
                    examples.append(example)
                }
            }
        } catch {
            faults.note(error)
        }
        try faults.check()
        return examples
    }

    /// What the codec of the profile has to be asked first.
    ///
    /// - Parameter library: a library that has the profile.
    /// - Returns: the question; nil where no codec takes part.
    public func codecRequest(_ library: ProfileLibrary) -> CodecRequest? {
        guard case .message(let bytes, let rule, let topic, let part) = input else { return nil }
        var decoder = Self.decoder(rule, part, library)
        do throws(DecodingError) {
            _ = try decoder.decode(topic: topic, payload: bytes, receivedAt: receivedAt)
            return nil
        } catch {
            return decoder.codecRequest
        }
    }

    /// Decodes the example and compares.
    ///
    /// - Parameters:
    ///   - library: a library that has the profile.
    ///   - answer: what the codec gave for ``codecRequest(_:)``; nil where none was asked.
    /// - Returns: each difference as a sentence; empty when all is as it must be.
    public func differences(
        with library: ProfileLibrary,
        answer: Result<[UInt8], DecodingError>? = nil
    ) -> [String] {
        do throws(DecodingError) {
            let message = try decoded(library, answer: answer)
            if let refusal { return ["expected a refusal for \(refusal), got readings"] }
            return differences(message)
        } catch {
            if error.reason == refusal { return [] }
            return ["\(error)"]
        }
    }

    /// Decodes the example.
    ///
    /// - Parameters:
    ///   - library: a library that has the profile.
    ///   - answer: what the codec gave for ``codecRequest(_:)``; nil where none was asked.
    /// - Returns: the message that the example's bytes become.
    /// - Throws: ``DecodingError`` as a decoder does.
    public func decoded(
        _ library: ProfileLibrary,
        answer: Result<[UInt8], DecodingError>? = nil
    ) throws(DecodingError) -> DecodedMessage {
        guard let profile = library[profile] else { throw .noProfile(profile) }
        switch input {
        case .payload(let bytes, let port):
            return try profile.decode(
                payload: bytes,
                port: port,
                parameters: parameters,
                receivedAt: receivedAt,
                settings: Self.settings
            )
        case .message(let bytes, let rule, let topic, let part):
            let codecData = try answer?.get()
            var decoder = Self.decoder(rule, part, library)
            let first = try decode(bytes, topic, codecData, &decoder)
            guard !parameters.isEmpty else { return first }
            var directory = DeviceDirectory()
            directory.assign(
                first.deviceAddress,
                DeviceDirectory.Assignment(profile: profile.id, parameters: parameters)
            )
            decoder.replaceDirectory(directory)
            return try decode(bytes, topic, codecData, &decoder)
        }
    }

    private static let settings = DecoderSettings(includesLinkReadings: false)

    private static func decoder(
        _ rule: SubscriptionRule,
        _ part: String?,
        _ library: ProfileLibrary
    ) -> MessageDecoder {
        var decoder = MessageDecoder(rules: [rule], library: library, settings: settings)
        decoder.onlyPart = part
        return decoder
    }

    private func decode(
        _ bytes: [UInt8],
        _ topic: String,
        _ codecData: [UInt8]?,
        _ decoder: inout MessageDecoder
    ) throws(DecodingError) -> DecodedMessage {
        guard let codecData else {
            return try decoder.decode(topic: topic, payload: bytes, receivedAt: receivedAt)
        }
        return try decoder.decode(
            topic: Array(topic.utf8),
            payload: bytes,
            receivedAt: receivedAt,
            flags: [],
            codecData: codecData
        )
    }

    private func differences(_ message: DecodedMessage) -> [String] {
        var found: [String] = []
        if let time, message.time != time {
            found.append("time: expected \(time), got \(message.time)")
        }
        for index in 0..<max(readings.count, message.readings.count) {
            let expected = index < readings.count ? readings[index] : nil
            let actual = index < message.readings.count ? message.readings[index] : nil
            if let expected, let actual, Self.isSame(expected, actual) { continue }
            found.append(
                "reading \(index + 1): expected \(Self.text(expected)), got \(Self.text(actual))"
            )
        }
        return found
    }

    /// Equal in all, values within one part in 10^9.
    private static func isSame(_ left: Reading, _ right: Reading) -> Bool {
        var left = left
        let tolerance = 1e-9 * max(abs(left.value), abs(right.value))
        guard abs(left.value - right.value) <= tolerance else { return false }
        left.value = right.value
        return left == right
    }

    private static func text(_ reading: Reading?) -> String {
        guard let reading else { return "none" }
        let channel = reading.channel.map { "[\($0)]" } ?? ""
        let time = reading.time.map { " at \($0)" } ?? ""
        let reason = reading.qualityReason.map { " \($0.rawValue)" } ?? ""
        return "\(reading.quantity.id)\(channel) = \(reading.value)\(time) "
            + "\(reading.quality)\(reason)"
    }
}

extension ProfileExample {
    private init?(_ node: ConfigurationNode, _ profile: String, _ faults: inout FaultCollector) {
        let before = faults.faults.count
        node.allowKeys(
            [
                "name", "payload", "port", "message", "message_hex", "family", "topic", "filter",
                "hex", "zone", "received", "parameters", "time", "readings", "refused", "device",
            ],
            &faults
        )
        self.profile = profile
        name = node.required("name", &faults)?.text(&faults) ?? ""
        place = node.fault(name)
        receivedAt =
            node["received"].flatMap { Self.instant($0, &faults) } ?? Self.standardArrival
        time = node["time"].flatMap { Self.instant($0, &faults) }
        refusal = node["refused"]?.text(&faults)
        var parameters: [String: Double] = [:]
        for (id, value) in node["parameters"]?.mapping(&faults) ?? [] {
            parameters[id] = value.number(&faults)
        }
        self.parameters = parameters
        readings =
            node["readings"]?.sequence(&faults).compactMap { Self.reading($0, &faults) } ?? []
        if refusal == nil, node["readings"] == nil {
            faults.note(node, "the key 'readings' is missing; write [] when there are none")
        }
        input = Self.input(node, profile, &faults) ?? .payload([], port: nil)
        if faults.faults.count > before { return nil }
    }

    private static func input(
        _ node: ConfigurationNode,
        _ profile: String,
        _ faults: inout FaultCollector
    ) -> Input? {
        if let payload = node["payload"] {
            guard let bytes = payload.scalarText.flatMap({ HexText.decode($0) }) else {
                faults.note(payload, "expected hexadecimal digits, found \(payload.kindName)")
                return nil
            }
            return .payload(bytes, port: node["port"]?.integer(in: 0...255, &faults))
        }
        guard let message = Self.messageBytes(node, &faults),
            let topic = node.required("topic", &faults)?.text(&faults),
            let familyNode = node.required("family", &faults)
        else { return nil }
        guard let family = familyNode.scalarText.flatMap(Family.init(rawValue:)) else {
            faults.note(familyNode, "there is no family \(familyNode.kindName)")
            return nil
        }
        let filterText = node["filter"]?.scalarText ?? "#"
        guard let filter = TopicFilter(filterText) else {
            faults.note(node["filter"] ?? node, "'\(filterText)' is no MQTT topic filter")
            return nil
        }
        let rule = SubscriptionRule(
            topicFilter: filter,
            family: family,
            profile: profile,
            payloadEncoding: node["hex"]?.flag(&faults) == true ? .hexadecimal : .base64,
            timeZone: node["zone"]?.scalarText.flatMap(TimeZoneRule.init)
        )
        let part = node["device"]?.text(&faults)
        return .message(message, rule: rule, topic: topic, part: part)
    }

    private static func messageBytes(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> [UInt8]?
    {
        guard let digits = node["message_hex"] else {
            return node.required("message", &faults)?.text(&faults).map { Array($0.utf8) }
        }
        if let bytes = digits.scalarText.flatMap({ HexText.decode($0) }) { return bytes }
        faults.note(digits, "expected hexadecimal digits, found \(digits.kindName)")
        return nil
    }

    private static func instant(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> Instant?
    {
        if let time = node.scalarText.flatMap({ Instant(rfc3339: $0) }) { return time }
        faults.note(node, "expected a time such as 2026-01-14T05:12:33Z, found \(node.kindName)")
        return nil
    }

    private static func reading(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> Reading?
    {
        node.allowKeys(["quantity", "channel", "value", "time", "quality", "reason"], &faults)
        guard let idNode = node.required("quantity", &faults),
            let value = node.required("value", &faults)?.number(&faults)
        else { return nil }
        guard let quantity = idNode.scalarText.flatMap(Quantity.named) else {
            faults.note(idNode, "there is no quantity \(idNode.kindName)")
            return nil
        }
        var quality = Quality.accepted
        if let entry = node["quality"] {
            let known = Quality.allCases.first { "\($0)" == entry.scalarText }
            if known == nil { faults.note(entry, "there is no quality \(entry.kindName)") }
            quality = known ?? .accepted
        }
        var reason: QualityReason?
        if let entry = node["reason"] {
            reason = entry.scalarText.flatMap(QualityReason.init(rawValue:))
            if reason == nil { faults.note(entry, "there is no reason \(entry.kindName)") }
        }
        return Reading(
            quantity,
            channel: node["channel"]?.text(&faults),
            value: value,
            time: node["time"].flatMap { instant($0, &faults) },
            quality: quality,
            qualityReason: reason
        )
    }
}
