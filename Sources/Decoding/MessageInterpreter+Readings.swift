internal import Telemetry

/// What every reading goes through, wherever its raw value came from: scale, judge, place, append.
extension MessageInterpreter {
    /// Adds the reading of a raw value.
    func add(
        _ message: inout DecodedMessage,
        _ field: FieldLayout,
        _ raw: Double,
        isMeaning: Bool = false,
        computed: Double? = nil,
        scaling: Scaling? = nil,
        channel: String?,
        _ time: Instant?
    ) throws(DecodingError) {
        let value = isMeaning ? raw : (scaling ?? field.scaling).value(of: computed ?? raw)
        guard value.isFinite else {
            message.notes.append(.notANumber(field: field.name))
            return
        }
        var fault: QualityReason?
        if field.sentinels.contains(raw) {
            fault = .sentinel
        } else if !field.range.contains(value) {
            fault = .outOfRange
        }
        let own = time.map { $0 + shift }
        try append(&message, field.quantity, channel, value, time: own, fault: fault)
    }

    /// Appends a reading after its own time, where it has one, was judged.
    ///
    /// The fault is the reason for which it must not be believed, or nil.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    func append(
        _ message: inout DecodedMessage,
        _ quantity: Quantity,
        _ channel: String?,
        _ value: Double,
        time: Instant?,
        fault: QualityReason?
    ) throws(DecodingError) {
        guard message.readings.count < readingLimit else {
            throw .tooManyElements(limit: readingLimit)
        }
        var (time, fault) = (time, fault)
        if let own = time, !clock.allows(own, receivedAt: message.receivedAt) {
            // Nobody knows when it was; kept with the message's time, but never as a measurement.
            time = nil
            fault = fault ?? .impossibleTime
        }
        message.readings.append(
            Reading(
                quantity,
                channel: channel,
                value: value,
                time: time,
                quality: fault == nil ? .accepted : .rejected,
                qualityReason: fault
            )
        )
    }

    /// Casts doubt where a condition says so, then works out derived quantities.
    @inline(__always)
    func finish(
        _ message: inout DecodedMessage,
        from start: Int,
        _ envelope: Envelope,
        _ document: JSONDocument,
        _ root: Int
    ) {
        if !layout.rejections.isEmpty { reject(&message, from: start, envelope, document, root) }
        if !layout.derived.isEmpty { derive(&message, from: start) }
    }

    private func reject(
        _ message: inout DecodedMessage,
        from start: Int,
        _ envelope: Envelope,
        _ document: JSONDocument,
        _ root: Int
    ) {
        for rejection in layout.rejections
        where rejection.condition.holds(envelope, document, root) {
            for index in start..<message.readings.count
            where rejection.quantities.contains(message.readings[index].quantity) {
                message.readings[index].reject(rejection.reason)
            }
        }
    }

    private func derive(_ message: inout DecodedMessage, from start: Int) {
        let end = message.readings.count
        for derived in layout.derived {
            for index in start..<end where message.readings[index].quantity == derived.from {
                derive(&message, derived, from: message.readings[index])
            }
        }
    }

    private func derive(
        _ message: inout DecodedMessage,
        _ derived: DerivedLayout,
        from source: Reading
    ) {
        // What is not known gives nothing to work out; the rejected source itself is kept.
        guard source.quality != .rejected else { return }
        let empty = derived.empty.value(parameters)
        let full = derived.full.value(parameters)
        guard empty != full else { return }
        var value = 100 * (empty - source.value) / (empty - full)
        if let limit = derived.fullBelow, source.value <= limit.value(parameters) { value = 100 }
        var reading = source
        reading.quantity = derived.quantity
        // More than a tenth beyond the bottom: the sensor sees past the thing, or its size is
        // wrong.
        if value < -10 {
            reading.quality = .suspicious
            reading.qualityReason = .beyondBottom
        }
        if let clamp = derived.clamp {
            value = min(max(value, clamp.lowerBound), clamp.upperBound)
        }
        reading.value = value
        if !derived.quantity.range.contains(value) { reading.reject(.outOfRange) }
        message.readings.append(reading)
    }
}

extension Reading {
    /// Marks the reading as wrong with certainty; the first reason stays.
    mutating func reject(_ reason: QualityReason) {
        if quality == .rejected { return }
        quality = .rejected
        qualityReason = reason
    }
}

extension Condition {
    /// Whether the value is there and is one of those named.
    func holds(_ envelope: Envelope, _ document: JSONDocument, _ root: Int) -> Bool {
        switch source {
        case .json(let path):
            guard envelope.object != nil, let node = path.resolve(in: document, from: root) else {
                return false
            }
            return holds(document, node)
        case .bytes: return holds(in: envelope.payload, 0..<envelope.payload.count)
        case .record(let key):
            return envelope.named.contains { value in
                envelope.isNamed(value, key) && holds(envelope, value)
            }
        }
    }

    /// Whether it holds in a piece of payload; places count from its start.
    func holds(in payload: [UInt8], _ range: Range<Int>) -> Bool {
        guard case .bytes(let field) = source else { return false }
        do throws(DecodingError) {
            guard let raw = try field.value(in: payload, range, name: name) else { return false }
            switch test {
            case .equals(let values): return values.contains(.number(raw))
            case .differs(let values): return !values.contains(.number(raw))
            case .between(let range): return range.contains(raw)
            }
        } catch {
            // A payload too short for the condition does not fulfil it.
            return false
        }
    }

    /// Whether it holds for a named value.
    private func holds(_ envelope: Envelope, _ value: NamedValue) -> Bool {
        switch test {
        case .equals(let values): return values.contains { value.matches($0, envelope.texts) }
        case .differs(let values): return !values.contains { value.matches($0, envelope.texts) }
        case .between(let range):
            if case .number(let number) = value.value { return range.contains(number) }
            return false
        }
    }

    /// Whether it holds for a node.
    func holds(_ document: JSONDocument, _ node: Int) -> Bool {
        switch test {
        case .equals(let values): values.contains { document.matches(node, $0) }
        case .differs(let values): !values.contains { document.matches(node, $0) }
        case .between(let range): document.number(node).map { range.contains($0) } ?? false
        }
    }

    /// Whether it holds in a record of a document.
    func holds(_ document: JSONDocument, from record: Int) -> Bool {
        guard case .json(let path) = source, let node = path.resolve(in: document, from: record)
        else { return false }
        return holds(document, node)
    }
}

extension MessageLayout {
    /// Whether the layout is for a message: its port, topic, kind of body, length and conditions.
    func applies(to envelope: Envelope, _ document: JSONDocument) -> Bool {
        if !ports.isEmpty {
            guard let port = envelope.port, ports.contains(port) else { return false }
        }
        if !topicEnding.isEmpty {
            guard envelope.subject.count >= topicEnding.count,
                envelope.subject.suffix(topicEnding.count).elementsEqual(topicEnding)
            else { return false }
        }
        switch body {
        case .bytes, .channels, .groups:
            guard envelope.hasPayload else { return false }
            if let length, !length.contains(envelope.payload.count) { return false }
        case .json: if envelope.object == nil { return false }
        case .records: if !envelope.hasRecords { return false }
        }
        let root = envelope.object ?? JSONDocument.root
        return conditions.allSatisfy { $0.holds(envelope, document, root) }
    }
}
