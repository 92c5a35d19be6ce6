public import Telemetry

extension DeviceProfile {
    /// Decodes a radio payload without any envelope, as `langso decode --hex` does.
    ///
    /// - Parameters:
    ///   - payload: the payload's bytes.
    ///   - port: LoRaWAN port; nil fits only messages that name none.
    ///   - parameters: sizes of the device.
    ///   - receivedAt: time of arrival; it holds where the payload has no time that can be.
    ///   - settings: limits and clock policy.
    /// - Returns: the readings of the payload with their times.
    /// - Throws: ``DecodingError`` as a decoder does.
    public func decode(
        payload: [UInt8],
        port: Int?,
        parameters: [String: Double] = [:],
        receivedAt: Instant,
        settings: DecoderSettings = DecoderSettings()
    ) throws(DecodingError) -> DecodedMessage {
        guard payload.count <= settings.limits.payloadBytes else {
            throw .payloadTooLarge(bytes: payload.count, limit: settings.limits.payloadBytes)
        }
        var message = DecodedMessage(receivedAt: receivedAt)
        try fill(&message, payload, port, values(of: parameters), settings)
        return message
    }

    /// Fills a message; a step of its own, so that the message is made where the caller wants it.
    private func fill(
        _ message: inout DecodedMessage,
        _ payload: [UInt8],
        _ port: Int?,
        _ parameters: [Double],
        _ settings: DecoderSettings
    ) throws(DecodingError) {
        var envelope = Envelope()
        envelope.payload = payload
        envelope.hasPayload = !payload.isEmpty
        envelope.port = port
        message.profileID = id
        message.family = families.first ?? .chirpstack
        try interpret(
            &message,
            envelope,
            JSONDocument(),
            parameters: parameters,
            timeZone: nil,
            clock: settings.clock,
            settings: settings
        )
    }

    /// Fills a message with the readings of an envelope that was read.
    func interpret(
        _ message: inout DecodedMessage,
        _ envelope: Envelope,
        _ document: JSONDocument,
        parameters: [Double],
        timeZone: TimeZoneRule?,
        clock: ClockPolicy,
        settings: DecoderSettings
    ) throws(DecodingError) {
        let layout = try layout(of: envelope, document)
        var interpreter = MessageInterpreter(
            layout: layout,
            parameters: parameters,
            clock: clock,
            timeZone: timeZone,
            readingLimit: settings.limits.readings,
            unreadMemberLimit: settings.listsUnreadMembers ? DecodingLimits.unreadMembers : 0
        )
        try interpreter.run(&message, envelope, document)
        if sleeps, envelope.isOnline == false {
            message.notes.append(.asleep)
            return
        }
        try interpreter.addEnvelopeReadings(
            &message,
            envelope,
            includesLink: settings.includesLinkReadings
        )
    }

    /// The layout that reads a message.
    ///
    /// - Throws: ``DecodingError/noLayout(profile:port:bytes:)`` where there is something to read.
    private func layout(of envelope: Envelope, _ document: JSONDocument) throws(DecodingError)
        -> MessageLayout
    {
        guard envelope.kind == .measurement else { return .nothing }
        for layout in messages where layout.applies(to: envelope, document) { return layout }
        guard envelope.hasPayload || envelope.object != nil || envelope.hasRecords else {
            return .nothing
        }
        throw .noLayout(
            profile: id,
            port: envelope.port,
            bytes: envelope.hasPayload ? envelope.payload.count : nil
        )
    }
}

extension MessageLayout {
    /// For messages in which the envelope says all there is.
    static let nothing = MessageLayout(name: "nothing", body: .bytes([], history: []))
}
