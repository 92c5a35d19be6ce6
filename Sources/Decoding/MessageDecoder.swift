public import Telemetry

/// Decodes messages: topic → rule → family → device → profile → readings.
///
/// Pure but for what devices say of themselves: what comes out depends on the arguments, on what
/// the decoder was made from, on what descriptions of devices taught it (``lessons``), and on what
/// it heard of births and availability before (``memory``), never on a clock or on measurements
/// that it decoded before. It keeps work arrays, so one decoder belongs to one thread at a time. A
/// message of 300 bytes costs about three microseconds and two or three allocations.
///
/// ```swift
/// var decoder = MessageDecoder(
///     rules: SubscriptionRule.wellKnown, library: library, directory: directory)
/// let message = try decoder.decode(topic: topic, payload: payload, receivedAt: now, flags: [])
/// ```
public struct MessageDecoder: Sendable {
    /// What the decoder was told once.
    public let settings: DecoderSettings
    /// The profiles that it reads by.
    public let library: ProfileLibrary
    let rules: [PreparedRule]
    private var addresses: AddressTable
    var document = JSONDocument()
    private var writer = JSONWriter()
    var sparkplug = SparkplugState()
    var envelope = Envelope()
    var levels = TopicLevels([])
    /// The topic of the message that is decoded.
    var topic: [UInt8] { levels.topic }
    var learned = LearnedTopics()
    /// Whether messages are decoded that came before others which were decoded.
    private(set) var isAside = false
    /// What a codec has to be asked, after ``DecodingError/awaitsCodec(profile:)``; else nil.
    public private(set) var codecRequest: CodecRequest?
    /// Whether the last message named a device that the directory or its topic's rule has a profile
    /// for, be it there or not.
    public private(set) var knowsSender = false
    /// Devices of which the last message spoke beside others, and which neither the directory nor
    /// its topic's rule has a profile for.
    public internal(set) var unknownParts: [String] = []
    /// The device that alone is read where a message has several entities, or lines of several
    /// devices; nil for all.
    public var onlyPart: String?
    /// Whether messages are taken again that are to be read whoever sent them.
    var isReplaying = false
    /// What a codec answered for the message that is being decoded.
    private var codecData: JSONDocument?

    final class PreparedRule: Sendable {
        let rule: SubscriptionRule
        let profile: AddressTable.ProfileChoice?

        init(rule: SubscriptionRule, profile: AddressTable.ProfileChoice?) {
            self.rule = rule
            self.profile = profile
        }
    }

    /// Creates a decoder.
    ///
    /// - Parameters:
    ///   - rules: the first that matches a topic is taken.
    ///   - library: profiles by name.
    ///   - directory: devices with their profiles; goes before the profile of a rule.
    ///   - settings: limits and clock policy.
    public init(
        rules: [SubscriptionRule],
        library: ProfileLibrary,
        directory: DeviceDirectory = DeviceDirectory(),
        settings: DecoderSettings = DecoderSettings()
    ) {
        self.settings = settings
        self.library = library
        self.rules = rules.map { rule in
            let choice = rule.profile.map { name in
                library.index(of: name).map(AddressTable.ProfileChoice.known) ?? .missing(name)
            }
            return PreparedRule(rule: rule, profile: choice)
        }
        addresses = AddressTable(directory, library)
    }

    /// Takes a changed registry.
    public mutating func replaceDirectory(_ directory: DeviceDirectory) {
        addresses = AddressTable(directory, library)
    }

    /// What later messages are read by beside their own bytes and the ``lessons``: the births of
    /// Sparkplug nodes, states that wait for their descriptions, and what availability topics said.
    ///
    /// Empty while nothing of it was seen; the same messages in the same order give the same bytes.
    public var memory: [UInt8] { sparkplug.bytes + learned.heard.bytes }

    /// Takes the memory of a decoder in the place of its own.
    ///
    /// - Throws: ``DecodingError`` for bytes that are no ``memory``; the own one is kept then.
    public mutating func recall(_ memory: [UInt8]) throws(DecodingError) {
        let state = try RememberedState(bytes: memory)
        sparkplug = state.sparkplug
        learned.heard = state.heard
    }

    /// Decodes something again or for show: neither what is remembered nor what should be said
    /// changes by it.
    ///
    /// - Parameters:
    ///   - learns: whether a description is learned that no later one of its topic stands for; one
    ///     that came before what is known never replaces it.
    ///   - body: what to do.
    /// - Throws: what the body throws.
    /// - Returns: what the body gives.
    public mutating func aside<Result>(
        learns: Bool = false,
        _ body: (inout MessageDecoder) throws(DecodingError) -> Result
    ) throws(DecodingError) -> Result {
        let (kept, known, wasAside) = (sparkplug, learned, isAside)
        defer {
            sparkplug = kept
            if learns { learned.heard = known.heard } else { learned = known }
            isAside = wasAside
        }
        sparkplug.isReplayed = true
        isAside = true
        return try body(&self)
    }

    /// Decodes one message.
    ///
    /// - Parameters:
    ///   - topic: the topic's bytes, UTF-8.
    ///   - payload: the payload's bytes.
    ///   - receivedAt: when the message arrived; relative and impossible times are judged by it.
    ///   - flags: what the broker said about it.
    /// - Returns: who sent what, measured when.
    /// - Throws: ``DecodingError``; the message should be kept and counted under its reason.
    public mutating func decode(
        topic: Span<UInt8>,
        payload: Span<UInt8>,
        receivedAt: Instant,
        flags: MessageFlags
    ) throws(DecodingError) -> DecodedMessage {
        guard topic.count <= DecodingLimits.topicBytes else {
            throw .badValue(field: "topic", problem: "it is longer than MQTT allows")
        }
        do {
            _ = try UTF8Span(validating: topic)
        } catch {
            throw .notUTF8(what: "topic", offset: error.byteOffsets.lowerBound)
        }
        if codecRequest != nil { codecRequest = nil }
        knowsSender = false
        if !unknownParts.isEmpty { unknownParts.removeAll() }
        levels.replaceTopic(with: topic)
        guard levels.count <= DecodingLimits.topicLevels else {
            throw .badValue(
                field: "topic",
                problem: "it has more than \(DecodingLimits.topicLevels) levels"
            )
        }
        guard let prepared = rules.first(where: { $0.rule.topicFilter.matches(levels.topic) })
        else {
            throw .unknownTopic(String(decoding: self.topic, as: UTF8.self))
        }
        guard payload.count <= settings.limits.payloadBytes else {
            throw .payloadTooLarge(bytes: payload.count, limit: settings.limits.payloadBytes)
        }
        switch prepared.rule.family {
        case .homeAssistant: return try decodeDiscovery(payload, receivedAt, flags, prepared.rule)
        case .fiware: return try decodeFIWARE(payload, prepared, receivedAt, flags)
        case .csv: return try decodeCSV(payload, prepared, receivedAt, flags)
        default: break
        }
        try readEnvelope(payload, prepared, receivedAt)
        switch prepared.rule.address {
        case .automatic: break
        case .topicLevel(let level): try takeTopicLevel(level)
        case .path(let path): try envelope.takePathAddress(document, path)
        }
        return try finish(prepared, receivedAt, flags)
    }

    /// Turns the envelope that was read into a message: who, by which profile, and what.
    ///
    /// - Throws: ``DecodingError``.
    /// - Returns: the message.
    mutating func finish(
        _ prepared: PreparedRule,
        _ receivedAt: Instant,
        _ flags: MessageFlags
    ) throws(DecodingError) -> DecodedMessage {
        var message = DecodedMessage(receivedAt: receivedAt)
        try fill(&message, prepared, receivedAt, flags)
        return message
    }

    /// Fills a message; a step of its own, so that the message is made where the caller wants it.
    private mutating func fill(
        _ message: inout DecodedMessage,
        _ prepared: PreparedRule,
        _ receivedAt: Instant,
        _ flags: MessageFlags
    ) throws(DecodingError) {
        let entry = entry(asOf: receivedAt)
        message.deviceAddress = entry.address
        message.family = prepared.rule.family
        message.kind = envelope.kind
        message.sequence = envelope.sequence
        message.isRetained = flags.contains(.retained)
        message.isRedelivery = flags.contains(.duplicate)
        message.notes = envelope.notes
        message.repeatsKnownValues = envelope.repeatsKnownValues
        if !envelope.unknown.isEmpty {
            message.unknownDevices = envelope.unknown.filter { isServed($0, prepared) }
        }
        if prepared.rule.family == .sparkplug {
            // Commands and states of hosts are about nobody's measurements.
            if envelope.kind == .other { return }
            message.goneDevices = envelope.gone.filter { isServed($0, prepared) }
            if envelope.kind == .availability, entry.profile == nil, prepared.rule.profile == nil,
                !message.goneDevices.isEmpty
            {
                return
            }
        }
        let profile = entry.profile ?? (envelope.needsProfile ? prepared.profile : nil)
        knowsSender = profile != nil
        switch profile {
        case .known(let index):
            message.expectedInterval = library.profiles[index].expectedInterval
            message.profileID = library.profiles[index].id
            if library.profiles[index].codec != nil { try settleCodec(index, message) }
            try interpret(&message, index, entry, prepared)
            message.isOfNoPlace = prepared.rule.profile == nil && message.isAll(since: entry.ended)
            // What a codec was asked for may be of a message that is taken again.
            guard !message.isOfNoPlace || isReplaying || codecData != nil else {
                knowsSender = false
                throw .unknownDevice(address: entry.address, family: prepared.rule.family)
            }
        case .missing(let name): throw .noProfile(name)
        case nil where !envelope.needsProfile: try interpretAlone(&message, prepared)
        case nil: throw .unknownDevice(address: entry.address, family: prepared.rule.family)
        }
    }

    /// Decodes a message whose codec was asked: as the network server's own `object`, its data is
    /// what the profile reads.
    ///
    /// - Parameters:
    ///   - topic: the topic's bytes.
    ///   - payload: the payload's bytes.
    ///   - receivedAt: when the message arrived.
    ///   - flags: what the broker said about it.
    ///   - data: what the codec gave, a JSON object in UTF-8.
    /// - Returns: who sent what, measured when.
    /// - Throws: ``DecodingError``.
    public mutating func decode(
        topic: [UInt8],
        payload: [UInt8],
        receivedAt: Instant,
        flags: MessageFlags,
        codecData data: [UInt8]
    ) throws(DecodingError) -> DecodedMessage {
        var answer = JSONDocument()
        try answer.parse(data.span, limits: settings.limits)
        codecData = answer
        defer { codecData = nil }
        return try decode(
            topic: topic.span,
            payload: payload.span,
            receivedAt: receivedAt,
            flags: flags
        )
    }

    /// Decodes one message from arrays; as ``decode(topic:payload:receivedAt:flags:)``.
    ///
    /// - Parameters:
    ///   - topic: the topic.
    ///   - payload: the payload's bytes.
    ///   - receivedAt: when the message arrived.
    ///   - flags: what the broker said about it.
    /// - Returns: who sent what, measured when.
    /// - Throws: ``DecodingError``.
    public mutating func decode(
        topic: String,
        payload: [UInt8],
        receivedAt: Instant,
        flags: MessageFlags = []
    ) throws(DecodingError) -> DecodedMessage {
        let topicBytes = Array(topic.utf8)
        return try decode(
            topic: topicBytes.span,
            payload: payload.span,
            receivedAt: receivedAt,
            flags: flags
        )
    }

    /// Decodes one message from memory that the caller lends, as a journal does.
    ///
    /// - Parameters:
    ///   - topic: the topic's bytes; valid during the call.
    ///   - payload: the payload's bytes; valid during the call.
    ///   - receivedAt: when the message arrived.
    ///   - flags: what the broker said about it.
    /// - Returns: who sent what, measured when.
    /// - Throws: ``DecodingError``.
    public mutating func decode(
        topic: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer,
        receivedAt: Instant,
        flags: MessageFlags
    ) throws(DecodingError) -> DecodedMessage {
        try decode(
            topic: topic.assumingMemoryBound(to: UInt8.self).span,
            payload: payload.assumingMemoryBound(to: UInt8.self).span,
            receivedAt: receivedAt,
            flags: flags
        )
    }

    // MARK: Steps

    /// Whether there is a profile for a device, from the directory or from the rule.
    private func isServed(_ address: String, _ prepared: PreparedRule) -> Bool {
        prepared.rule.profile != nil || addresses.known(Array(address.utf8))?.profile != nil
    }

    private mutating func readEnvelope(
        _ payload: Span<UInt8>,
        _ prepared: PreparedRule,
        _ receivedAt: Instant
    ) throws(DecodingError) {
        envelope.clear()
        envelope.subject.append(contentsOf: levels.topic)
        let family = prepared.rule.family
        if family == .tasmota { return try readTasmota(payload, prepared.rule, receivedAt) }
        if family == .zigbee2MQTT { return try readZigbee2MQTT(payload, prepared.rule) }
        if family == .shelly { return try readShelly(payload) }
        if family == .sparkplug {
            return try envelope.readSparkplug(
                payload,
                topic,
                &document,
                &sparkplug,
                receivedAt: receivedAt,
                settings
            )
        }
        try parse(payload, family)
        let encoding = prepared.rule.payloadEncoding
        switch family {
        case .chirpstack: try envelope.readChirpStack(document, levels, encoding)
        case .theThingsStack: try envelope.readTheThingsStack(document, levels, encoding)
        case .helium: try envelope.readHelium(document, prepared.rule)
        case .senml:
            try envelope.readSenML(document, topic, prepared.rule, receivedAt: receivedAt)
        case .plainJSON:
            var path: JSONPath?
            if case .known(let index) = prepared.profile {
                path = library.profiles[index].devicePath
            }
            try envelope.readPlainJSON(document, topic, prepared.rule, devicePath: path)
        case .wmbusmeters: try envelope.readWMBusMeters(document)
        case .milesight: try envelope.readMilesight(document, topic, prepared.rule)
        case .ucifi: try envelope.readUCIFI(document, topic, prepared.rule, receivedAt: receivedAt)
        case .talq: try envelope.readTALQ(document, topic)
        case .tasmota, .zigbee2MQTT, .shelly, .fiware, .homeAssistant, .csv, .sparkplug: break
        }
        if let path = prepared.rule.archiveTime { envelope.takeArchiveTime(document, path) }
    }

    /// Parses JSON, or the binary form of the family as the JSON that it stands for.
    private mutating func parse(_ payload: Span<UInt8>, _ family: Family) throws(DecodingError) {
        writer.clear()
        switch family {
        case .chirpstack where ChirpStackEvent.isProtobuf(payload):
            guard let schema = ChirpStackEvent.schema(levels) else {
                throw .badValue(field: "topic", problem: "its last level names no event")
            }
            let bytes = payload.withUnsafeBufferPointer { Array($0) }
            try writer.write(bytes, 0..<bytes.count, schema, depth: 0, settings.limits)
        case .senml where CBORReader.isArray(payload), .ucifi where CBORReader.isArray(payload):
            let bytes = payload.withUnsafeBufferPointer { Array($0) }
            try writer.writeSenML(bytes, settings.limits)
        default: return try document.parse(payload, limits: settings.limits)
        }
        let text = writer.bytes
        try document.parse(text.span, limits: settings.limits)
    }

    mutating func takeTopicLevel(_ level: Int) throws(DecodingError) {
        guard let range = levels.range(level - 1), !range.isEmpty else {
            throw .missingField("topic level \(level)")
        }
        envelope.address.removeAll(keepingCapacity: true)
        envelope.address.append(contentsOf: levels.topic[range])
    }

    /// Puts what a codec answered in the place of the server's object, or asks for it.
    private mutating func settleCodec(
        _ index: Int,
        _ message: DecodedMessage
    ) throws(DecodingError) {
        let profile = library.profiles[index]
        guard let codec = profile.codec,
            let request = envelope.request(codec, of: profile.id, for: message)
        else { return }
        guard let codecData else {
            codecRequest = request
            throw .awaitsCodec(profile: profile.id)
        }
        document = codecData
        envelope.object = JSONDocument.root
        envelope.hasPayload = false
    }

    /// Whether the directory has a device by one of its names.
    func isRegistered(_ address: [UInt8]) -> Bool { addresses.known(address)?.profile != nil }

    /// The directory's entry of the device as it was for messages of an instant.
    mutating func entry(asOf arrival: Instant) -> AddressTable.Entry {
        let entry = entry()
        return entry.former.isEmpty ? entry : entry.asOf(arrival)
    }

    /// The directory's entry of the device, by its second name where it does not know the first.
    private mutating func entry() -> AddressTable.Entry {
        if !envelope.alternateAddress.isEmpty, addresses.known(envelope.address)?.profile == nil,
            let other = addresses.known(envelope.alternateAddress), other.profile != nil
        {
            return other
        }
        return addresses.entry(of: envelope.address)
    }

    /// Turns an envelope that needs no profile into the readings that it says itself.
    private func interpretAlone(_ message: inout DecodedMessage, _ prepared: PreparedRule)
        throws(DecodingError)
    {
        let rule = prepared.rule
        var interpreter = MessageInterpreter(
            layout: .nothing,
            parameters: [],
            clock: rule.clock ?? settings.clock,
            timeZone: rule.timeZone,
            readingLimit: settings.limits.readings,
            unreadMemberLimit: 0
        )
        try interpreter.run(&message, envelope, document)
        try interpreter.addEnvelopeReadings(&message, envelope, includesLink: false)
    }

    /// Reads the message by a profile of the library; what is not copied on the way costs nothing.
    private func interpret(
        _ message: inout DecodedMessage,
        _ index: Int,
        _ entry: AddressTable.Entry,
        _ prepared: PreparedRule
    ) throws(DecodingError) {
        let isOfRule = entry.profile == nil
        try library.profiles[index].interpret(
            &message,
            envelope,
            document,
            parameters: isOfRule ? library.profiles[index].standardValues : entry.parameters,
            timeZone: prepared.rule.timeZone,
            clock: prepared.rule.clock ?? settings.clock,
            settings: settings
        )
    }
}
