/// Where the fields of a layout stand in a payload: which bytes are accounted for, and by what.
///
/// Goes the way of the interpreter, which has read the payload before, so that nothing is cut off.
struct PayloadWalk {
    /// Fields that are there, with the piece of payload that their places count in.
    private(set) var fields: [(field: FieldLayout, range: Range<Int>)] = []
    /// Bits of channel identifiers that are known.
    private(set) var identifierBits = 0.0
    /// Channels that are known.
    private(set) var channelCount = 0
    /// Byte behind the last that is accounted for.
    private(set) var end = 0
    private var covered: [Bool]

    init(byteCount: Int) { covered = Array(repeating: false, count: byteCount) }

    /// Bytes that are accounted for.
    var coveredCount: Int { covered.count { $0 } }

    mutating func walk(_ layout: MessageLayout, _ payload: [UInt8]) {
        let whole = 0..<payload.count
        for condition in layout.conditions + layout.rejections.map(\.condition) {
            if case .bytes(let place) = condition.source { cover(place, whole) }
        }
        for time in layout.times {
            if case .bytes(let place) = time.source { cover(place, whole) }
        }
        switch layout.body {
        case .bytes(let fields, let history):
            for field in fields { take(field, payload, whole) }
            for row in history { cover(row) }
        case .channels(let table): walk(table, payload)
        case .groups(let list): walk(list, payload)
        case .json, .records: break
        }
    }

    private mutating func take(_ field: FieldLayout, _ payload: [UInt8], _ range: Range<Int>) {
        guard case .bytes(let place) = field.source,
            field.conditions.allSatisfy({ $0.holds(in: payload, range) })
        else { return }
        fields.append((field, range))
        cover(place, range)
        for case .bytes(let input) in field.inputs { cover(input, range) }
        for condition in field.conditions {
            if case .bytes(let place) = condition.source { cover(place, range) }
        }
    }

    private mutating func cover(_ place: ByteField, _ range: Range<Int>) {
        let start = place.at >= 0 ? range.lowerBound + place.at : range.upperBound + place.at
        cover(start..<(start + place.width))
    }

    private mutating func cover(_ row: HistoryLayout) {
        let bits = row.at * 8 + row.count * row.bitWidth
        cover(row.at..<((bits + 7) / 8))
        for place in [row.first, row.time].compactMap(\.self) { cover(place, 0..<covered.count) }
    }

    private mutating func cover(_ bytes: Range<Int>) {
        for index in bytes.clamped(to: 0..<covered.count) { covered[index] = true }
        end = max(end, min(bytes.upperBound, covered.count))
    }

    private mutating func walk(_ table: ChannelTable, _ payload: [UInt8]) {
        cover(0..<table.skip)
        let last = payload.count - table.trailer
        cover(max(0, last)..<max(payload.count, 0))
        let header = table.identifierWidth + (table.hasLengthByte ? 1 : 0)
        // Of all that an identifier can be, those that the table knows.
        let known = Double(max(1, table.channels.count))
        let bitsEach = max(0, Double(8 * table.identifierWidth) - Bits.of(known))
        var position = table.skip
        while position + header <= last {
            let second = table.identifierWidth == 2 ? payload[position + 1] : 0
            let channel = table.channel(payload[position], second)
            let start = position + header
            let length = table.hasLengthByte ? Int(payload[start - 1]) : channel?.length
            guard let length, start + length <= last else { return }
            if let channel {
                identifierBits += channel.first == nil ? max(0, bitsEach - 8) : bitsEach
                channelCount += 1
                cover(position..<(start + length))
                for field in channel.fields { take(field, payload, start..<(start + length)) }
            }
            position = start + length
        }
    }

    private mutating func walk(_ list: GroupList, _ payload: [UInt8]) {
        cover(0..<list.skip)
        var position = list.skip
        guard list.repeats else { return walk(list, payload, 0..<payload.count, &position) }
        var start = -1
        while position < payload.count, position > start {
            start = position
            walk(list, payload, start..<payload.count, &position)
        }
    }

    private mutating func walk(
        _ list: GroupList,
        _ payload: [UInt8],
        _ record: Range<Int>,
        _ position: inout Int
    ) {
        var presence: UInt64 = 0
        if let place = list.presence {
            cover(place, record)
            presence = Self.number(place, payload, record).flatMap { UInt64(exactly: $0) } ?? 0
        }
        for group in list.groups {
            if let bit = group.bit, presence >> UInt64(bit) & 1 == 0 { continue }
            guard group.conditions.allSatisfy({ $0.holds(in: payload, record) }) else { continue }
            let count =
                switch group.repetition {
                case .times(let count): count
                case .rest: max(0, payload.count - position) / group.length
                case .counted(let place):
                    Self.number(place, payload, record).flatMap { Int(exactly: $0) } ?? 0
                }
            for _ in 0..<max(0, count) {
                guard position + group.length <= payload.count else { return }
                let range = position..<(position + group.length)
                cover(range)
                for field in group.fields { take(field, payload, range) }
                position = range.upperBound
            }
        }
    }

    private static func number(_ place: ByteField, _ payload: [UInt8], _ range: Range<Int>)
        -> Double?
    {
        do throws(DecodingError) {
            return try place.value(in: payload, range, name: "")
        } catch {
            // The payload is too short for it: nothing follows.
            return nil
        }
    }
}
