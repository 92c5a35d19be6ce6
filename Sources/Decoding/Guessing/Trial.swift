internal import Telemetry

/// One profile tried on the frames of one device, one after another, as the gateway would read
/// them: what births and descriptions taught counts for the frames after them.
struct Trial {
    /// What came of one frame that measures something.
    struct Outcome {
        /// What the profile makes of it; nil when it cannot read it.
        let message: DecodedMessage?
        /// What its shape says; nil when it cannot be read.
        let evidence: ShapeEvidence?

        static let unread = Outcome(message: nil, evidence: nil)
    }

    private let profile: DeviceProfile
    private let answers: [CodecRequest: [UInt8]]
    private var decoder: MessageDecoder
    /// What a codec has to be asked for the frame that was read last; nil when none.
    private(set) var openRequest: CodecRequest?

    init(
        _ library: ProfileLibrary,
        _ index: Int,
        _ rule: SubscriptionRule,
        _ settings: DecoderSettings,
        _ answers: [CodecRequest: [UInt8]]
    ) {
        profile = library.profiles[index]
        self.answers = answers
        var rule = rule
        rule.profile = profile.id
        var settings = settings
        settings.includesLinkReadings = false
        decoder = MessageDecoder(
            rules: [rule],
            library: ProfileLibrary(of: profile),
            settings: settings
        )
    }

    /// Reads a frame; nil when it measures nothing whatever the profile, as a join.
    mutating func read(_ frame: ObservedFrame, _ census: LayoutCensus) -> Outcome? {
        openRequest = nil
        decoder.onlyPart = frame.part
        do throws(DecodingError) {
            var message: DecodedMessage
            var isCodecData = false
            do throws(DecodingError) {
                message = try decoder.decode(
                    topic: frame.topic.span,
                    payload: frame.payload.span,
                    receivedAt: frame.receivedAt,
                    flags: []
                )
            } catch {
                guard error.code == .awaitsCodec, let request = decoder.codecRequest else {
                    throw error
                }
                openRequest = request
                guard let answer = answers[request] else { throw error }
                isCodecData = true
                message = try decoder.decode(
                    topic: frame.topic,
                    payload: frame.payload,
                    receivedAt: frame.receivedAt,
                    flags: [],
                    codecData: answer
                )
            }
            return outcome(message, isCodecData, census)
        } catch {
            return .unread
        }
    }

    private func outcome(
        _ message: DecodedMessage,
        _ isCodecData: Bool,
        _ census: LayoutCensus
    ) -> Outcome? {
        let envelope = decoder.envelope
        guard envelope.kind == .measurement,
            envelope.hasPayload || envelope.object != nil || envelope.hasRecords
        else { return nil }
        guard
            let layout = profile.messages.first(where: {
                $0.applies(to: envelope, decoder.document)
            })
        else { return .unread }
        let evidence = ShapeEvidence(
            layout,
            envelope,
            decoder.document,
            message,
            isCodecData: isCodecData,
            census
        )
        return Outcome(message: message, evidence: evidence)
    }
}
