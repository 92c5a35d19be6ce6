internal import Telemetry

/// Groups one after another.
extension MessageInterpreter {
    /// Reads the groups that are there; what is left behind the last is counted as unread.
    func addGroups(_ message: inout DecodedMessage, _ list: GroupList, _ payload: [UInt8])
        throws(DecodingError)
    {
        var position = list.skip
        if list.repeats {
            // A record of which nothing is there takes no room: what follows is none.
            var start = -1
            while position < payload.count, position > start {
                start = position
                try addRecord(&message, list, payload, start..<payload.count, &position)
            }
        } else {
            try addRecord(&message, list, payload, 0..<payload.count, &position)
        }
        guard position < payload.count else { return }
        noteUnread(&message) { ("byte \(position)", HexText.encode(payload[position...])) }
    }

    /// Reads each group once; the record is from where places of mask and conditions count.
    private func addRecord(
        _ message: inout DecodedMessage,
        _ list: GroupList,
        _ payload: [UInt8],
        _ record: Range<Int>,
        _ position: inout Int
    ) throws(DecodingError) {
        let earlier = message.readings.count
        var presence: UInt64 = 0
        if let place = list.presence {
            let raw = try place.value(in: payload, record, name: "presence")
            presence = raw.flatMap { UInt64(exactly: $0) } ?? 0
        }
        for group in list.groups {
            if let bit = group.bit, presence >> UInt64(bit) & 1 == 0 { continue }
            guard group.conditions.allSatisfy({ $0.holds(in: payload, record) }) else { continue }
            let count = try elementCount(of: group, payload, record, position)
            for index in 0..<count {
                guard position + group.length <= payload.count else {
                    throw .truncated(
                        field: group.name,
                        needed: position + group.length,
                        had: payload.count
                    )
                }
                let range = position..<(position + group.length)
                position = range.upperBound
                let known = list.repeats ? earlier : 0
                try addElement(&message, index, of: group, payload, range, readBefore: known)
            }
        }
    }

    private func elementCount(
        of group: GroupList.Group,
        _ payload: [UInt8],
        _ record: Range<Int>,
        _ position: Int
    ) throws(DecodingError) -> Int {
        switch group.repetition {
        case .times(let count): return count
        case .rest: return max(0, payload.count - position) / group.length
        case .counted(let place):
            let raw = try place.value(in: payload, record, name: group.name)
            // Beyond any payload: the loop ends with the payload.
            return raw.flatMap { $0 >= 0 && $0 <= 65_535 ? Int($0) : nil } ?? 0
        }
    }

    private func addElement(
        _ message: inout DecodedMessage,
        _ index: Int,
        of group: GroupList.Group,
        _ payload: [UInt8],
        _ range: Range<Int>,
        readBefore earlier: Int
    ) throws(DecodingError) {
        var time: Instant?
        if let place = group.time {
            let seconds = try place.value(in: payload, range, name: "time")
            time = seconds.flatMap(Instant.init(secondsSince1970:))
        } else if let step = group.step, index > 0 {
            // The message's own time is judged already; what moves it must not be added twice.
            time = message.time - shift
            time = time.map { $0 + Milliseconds(step.count * Int64(index)) }
        }
        var channel: String?
        if group.numbersChannels {
            channel = index < Self.maximumChannels ? Self.channelNames[index] : "\(index + 1)"
        }
        for field in group.fields {
            let name = channel ?? field.channel
            let isKnown = message.readings[..<earlier].contains {
                $0.quantity == field.quantity && $0.channel == name
            }
            if isKnown {
                noteUnread(&message) { (group.name, HexText.encode(payload[range])) }
            } else {
                try addBytes(&message, field, payload, range, channel, time)
            }
        }
    }
}
