internal import Telemetry

/// Turns one message into readings by one layout of a profile.
///
/// Times first: the message's own time is found and judged, so that each reading can be placed.
/// When the device's clock cannot be right, every time it wrote is moved by as much as the
/// message's own is: a wrong clock is wrong by the same amount throughout one message.
///
/// The message is handed to each step, not held: to hold it would copy it twice.
struct MessageInterpreter {
    let layout: MessageLayout
    /// Values of the profile's parameters for this device.
    let parameters: [Double]
    let clock: ClockPolicy
    /// Zone of local times that neither text nor profile gives.
    let timeZone: TimeZoneRule?
    let readingLimit: Int
    /// Most unread members that are listed with their values; 0 only counts them.
    let unreadMemberLimit: Int
    /// How far times by the device's clock are moved.
    var shift = Milliseconds.zero

    /// Most elements of an array that a `[*]` path reads, and the channels that they become.
    static let maximumChannels = 64
    /// Room made at once for readings: most messages have fewer, so that the array never grows.
    static let usualReadingCount = 12
    static let channelNames = (1...maximumChannels).map(String.init)

    /// Fills the message.
    ///
    /// - Throws: ``DecodingError`` when a field is missing, has a bad value, or is cut off.
    mutating func run(
        _ message: inout DecodedMessage,
        _ envelope: Envelope,
        _ document: JSONDocument
    ) throws(DecodingError) {
        message.readings.reserveCapacity(Self.usualReadingCount)
        var deviceTime = envelope.deviceTime
        if deviceTime == nil, !layout.times.isEmpty, !layout.hasRecordTimes {
            deviceTime = try firstTime(&message, envelope, document, JSONDocument.root)
        }
        settleTime(&message, envelope, deviceTime)
        if layout.needsTime, message.timeOrigin != .device, !layout.hasRecordTimes {
            throw .impossibleTime(field: layout.times.first?.name ?? "time", time: deviceTime)
        }
        switch layout.body {
        case .bytes(let fields, let history):
            let range = 0..<envelope.payload.count
            for field in fields { try addBytes(&message, field, envelope.payload, range, nil, nil) }
            for row in history { try addHistory(&message, row, envelope.payload) }
            finish(&message, from: 0, envelope, document, JSONDocument.root)
        case .channels(let table):
            try addChannels(&message, table, envelope.payload)
            finish(&message, from: 0, envelope, document, JSONDocument.root)
        case .groups(let list):
            try addGroups(&message, list, envelope.payload)
            finish(&message, from: 0, envelope, document, JSONDocument.root)
        case .json(let fields, let each):
            try addJSON(&message, fields, each, envelope, document)
        case .records(let fields):
            for record in envelope.records { try addRecord(&message, record, fields, document) }
            for value in envelope.named {
                try addNamed(&message, value, fields, envelope.texts)
            }
            try addFallen(&message, fields, envelope)
            message.unreadMemberCount += envelope.unnamedCount
            finish(&message, from: 0, envelope, document, JSONDocument.root)
        }
    }

    // MARK: Times

    /// Chooses the best time that can be: the device's, the gateway's, the server's, ours.
    private mutating func settleTime(
        _ message: inout DecodedMessage,
        _ envelope: Envelope,
        _ deviceTime: Instant?
    ) {
        message.time = message.receivedAt
        message.timeOrigin = .receive
        if !takeTime(&message, .device, deviceTime),
            !takeTime(&message, .gateway, envelope.gatewayTime)
        {
            _ = takeTime(&message, .server, envelope.serverTime)
        }
        if let deviceTime, message.timeOrigin != .device { shift = message.time - deviceTime }
    }

    /// Takes a clock's time as the message's when it can be, else notes it; false without one.
    private func takeTime(_ message: inout DecodedMessage, _ origin: TimeOrigin, _ time: Instant?)
        -> Bool
    {
        guard let time else { return false }
        guard clock.allows(time, receivedAt: message.receivedAt) else {
            message.notes.append(.impossibleTime(origin, time))
            return false
        }
        message.time = time
        message.timeOrigin = origin
        return true
    }

    /// The first time source that has something to say, judged or not.
    private func firstTime(
        _ message: inout DecodedMessage,
        _ envelope: Envelope,
        _ document: JSONDocument,
        _ root: Int
    ) throws(DecodingError) -> Instant? {
        for source in layout.times {
            if let time = try time(&message, source, envelope, document, root) { return time }
        }
        return nil
    }

    private func time(
        _ message: inout DecodedMessage,
        _ source: TimeSource,
        _ envelope: Envelope,
        _ document: JSONDocument,
        _ root: Int
    ) throws(DecodingError) -> Instant? {
        switch source.source {
        case .bytes(let field):
            guard envelope.hasPayload else { return nil }
            let range = 0..<envelope.payload.count
            let raw = try field.value(in: envelope.payload, range, name: source.name)
            // A clock at zero was never set: it says nothing, and that is no oddity.
            return raw.flatMap { $0 == 0 ? nil : Self.instant($0, source.form) }
        case .json(let path):
            let start = layout.hasRecordTimes ? root : envelope.object ?? root
            guard let node = path.resolve(in: document, from: start),
                document.nodes[node].kind != .null
            else { return nil }
            if let time = textTime(&message, source, document, node) { return time }
            if message.notes.last != .timeWithoutZone {
                message.notes.append(.unreadableTime(.device))
            }
            return nil
        case .record: return nil
        }
    }

    private func textTime(
        _ message: inout DecodedMessage,
        _ source: TimeSource,
        _ document: JSONDocument,
        _ node: Int
    )
        -> Instant?
    {
        guard case .iso(let zone) = source.form else {
            return document.number(node).flatMap { Self.instant($0, source.form) }
        }
        guard document.nodes[node].kind == .string,
            let text = TimeText(document.bytes, document.nodes[node].range)
        else { return nil }
        switch text {
        case .absolute(let instant): return instant
        case .local(let local):
            guard let zone = zone ?? timeZone else {
                message.notes.append(.timeWithoutZone)
                return nil
            }
            return zone.instant(local: local, latest: message.receivedAt + clock.maximumLead)
        }
    }

    private static func instant(_ number: Double, _ form: TimeSource.Form) -> Instant? {
        switch form {
        case .unixSeconds: Instant(secondsSince1970: number)
        case .unixMilliseconds:
            Int64(exactly: number.rounded()).map(Instant.init(milliseconds:))
        case .iso: nil
        }
    }

    // MARK: JSON

    private func addJSON(
        _ message: inout DecodedMessage,
        _ fields: [FieldLayout],
        _ each: MessageLayout.EachRecord?,
        _ envelope: Envelope,
        _ document: JSONDocument
    ) throws(DecodingError) {
        guard let object = envelope.object else { return }
        guard let each else {
            try addJSONRecord(&message, fields, document, object, nil)
            finish(&message, from: 0, envelope, document, object)
            return
        }
        let list =
            switch each {
            case .root: object
            case .path(let path): path.resolve(in: document, from: object)
            }
        guard let list else { throw .missingField("each") }
        guard document.nodes[list].kind == .array else {
            throw .badValue(field: "each", problem: "expected an array of records")
        }
        var next = document.firstElement(of: list)
        while let node = next {
            let start = message.readings.count
            let time = try firstTime(&message, envelope, document, node)
            if time == nil, layout.needsTime {
                throw .impossibleTime(field: layout.times.first?.name ?? "time", time: nil)
            }
            try addJSONRecord(&message, fields, document, node, time)
            finish(&message, from: start, envelope, document, node)
            next = document.nextSibling(of: node, in: list)
        }
    }

    private func addJSONRecord(
        _ message: inout DecodedMessage,
        _ fields: [FieldLayout],
        _ document: JSONDocument,
        _ record: Int,
        _ time: Instant?
    ) throws(DecodingError) {
        var usedCount = 0
        for field in fields {
            guard case .json(let path) = field.source else { continue }
            if field.countsChannels {
                for place in 0..<Self.maximumChannels {
                    guard let node = path.resolve(in: document, from: record, place: place) else {
                        break
                    }
                    usedCount += 1
                    let channel = Self.channelNames[place]
                    try addJSON(&message, field, document, node, in: record, channel: channel, time)
                }
                continue
            }
            guard let node = path.resolve(in: document, from: record),
                document.nodes[node].kind != .null
            else {
                if field.isRequired { throw .missingField(field.name) }
                continue
            }
            usedCount += 1
            try addJSON(&message, field, document, node, in: record, channel: field.channel, time)
        }
        if usedCount == 0, let first = fields.first { throw .missingField(first.name) }
        noteUnreadMembers(&message, of: record, fields, usedCount, document)
    }

    private func addJSON(
        _ message: inout DecodedMessage,
        _ field: FieldLayout,
        _ document: JSONDocument,
        _ node: Int,
        in record: Int,
        channel: String?,
        _ time: Instant?
    ) throws(DecodingError) {
        for absent in field.absent where document.matches(node, absent) { return }
        for condition in field.conditions where !condition.holds(document, from: record) { return }
        if !field.meanings.isEmpty {
            for meaning in field.meanings where document.matches(node, meaning.raw) {
                return try add(
                    &message,
                    field,
                    meaning.value,
                    isMeaning: true,
                    channel: channel,
                    time
                )
            }
            if document.nodes[node].kind != .null {
                message.notes.append(.unknownMeaning(field: field.name))
            }
            return
        }
        guard let raw = try rawNumber(field, document, node) else { return }
        let computed = try self.computed(field, raw, document, record)
        try add(&message, field, raw, computed: computed, channel: channel, time)
    }

    /// The number that a node stands for; nil for null and for a cell without text, which is how
    /// tables write that there is no value.
    private func rawNumber(_ field: FieldLayout, _ document: JSONDocument, _ node: Int)
        throws(DecodingError) -> Double?
    {
        switch document.nodes[node].kind {
        case .null: return nil
        case .number: return document.number(node)
        case .yes where field.quantity.kind == .state: return 1
        case .no where field.quantity.kind == .state: return 0
        case .string where field.acceptsText:
            if document.nodes[node].range.isEmpty { return nil }
            guard let raw = document.numberText(node) else {
                throw .badValue(field: field.name, problem: "expected a number, as text or not")
            }
            return raw
        default:
            throw .badValue(
                field: field.name,
                problem: field.quantity.kind == .state
                    ? "expected true, false or a number" : "expected a number"
            )
        }
    }

    /// What a field's formula makes of a raw value; nil without one.
    private func computed(
        _ field: FieldLayout,
        _ raw: Double,
        _ document: JSONDocument,
        _ record: Int
    ) throws(DecodingError) -> Double? {
        guard let formula = field.formula else { return nil }
        return try formula.value(raw: raw, parameters: parameters) { (index) in
            guard case .json(let path) = field.inputs[index],
                let node = path.resolve(in: document, from: record)
            else { return .nan }
            return document.number(node) ?? document.flag(node).map { $0 ? 1 : 0 } ?? .nan
        }
    }

    // MARK: SenML

    private func addRecord(
        _ message: inout DecodedMessage,
        _ record: SenMLRecord,
        _ fields: [FieldLayout],
        _ document: JSONDocument
    ) throws(DecodingError) {
        guard let field = field(of: record, fields, document) else {
            noteUnread(&message) { record.described(document) }
            return
        }
        if record.isRelative, message.isRetained {
            // Nobody knows when that was: its time counts from when it was published.
            message.notes.append(.recordWithoutReading)
            return
        }
        var unit: Scaling?
        if let node = record.unit {
            unit = scaling(field, ofUnit: node, document)
            if unit == nil {
                message.notes.append(.unknownUnit(field: field.name))
                return
            }
        }
        let isMessageTime = record.time == nil || record.time == message.time
        let time = isMessageTime ? nil : record.time
        let placed = record.isRelative ? time.map { $0 - shift } : time
        switch record.value {
        case .number(let raw):
            try addNumber(&message, raw, field, unit: unit, channel: field.channel, placed)
        case .flag(let flag): try add(&message, field, flag ? 1 : 0, channel: field.channel, placed)
        case .text(let node):
            try addJSON(
                &message,
                field,
                document,
                node,
                in: JSONDocument.root,
                channel: field.channel,
                placed
            )
        }
    }

    private func scaling(_ field: FieldLayout, ofUnit node: Int, _ document: JSONDocument)
        -> Scaling?
    {
        guard document.nodes[node].kind == .string else { return nil }
        return field.scaling(ofUnit: document.bytes.span, document.nodes[node].range)
    }

    /// The first field that reads a record; one without a name of its own has the empty name.
    private func field(
        of record: SenMLRecord,
        _ fields: [FieldLayout],
        _ document: JSONDocument
    ) -> FieldLayout? {
        let text = document.bytes.span
        let range = record.name.map { document.nodes[$0].range } ?? 0..<0
        let place = layout.recordPlaces.first(JSONKey.signature(text, range), text, range)
        return place.map { fields[$0] }
    }
}

extension JSONDocument {
    /// Whether a node is a number, a truth value (1 or 0) or a string that equals a raw value.
    func matches(_ node: Int, _ raw: RawMatch) -> Bool {
        switch raw {
        case .number(let value):
            number(node) == value || flag(node).map { ($0 ? 1 : 0) == value } ?? false
        case .text(let text): isString(node, text)
        }
    }
}
