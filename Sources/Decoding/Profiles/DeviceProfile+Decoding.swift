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
        var envelope = Envelope()
        envelope.payload = payload
        envelope.hasPayload = !payload.isEmpty
        envelope.port = port
        var message = DecodedMessage(receivedAt: receivedAt)
        message.profileID = id
        message.family = families.first ?? .chirpstack
        try interpret(
            &message,
            envelope,
            JSONDocument(),
            parameters: values(of: parameters),
            timeZone: nil,
            clock: settings.clock,
            settings: settings
        )
        return message
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
        var layout = MessageLayout.nothing
        if envelope.kind == .measurement {
            if let found = messages.first(where: { $0.applies(to: envelope, document) }) {
                layout = found
            } else if envelope.hasPayload || envelope.object != nil || envelope.hasRecords {
                throw .noLayout(
                    profile: id,
                    port: envelope.port,
                    bytes: envelope.hasPayload ? envelope.payload.count : nil
                )
            }
        }
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
}

extension MessageLayout {
    /// For messages in which the envelope says all there is.
    static let nothing = MessageLayout(name: "nothing", body: .bytes([], history: []))
}
