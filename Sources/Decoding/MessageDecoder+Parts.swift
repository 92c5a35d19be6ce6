internal import Telemetry

/// Messages that speak of several devices at once: notifications of entities, and lines.
extension MessageDecoder {
    /// Decodes a notification or a message of an IoT Agent.
    mutating func decodeFIWARE(
        _ payload: Span<UInt8>,
        _ prepared: PreparedRule,
        _ receivedAt: Instant,
        _ flags: MessageFlags
    ) throws(DecodingError) -> DecodedMessage {
        envelope.clear()
        document.clear()
        if Envelope.isIoTAgentTopic(TopicLevels(topic)) {
            try envelope.readIoTAgent(payload, &document, topic, settings.limits)
            return try finish(prepared, receivedAt, flags)
        }
        try document.parse(payload, limits: settings.limits)
        let (entities, notifiedAt) = try envelope.fiwareEntities(document, only: onlyPart)
        let notes = envelope.notes
        var message = try decodeParts(entities.count) { decoder, place throws(DecodingError) in
            decoder.envelope.clear()
            decoder.envelope.serverTime = notifiedAt
            decoder.envelope.subject.append(contentsOf: decoder.topic)
            try decoder.envelope.readFIWARE(decoder.document, entities[place])
            return try decoder.finish(prepared, receivedAt, flags)
        }
        message.notes += notes
        return message
    }

    /// Decodes lines by the profile of the topic's device, or by that of the rule.
    mutating func decodeCSV(
        _ payload: Span<UInt8>,
        _ prepared: PreparedRule,
        _ receivedAt: Instant,
        _ flags: MessageFlags
    ) throws(DecodingError) -> DecodedMessage {
        let rule = prepared.rule
        envelope.clear()
        document.clear()
        envelope.takeTopicAddress(topic, rule)
        if case .topicLevel(let level) = rule.address { try takeTopicLevel(level) }
        do {
            _ = try UTF8Span(validating: payload)
        } catch {
            throw .notUTF8(what: "payload", offset: error.byteOffsets.lowerBound)
        }
        let profile: DeviceProfile
        let entry = entry(asOf: receivedAt)
        switch entry.profile ?? prepared.profile {
        case .known(let index): profile = library.profiles[index]
        case .missing(let name): throw .noProfile(name)
        case nil: throw .unknownDevice(address: onlyPart ?? entry.address, family: rule.family)
        }
        guard let format = profile.csv else {
            throw .noLayout(profile: profile.id, port: nil, bytes: payload.count)
        }
        let table = try Envelope.CSVTable(
            payload.withUnsafeBufferPointer { Array($0) },
            format
        )
        let topicAddress = envelope.address
        var addresses: [[UInt8]] = []
        var rowsOfDevice: [[UInt8]: [Int]] = [:]
        for (place, row) in table.rows.enumerated() {
            var address = topicAddress
            if let column = table.device, column < row.count { address = Array(row[column]) }
            if let onlyPart, !address.elementsEqual(onlyPart.utf8) { continue }
            if rowsOfDevice[address] == nil { addresses.append(address) }
            rowsOfDevice[address, default: []].append(place)
        }
        guard addresses.count <= DecodingLimits.entities else {
            throw .tooManyElements(limit: DecodingLimits.entities)
        }
        let latest = receivedAt + (rule.clock ?? settings.clock).maximumLead
        return try decodeParts(addresses.count) { decoder, place throws(DecodingError) in
            let address = addresses[place]
            guard !address.isEmpty else { throw .missingField("device of a line") }
            decoder.envelope.clear()
            decoder.envelope.address = address
            try decoder.addRows(rowsOfDevice[address] ?? [], table, format, rule, latest)
            return try decoder.finish(prepared, receivedAt, flags)
        }
    }

    /// Adds the rows of one device; a row that cannot be read costs itself alone, and is noted.
    private mutating func addRows(
        _ places: [Int],
        _ table: Envelope.CSVTable,
        _ format: CSVFormat,
        _ rule: SubscriptionRule,
        _ latest: Instant
    ) throws(DecodingError) {
        var first: DecodingError?
        for place in places {
            do throws(DecodingError) {
                try envelope.addRow(table, place, format, rule.timeZone, latest: latest)
            } catch {
                if case .tooManyElements = error { throw error }
                envelope.notes.append(.refusedPart(error.code))
                first = first ?? error
            }
        }
        if let first, envelope.named.isEmpty { throw first }
    }

    /// Decodes parts one by one: the first that can be read is the message, the others go with it.
    ///
    /// - Throws: the first refusal, when no part can be read.
    private mutating func decodeParts(
        _ count: Int,
        _ decodePart: (inout MessageDecoder, Int) throws(DecodingError) -> DecodedMessage
    ) throws(DecodingError) -> DecodedMessage {
        var messages: [DecodedMessage] = []
        var refusals: [DecodingError] = []
        for place in 0..<count {
            do throws(DecodingError) {
                messages.append(try decodePart(&self, place))
            } catch {
                refusals.append(error)
                if case .unknownDevice(let address, _) = error { unknownParts.append(address) }
            }
        }
        guard var message = messages.first else {
            throw refusals.first ?? .missingField("a part that measures")
        }
        for refusal in refusals { message.notes.append(.refusedPart(refusal.code)) }
        message.companions = Array(messages.dropFirst())
        return message
    }
}
