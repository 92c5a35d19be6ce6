internal import Telemetry

/// Tasmota telemetry: topics of `tele` or `stat`, the device's topic and a last level, in any order
/// that its FullTopic gives, the last level last.
///
/// Device: the levels beside prefix and last one. Time: `Time`, local without offset, so only with
/// a zone in the rule. `SENSOR`, and the answers `STATUS8` and `STATUS10` to a question for it,
/// count as `SENSOR`; `STATE` and `STATUS11` as `STATE`, and so do the answers to commands on
/// `stat/…/RESULT` and `stat/…/POWER` where they tell of the switch or the dimmer. `LWT` is the
/// availability: `Online` and `Offline`, kept by the broker. All else measures nothing. Duplicates:
/// none are told apart; totals survive a restart, and sums of a day start again at local midnight.
extension Envelope {
    private enum Key {
        static let time: StaticString = "Time"
        static let sensors: StaticString = "StatusSNS"
        static let states: StaticString = "StatusSTS"
        static let sensorSubject = Array("SENSOR".utf8)
        static let stateSubject = Array("STATE".utf8)
        static let answers = [JSONKey("POWER"), JSONKey("Dimmer")]
    }

    /// What the last level of a Tasmota topic says.
    enum TasmotaSubject {
        case sensor, state, availability, other
        /// What a command came to, in JSON.
        case answer
        /// The state of the switch, a word without JSON.
        case power
    }

    /// Reads the topic: who, and what sort of message; the payload is not looked at.
    ///
    /// - Throws: ``DecodingError/missingField(_:)`` when the topic has no prefix and no device.
    mutating func readTasmotaTopic(_ topic: [UInt8]) throws(DecodingError) -> TasmotaSubject {
        let levels = TopicLevels(topic)
        let prefix = (0..<levels.count).first { place in
            levels.level(place, is: "tele") || levels.level(place, is: "stat")
                || levels.level(place, is: "cmnd")
        }
        guard let prefix, prefix < levels.count - 1 else {
            throw .missingField("topic prefix tele")
        }
        for place in 0..<(levels.count - 1) where place != prefix {
            if !address.isEmpty { address.append(UInt8(ascii: "/")) }
            if let range = levels.range(place) { address.append(contentsOf: topic[range]) }
        }
        guard !address.isEmpty else { throw .missingField("topic of the device") }
        if levels.level(-1, is: "LWT") { return .availability }
        if levels.level(prefix, is: "cmnd") { return .other }
        if levels.level(-1, is: "SENSOR") || levels.level(-1, is: "STATUS8")
            || levels.level(-1, is: "STATUS10")
        {
            subject = Key.sensorSubject
            return .sensor
        }
        if levels.level(-1, is: "STATE") || levels.level(-1, is: "STATUS11") {
            subject = Key.stateSubject
            return .state
        }
        guard levels.level(prefix, is: "stat") else { return .other }
        if levels.level(-1, is: "RESULT") { return .answer }
        return levels.level(-1, is: "POWER") ? .power : .other
    }

    /// Takes a parsed answer to a command as a state, where it is one.
    ///
    /// - Returns: whether it tells of the switch or the dimmer.
    mutating func takesTasmotaAnswer(_ document: JSONDocument) -> Bool {
        let isState = Key.answers.contains {
            document.member($0, of: JSONDocument.root) != nil
        }
        if isState { subject = Key.stateSubject } else { kind = .other }
        return isState
    }

    /// The JSON that stands for the word of a switch.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for another word.
    static func tasmotaPower(_ payload: Span<UInt8>) throws(DecodingError) -> [UInt8] {
        if equal(payload, "ON") { return Array(#"{"POWER":"ON"}"#.utf8) }
        if equal(payload, "OFF") { return Array(#"{"POWER":"OFF"}"#.utf8) }
        throw .badValue(field: "POWER", problem: "expected ON or OFF")
    }

    /// Reads a parsed SENSOR or STATE message.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` when it is no object.
    mutating func readTasmota(
        _ document: JSONDocument,
        _ rule: SubscriptionRule,
        latest: Instant
    ) throws(DecodingError) {
        var node = JSONDocument.root
        guard document.nodes[node].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        node =
            document.member(Key.sensors, of: node) ?? document.member(Key.states, of: node) ?? node
        object = node
        guard let time = document.member(Key.time, of: node) else { return }
        guard document.nodes[time].kind == .string,
            let text = TimeText(document.bytes, document.nodes[time].range)
        else {
            notes.append(.unreadableTime(.device))
            return
        }
        switch text {
        case .absolute(let instant): deviceTime = instant
        case .local(let local):
            // Without a zone the text is worth nothing: that is Tasmota's default, not an oddity.
            deviceTime = rule.timeZone?.instant(local: local, latest: latest)
        }
    }

    /// Reads a last will: `Online` or `Offline`, no JSON.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for another word.
    mutating func readTasmotaWill(_ payload: Span<UInt8>) throws(DecodingError) {
        kind = .availability
        if Self.equal(payload, "Online") {
            isOnline = true
        } else if Self.equal(payload, "Offline") {
            isOnline = false
        } else {
            throw .badValue(field: "LWT", problem: "expected Online or Offline")
        }
    }

    private static func equal(_ payload: Span<UInt8>, _ word: StaticString) -> Bool {
        guard payload.count == word.utf8CodeUnitCount else { return false }
        return word.withUTF8Buffer { letters in
            for index in payload.indices where payload[index] != letters[index] { return false }
            return true
        }
    }
}
