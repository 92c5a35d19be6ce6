internal import Telemetry

/// Measures on the south side of FIWARE's IoT Agents, JSON or Ultralight 2.0, on topics
/// `…/{api key}/{device}/attrs` and `…/attrs/{attribute}`.
///
/// Device: the level before `attrs`. Time: `TimeInstant` of a group of measures, for Ultralight
/// also a time in front of it. Duplicates: time, which is what storing goes by. Birth and death:
/// none.
///
/// - Source: FIWARE IoT Agent for JSON and for Ultralight 2.0, "MQTT binding".
extension Envelope {
    private enum Key {
        static let time: StaticString = "TimeInstant"
        static let timeName = Array("TimeInstant".utf8)
    }

    /// Whether the topic is one of an IoT Agent.
    static func isIoTAgentTopic(_ levels: TopicLevels) -> Bool {
        levels.level(-1, is: "attrs") || levels.level(-2, is: "attrs")
    }

    /// Reads a message.
    ///
    /// - Throws: ``DecodingError`` when it is neither JSON nor Ultralight, or the topic has no
    ///   device.
    mutating func readIoTAgent(
        _ payload: Span<UInt8>,
        _ document: inout JSONDocument,
        _ topic: [UInt8],
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        let levels = TopicLevels(topic)
        let place = levels.level(-1, is: "attrs") ? -2 : -3
        guard let device = levels.range(place), !device.isEmpty else {
            throw .missingField("device in front of the topic level attrs")
        }
        address.append(contentsOf: topic[device])
        hasRecords = true
        let first = PayloadWord.first(payload)
        if place == -2, first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
            try document.parse(payload, limits: limits)
            return try readMeasures(document)
        }
        do {
            _ = try UTF8Span(validating: payload)
        } catch {
            throw .notUTF8(what: "payload", offset: error.byteOffsets.lowerBound)
        }
        let text = payload.withUnsafeBufferPointer { Array($0) }
        if place == -3, let attribute = levels.range(-1), !attribute.isEmpty {
            return try addNamed(keep(topic[attribute]), text: Self.unquoted(text[...]))
        }
        try readUltralight(text)
    }

    private mutating func readMeasures(_ document: JSONDocument) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .array else {
            return try readMeasures(document, root)
        }
        var next = document.firstElement(of: root)
        while let node = next {
            next = document.nextSibling(of: node, in: root)
            try readMeasures(document, node)
        }
    }

    private mutating func readMeasures(_ document: JSONDocument, _ group: Int)
        throws(DecodingError)
    {
        guard document.nodes[group].kind == .object else {
            throw .badValue(field: "payload", problem: "expected measures in an object")
        }
        let start = named.count
        try flatten(document, group)
        let time = time(document, document.member(Key.time, of: group), origin: .device)
        finishGroup(from: start, time)
    }

    /// Reads `f|0.72|t|11.5`, groups divided by `#`, each with a time in front or none.
    private mutating func readUltralight(_ text: [UInt8]) throws(DecodingError) {
        for group in text.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false) {
            var parts = group.split(
                separator: UInt8(ascii: "|"),
                omittingEmptySubsequences: false
            )
            var time: Instant?
            if !parts.count.isMultiple(of: 2) {
                let front = Array(parts.removeFirst())
                guard case .absolute(let instant) = TimeText(front, 0..<front.count) else {
                    throw .badValue(
                        field: "payload",
                        problem:
                            "expected Ultralight as f|0.72|t|11.5, with a time in front or none"
                    )
                }
                time = instant
            }
            let start = named.count
            for place in stride(from: 0, to: parts.count, by: 2) {
                guard !parts[place].isEmpty,
                    parts[place].count <= DecodingLimits.recordNameBytes
                else { throw .badValue(field: "payload", problem: "a measure has no name") }
                if parts[place].elementsEqual(Key.timeName) {
                    let value = Array(parts[place + 1])
                    guard case .absolute(let instant) = TimeText(value, 0..<value.count) else {
                        notes.append(.unreadableTime(.device))
                        continue
                    }
                    time = instant
                    continue
                }
                try addNamed(keep(parts[place]), text: parts[place + 1])
            }
            finishGroup(from: start, time)
        }
    }

    /// Gives the values of a group their time, and the message the newest.
    private mutating func finishGroup(from start: Int, _ time: Instant?) {
        for place in (start..<named.count).reversed() {
            if texts[named[place].name].elementsEqual(Key.timeName) {
                named.remove(at: place)
            } else {
                named[place].time = time
            }
        }
        if let time { deviceTime = max(deviceTime ?? time, time) }
    }

    private static func unquoted(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let quote = UInt8(ascii: "\"")
        guard text.count >= 2, text.first == quote, text.last == quote else { return text }
        return text.dropFirst().dropLast()
    }
}
