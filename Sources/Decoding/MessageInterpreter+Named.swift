internal import Telemetry

/// Named values: what families other than SenML give to the `records` of a profile.
extension MessageInterpreter {
    /// Reads one value by every field of its name: one status may say several things.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    func addNamed(
        _ message: inout DecodedMessage,
        _ value: NamedValue,
        _ fields: [FieldLayout],
        _ texts: [UInt8]
    ) throws(DecodingError) {
        var isRead = false
        let places = layout.recordPlaces
        var next = places.first(value.signature, texts.span, value.name)
        while let place = next {
            isRead = true
            try addNamed(&message, value, fields[place], texts)
            next = places.next(after: place, texts.span, value.name)
        }
        if !isRead, !value.isRepeated { message.unreadMemberCount += 1 }
    }

    private func addNamed(
        _ message: inout DecodedMessage,
        _ value: NamedValue,
        _ field: FieldLayout,
        _ texts: [UInt8]
    ) throws(DecodingError) {
        if value.isRelative, message.isRetained {
            // Nobody knows when that was: its time counts from when it was published.
            message.notes.append(.recordWithoutReading)
            return
        }
        for absent in field.absent where value.matches(absent, texts) { return }
        let time = value.time == message.time ? nil : value.time
        let own = value.channel.map { String(decoding: texts[$0], as: UTF8.self) }
        let channel = field.channel ?? own
        for meaning in field.meanings where value.matches(meaning.raw, texts) {
            return try add(&message, field, meaning.value, isMeaning: true, channel: channel, time)
        }
        guard field.meanings.isEmpty else {
            message.notes.append(.unknownMeaning(field: field.name))
            return
        }
        let raw: Double
        switch value.value {
        case .number(let number): raw = number
        case .flag(let flag): raw = flag ? 1 : 0
        case .text(let range):
            // An empty cell is how tables write that there is no value.
            if !range.isEmpty { message.notes.append(.unknownMeaning(field: field.name)) }
            return
        }
        var unit: Scaling?
        if let range = value.unit {
            unit = field.scaling(ofUnit: texts.span, range)
            if unit == nil {
                message.notes.append(.unknownUnit(field: field.name))
                return
            }
        }
        try addNumber(&message, raw, field, unit: unit, channel: channel, time)
    }

    /// Adds the number of a record, whose unit is scaled by what the field has for it; nil where
    /// the record names none.
    ///
    /// A formula takes the number in its own unit, whatever the record's is.
    func addNumber(
        _ message: inout DecodedMessage,
        _ raw: Double,
        _ field: FieldLayout,
        unit: Scaling?,
        channel: String?,
        _ time: Instant?
    ) throws(DecodingError) {
        guard let formula = field.formula else {
            return try add(&message, field, raw, scaling: unit, channel: channel, time)
        }
        let input = unit?.value(of: raw) ?? raw
        // A record is read alone: its formula has no inputs, which the profile's reader sees to.
        let computed = try formula.value(raw: input, parameters: parameters) { _ in .nan }
        try add(&message, field, raw, computed: computed, channel: channel, time)
    }

    /// Says no for each field whose name lies among those that the message lists in full, and is
    /// not there.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    func addFallen(_ message: inout DecodedMessage, _ fields: [FieldLayout], _ envelope: Envelope)
        throws(DecodingError)
    {
        for prefix in envelope.listedInFull {
            for field in fields {
                guard case .record(let key) = field.source,
                    key.bytes.starts(with: envelope.texts[prefix]),
                    !envelope.named.contains(where: { envelope.isNamed($0, key) })
                else { continue }
                try addNamed(
                    &message,
                    NamedValue(name: prefix, value: .flag(false)),
                    field,
                    envelope.texts
                )
            }
        }
    }
}
