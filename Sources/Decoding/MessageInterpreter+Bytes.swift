internal import Telemetry

/// Payload bytes: fields at fixed places, channels, rows of earlier values.
extension MessageInterpreter {
    /// Reads one field of a piece of payload.
    func addBytes(
        _ message: inout DecodedMessage,
        _ field: FieldLayout,
        _ payload: [UInt8],
        _ range: Range<Int>,
        _ channel: String?,
        _ time: Instant?
    ) throws(DecodingError) {
        guard case .bytes(let place) = field.source else { return }
        for condition in field.conditions where !condition.holds(in: payload, range) { return }
        guard let raw = try place.value(in: payload, range, name: field.name) else {
            throw .badValue(field: field.name, problem: "a byte holds no decimal digit")
        }
        if field.absent.contains(.number(raw)) { return }
        let channel = channel ?? field.channel
        if let formula = field.formula {
            let value = try formula.value(raw: raw, parameters: parameters) {
                (index) throws(DecodingError) in
                guard case .bytes(let place) = field.inputs[index] else { return .nan }
                return try place.value(in: payload, range, name: field.name) ?? .nan
            }
            return try add(&message, field, raw, computed: value, channel: channel, time)
        }
        guard !field.meanings.isEmpty else {
            return try add(&message, field, raw, channel: channel, time)
        }
        for meaning in field.meanings where meaning.raw == .number(raw) {
            return try add(&message, field, meaning.value, isMeaning: true, channel: channel, time)
        }
        message.notes.append(.unknownMeaning(field: field.name))
    }

    /// Reads channels until the payload ends, or one comes whose length is not known.
    func addChannels(_ message: inout DecodedMessage, _ table: ChannelTable, _ payload: [UInt8])
        throws(DecodingError)
    {
        var position = table.skip
        let end = payload.count - table.trailer
        while position < end {
            let first = payload[position]
            let header = table.identifierWidth + (table.hasLengthByte ? 1 : 0)
            guard position + header <= end else {
                throw .truncated(
                    field: "channel identifier",
                    needed: position + header,
                    had: end
                )
            }
            let second = table.identifierWidth == 2 ? payload[position + 1] : 0
            let channel = table.channel(first, second)
            position += header
            let length = table.hasLengthByte ? Int(payload[position - 1]) : channel?.length
            guard let length else {
                message.notes.append(.unknownChannel(first, type: second))
                noteUnread(&message) {
                    let name = Self.channelName(first, second, table.identifierWidth)
                    return (name, HexText.encode(payload[position..<end]))
                }
                return
            }
            guard position + length <= end else {
                throw .truncated(
                    field: "channel \(first)",
                    needed: position + length,
                    had: end
                )
            }
            let range = position..<(position + length)
            position += length
            guard let channel, !channel.isUnread else {
                noteUnread(&message) {
                    let name = Self.channelName(first, second, table.identifierWidth)
                    return (name, HexText.encode(payload[range]))
                }
                continue
            }
            try addChannel(&message, channel, first, payload, range)
        }
    }

    private static func channelName(_ first: UInt8, _ second: UInt8, _ width: Int) -> String {
        HexText.encode(width == 1 ? [first] : [first, second])
    }

    private func addChannel(
        _ message: inout DecodedMessage,
        _ channel: ChannelTable.Channel,
        _ first: UInt8,
        _ payload: [UInt8],
        _ range: Range<Int>
    ) throws(DecodingError) {
        var time: Instant?
        if let place = channel.time {
            let seconds = try place.value(in: payload, range, name: "time")
            time = seconds.flatMap(Instant.init(secondsSince1970:))
        }
        let name = channel.namesChannel ? String(first) : nil
        for field in channel.fields { try addBytes(&message, field, payload, range, name, time) }
    }

    /// Reads a row of earlier values, each with its own time.
    func addHistory(_ message: inout DecodedMessage, _ row: HistoryLayout, _ payload: [UInt8])
        throws(DecodingError)
    {
        let whole = 0..<payload.count
        var time = message.time
        if let place = row.time, let seconds = try place.value(in: payload, whole, name: "time"),
            let start = Instant(secondsSince1970: seconds)
        {
            time = start + shift
            if let span = row.alignment, span.count > 0 {
                time = Instant(milliseconds: time.milliseconds / span.count * span.count)
            }
        }
        var sum = 0.0
        if let place = row.first {
            sum = try place.value(in: payload, whole, name: row.quantity.id) ?? 0
            try addHistoryValue(&message, row, sum, time)
            time = time + row.step
        }
        for index in 0..<row.count {
            let raw = try row.element(index, in: payload)
            // A gap in a row that adds up leaves the sum unknown from there on.
            if row.absent.contains(raw) {
                if row.accumulates { return }
            } else {
                sum = row.accumulates ? sum + raw : raw
                try addHistoryValue(&message, row, sum, time)
            }
            time = time + row.step
        }
    }

    private func addHistoryValue(
        _ message: inout DecodedMessage,
        _ row: HistoryLayout,
        _ raw: Double,
        _ time: Instant
    )
        throws(DecodingError)
    {
        let value = row.scaling.value(of: raw)
        let own = time == message.time ? nil : time
        let fault: QualityReason? = row.range.contains(value) ? nil : .outOfRange
        try append(&message, row.quantity, row.channel, value, time: own, fault: fault)
    }
}

extension HistoryLayout {
    /// A raw element of the row.
    ///
    /// - Throws: ``DecodingError/truncated(field:needed:had:)``.
    func element(_ index: Int, in payload: [UInt8]) throws(DecodingError) -> Double {
        if bitWidth.isMultiple(of: 8) {
            let width = bitWidth / 8
            let place = ByteField(
                at: at + index * width,
                width: width,
                form: .unsigned,
                isLittleEndian: isLittleEndian,
                bits: nil
            )
            return try place.value(in: payload, 0..<payload.count, name: quantity.id) ?? 0
        }
        var raw: UInt32 = 0
        for bit in 0..<bitWidth {
            let place = index * bitWidth + bit
            let byte = at + place / 8
            guard byte < payload.count else {
                throw .truncated(field: quantity.id, needed: byte + 1, had: payload.count)
            }
            let shift = isLittleEndian ? place % 8 : 7 - place % 8
            let value = UInt32(payload[byte] >> UInt8(shift) & 1)
            raw |= isLittleEndian ? value << UInt32(bit) : value << UInt32(bitWidth - 1 - bit)
        }
        return Double(raw)
    }
}
