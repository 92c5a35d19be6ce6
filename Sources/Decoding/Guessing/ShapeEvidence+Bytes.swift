internal import Telemetry

/// Radio payloads: length, channels, values.
extension ShapeEvidence {
    mutating func weighBytes(
        _ layout: MessageLayout,
        _ payload: [UInt8],
        _ message: DecodedMessage
    ) {
        var read = PayloadWalk(byteCount: payload.count)
        read.walk(layout, payload)
        bits += read.identifierBits
        for (field, range) in read.fields { bits += Self.valueBits(field, payload, range) }
        weighLength(layout, payload, read)
        if read.channelCount > 0 {
            reasons.append(GuessReason(.channels, value: Double(read.channelCount)))
        }
        explained = payload.isEmpty ? 0 : Double(read.coveredCount) / Double(payload.count)
        if read.coveredCount == payload.count { reasons.append(GuessReason(.complete)) }
    }

    /// A length that the layout calls for says as much as lengths differ among radio payloads.
    private mutating func weighLength(
        _ layout: MessageLayout,
        _ payload: [UInt8],
        _ read: PayloadWalk
    ) {
        let lengths = GuessLimits.radioPayloadBytes
        if let length = layout.length {
            bits += max(0, Bits.of(lengths / Double(length.count)))
            reasons.append(GuessReason(.length, value: Double(payload.count)))
            return
        }
        switch layout.body {
        case .bytes(let fields, let history):
            guard !fields.isEmpty || !history.isEmpty else { return }
            // Half of the layouts without a length end with their last field.
            if read.end == payload.count {
                bits += Bits.of(lengths / 2)
                reasons.append(GuessReason(.length, value: Double(payload.count)))
            } else {
                bits -= 1
            }
        case .groups:
            if message(isWhole: read, payload) {
                bits += Bits.of(lengths)
                reasons.append(GuessReason(.length, value: Double(payload.count)))
            } else {
                bits += Self.unreadMessage
            }
        case .channels, .json, .records: break
        }
    }

    private func message(isWhole read: PayloadWalk, _ payload: [UInt8]) -> Bool {
        read.end == payload.count
    }

    /// Bits that a value says by lying in its range.
    ///
    /// Values outside are counted by the readings' quality, floating point numbers not at all.
    static func valueBits(_ field: FieldLayout, _ payload: [UInt8], _ range: Range<Int>) -> Double {
        guard case .bytes(let place) = field.source else { return 0 }
        let width = Double(place.bitCount)
        switch place.form {
        case .decimal: return width * (1 - Bits.of(10) / 4)
        case .text: return width * (1 - Bits.of(10) / 8)
        case .float: return 0
        case .unsigned, .signed, .signMagnitude: break
        }
        guard let raw = value(place, payload, range) else { return 0 }
        if !field.meanings.isEmpty {
            guard field.meanings.contains(where: { $0.raw == .number(raw) }) else { return 0 }
            return max(0, width - Bits.of(Double(field.meanings.count)))
        }
        guard field.formula == nil, !field.absent.contains(.number(raw)),
            !field.sentinels.contains(raw), field.range.contains(field.scaling.value(of: raw))
        else { return 0 }
        let lowest = place.form == .unsigned ? 0 : -Bits.ratio(width - 1)
        let ends = [lowest, lowest + Bits.ratio(width) - 1]
            .map { field.scaling.value(of: $0) }.sorted()
        let span = ends[1] - ends[0]
        let possible =
            min(ends[1], field.range.upperBound) - max(ends[0], field.range.lowerBound)
        guard span > 0, possible > 0 else { return 0 }
        return -Bits.of(max(possible / span, Bits.ratio(-width)))
    }

    private static func value(_ place: ByteField, _ payload: [UInt8], _ range: Range<Int>)
        -> Double?
    {
        do throws(DecodingError) {
            return try place.value(in: payload, range, name: "")
        } catch {
            // The payload ends inside the field: it says nothing.
            return nil
        }
    }
}
