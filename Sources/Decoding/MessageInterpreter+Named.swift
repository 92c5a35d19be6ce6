internal import Telemetry

/// Named values: what families other than SenML give to the `records` of a profile.
extension MessageInterpreter {
    /// Reads one value by every field of its name: one status may say several things.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    mutating func addNamed(
        _ value: NamedValue,
        _ fields: [FieldLayout],
        _ envelope: Envelope
    ) throws(DecodingError) {
        var isRead = false
        for index in layout.recordSignatures.indices
        where layout.recordSignatures[index] == value.signature {
            let field = fields[index]
            guard case .record(let key) = field.source, envelope.isNamed(value, key) else {
                continue
            }
            isRead = true
            try addNamed(value, field, envelope)
        }
        if !isRead { message.unreadMemberCount += 1 }
    }

    private mutating func addNamed(
        _ value: NamedValue,
        _ field: FieldLayout,
        _ envelope: Envelope
    ) throws(DecodingError) {
        for absent in field.absent where envelope.matches(value, absent) { return }
        let time = value.time == message.time ? nil : value.time
        let own = value.channel.map { String(decoding: envelope.texts[$0], as: UTF8.self) }
        let channel = field.channel ?? own
        for meaning in field.meanings where envelope.matches(value, meaning.raw) {
            return try add(field, meaning.value, isMeaning: true, channel: channel, time)
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
        var scaling = field.scaling
        if let unit = value.unit {
            let text = envelope.texts[unit]
            guard let known = field.recordUnits.first(where: { text.elementsEqual($0.name) }) else {
                message.notes.append(.unknownUnit(field: field.name))
                return
            }
            scaling = known.scaling
        }
        let computed = try computed(field, raw)
        try add(field, raw, computed: computed, scaling: scaling, channel: channel, time)
    }

    /// What the formula of a record's field makes of a raw value; nil without one.
    func computed(_ field: FieldLayout, _ raw: Double) throws(DecodingError) -> Double? {
        // A record is read alone: its formula has no inputs, which the profile's reader sees to.
        try field.formula?.value(raw: raw, parameters: parameters) { _ in .nan }
    }
}
