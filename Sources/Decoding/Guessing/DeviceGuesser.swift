internal import Telemetry

/// Says what an unknown device may be: tries every profile of a library on its frames.
///
/// Three sorts of evidence are added up in bits: the topic and the look of the envelope (which
/// family), the shape of the messages (which layout accounts for their bytes or members), and the
/// physics of what comes out. A guess's score is its share of all evidence, with one share for
/// "none of them": `2^(b/t) ÷ (n + Σ 2^(b/t))` over the n profiles tried, where t allows for facts
/// that are not independent. Pure and deterministic: the same frames, library and answers of
/// codecs give the same guesses in the same order. Costs one decoding for each profile, family and
/// frame: thousands for a device, so that it is nothing for the hot path.
public struct DeviceGuesser: Sendable {
    private let library: ProfileLibrary
    private let rules: [SubscriptionRule]
    private let settings: DecoderSettings
    private let census: LayoutCensus
    private let models: [String: [UInt8]]

    /// By how much bits are divided before they become a share: facts of one message hang together.
    ///
    /// Chosen on the examples of our own profiles, so that first guesses with a score of s are
    /// right in s of all cases or more; the page "Guessing devices" has the figures.
    static let temper = 3.0
    /// Bits that the name of the model in the message says.
    static let nameBits = 10.0
    /// Letters and digits from which on a model's name is looked for: shorter ones are found by
    /// chance.
    static let shortestName = 5

    /// Creates a guesser.
    ///
    /// - Parameters:
    ///   - library: the profiles that are tried.
    ///   - rules: the subscriptions of the gateway; the first that matches names the family.
    ///   - settings: limits and clock policy.
    public init(
        library: ProfileLibrary,
        rules: [SubscriptionRule],
        settings: DecoderSettings = DecoderSettings()
    ) {
        self.library = library
        self.rules = rules
        self.settings = settings
        census = LayoutCensus(library.profiles)
        models = Dictionary(
            uniqueKeysWithValues: library.profiles.map { profile in
                let letters = Self.letters(Array(profile.model.utf8))
                let isName =
                    letters.count >= Self.shortestName && letters.contains { $0 < 0x3A }
                return (profile.id, isName ? letters : [])
            }
        )
    }

    /// What codecs have to be asked before ``guesses(for:answers:airTemperature:)`` can weigh the
    /// profiles that need them; each once, in the order of profiles and frames.
    public func codecRequests(for frames: [ObservedFrame]) -> [CodecRequest] {
        var requests: [CodecRequest] = []
        var seen: Set<CodecRequest> = []
        let coded = library.profiles.indices.filter { library.profiles[$0].codec != nil }
        guard !coded.isEmpty else { return [] }
        let kept = Array(frames.suffix(GuessLimits.frames))
        for candidate in candidates(for: kept) {
            for index in coded where suits(library.profiles[index], candidate.rule.family) {
                var trial = Trial(library, index, candidate.rule, settings, [:])
                for frame in kept {
                    _ = trial.read(frame, census)
                    if let request = trial.openRequest, seen.insert(request).inserted {
                        requests.append(request)
                    }
                }
            }
        }
        return requests
    }

    /// The best guesses, the surest first; as many as ``GuessLimits/guesses``.
    ///
    /// - Parameters:
    ///   - frames: of one device, the oldest first; the newest ``GuessLimits/frames`` are taken.
    ///   - answers: what codecs gave for ``codecRequests(for:)``: JSON objects in UTF-8.
    ///   - airTemperature: of the day by stations that are known, in degrees Celsius.
    /// - Returns: the guesses; none when no profile reads a frame.
    public func guesses(
        for frames: [ObservedFrame],
        answers: [CodecRequest: [UInt8]] = [:],
        airTemperature: Double? = nil
    ) -> [DeviceGuess] {
        let frames = Array(frames.suffix(GuessLimits.frames))
        guard !frames.isEmpty else { return [] }
        let text = Self.searchedText(frames)
        var weighed: [(guess: DeviceGuess, bits: Double)] = []
        var triedCount = 0.0
        for candidate in candidates(for: frames) {
            for (index, profile) in library.profiles.enumerated()
            where suits(profile, candidate.rule.family) {
                triedCount += 1
                var trial = Trial(library, index, candidate.rule, settings, answers)
                var outcomes: [Trial.Outcome] = []
                for frame in frames {
                    if let outcome = trial.read(frame, census) { outcomes.append(outcome) }
                }
                let names = names(profile, in: text)
                if let found = Self.weigh(
                    profile,
                    candidate,
                    outcomes,
                    namesModel: names,
                    airTemperature
                ) {
                    weighed.append(found)
                }
            }
        }
        return Self.ranked(weighed, against: triedCount)
    }

    // MARK: Families

    /// A family that the device's envelopes may be of.
    struct Candidate {
        let rule: SubscriptionRule
        let score: Double
        let reason: GuessReason
    }

    /// The rules that the frames are tried by: that of the settings, then what topic and content
    /// look like.
    func candidates(for frames: [ObservedFrame]) -> [Candidate] {
        guard let newest = frames.last else { return [] }
        var found: [Candidate] = []
        if let rule = rules.first(where: { $0.topicFilter.matches(newest.topic) }) {
            var open = rule
            open.profile = nil
            found.append(Candidate(rule: open, score: 1, reason: .init(.familyOfSubscription)))
        }
        for (family, score) in Self.detected(frames)
        where found.count < GuessLimits.families {
            guard !found.contains(where: { $0.rule.family == family }),
                let filter = TopicFilter("#")
            else { continue }
            found.append(
                Candidate(
                    rule: SubscriptionRule(topicFilter: filter, family: family),
                    score: score,
                    reason: .init(.familyDetected, value: (score * 100).rounded())
                )
            )
        }
        // Some servers write payloads in hexadecimal digits, which may pass for base64.
        let digits = found.filter { $0.rule.family.usesEUI && $0.rule.payloadEncoding == .base64 }
            .map { candidate in
                var rule = candidate.rule
                rule.payloadEncoding = .hexadecimal
                return Candidate(
                    rule: rule,
                    score: candidate.score,
                    reason: candidate.reason
                )
            }
        return found + digits.filter { canRead(newest, $0.rule) }
    }

    /// Whether the envelope of a frame can be read by a rule, whatever device sent it.
    private func canRead(_ frame: ObservedFrame, _ rule: SubscriptionRule) -> Bool {
        var decoder = MessageDecoder(rules: [rule], library: .empty, settings: settings)
        do throws(DecodingError) {
            _ = try decoder.decode(
                topic: frame.topic.span,
                payload: frame.payload.span,
                receivedAt: frame.receivedAt,
                flags: []
            )
            return true
        } catch {
            return error.code == .unknownDevice
        }
    }

    /// The families of frames by their mean score, the surest first.
    private static func detected(_ frames: [ObservedFrame]) -> [(Family, Double)] {
        var sums: [Family: Double] = [:]
        for frame in frames {
            let topic = String(decoding: frame.topic, as: UTF8.self)
            for guess in Family.detect(topic: topic, payload: frame.payload) {
                sums[guess.family, default: 0] += guess.score
            }
        }
        return sums.map { ($0.key, $0.value / Double(frames.count)) }
            .sorted { ($1.1, $0.0.rawValue) < ($0.1, $1.0.rawValue) }
    }

    /// Whether a profile is met in a family: as it says, or where both carry LoRaWAN.
    private func suits(_ profile: DeviceProfile, _ family: Family) -> Bool {
        profile.families.isEmpty || profile.families.contains(family)
            || (family.usesEUI && profile.families.contains { $0.usesEUI })
    }

    // MARK: Weighing

    private static func weigh(
        _ profile: DeviceProfile,
        _ candidate: Candidate,
        _ outcomes: [Trial.Outcome],
        namesModel: Bool,
        _ airTemperature: Double?
    ) -> (guess: DeviceGuess, bits: Double)? {
        let read = outcomes.compactMap(\.message)
        guard let newest = read.last, read.contains(where: { !$0.readings.isEmpty }) else {
            return nil
        }
        let evidence = outcomes.compactMap(\.evidence)
        let unreadCount = outcomes.count - evidence.count
        let count = Double(outcomes.count)
        var bits =
            (evidence.reduce(0) { $0 + $1.bits }
                + Double(unreadCount) * ShapeEvidence.unreadMessage) / count
        let explained = evidence.reduce(0) { $0 + $1.explained } / count
        let physics = PhysicsEvidence(
            read.sorted { $0.time < $1.time },
            airTemperature: airTemperature
        )
        bits += physics.bits + Bits.of(max(candidate.score, 0.01))
        if namesModel { bits += Self.nameBits }
        var reasons = [candidate.reason]
        if namesModel { reasons.append(GuessReason(.namesModel)) }
        reasons += evidence.last?.reasons ?? []
        if unreadCount > 0 {
            reasons.append(GuessReason(.unreadFrames, value: Double(unreadCount)))
        }
        reasons += physics.reasons
        let guess = DeviceGuess(
            profile: profile.id,
            family: candidate.rule.family,
            payloadEncoding: candidate.rule.payloadEncoding,
            score: 0,
            topicScore: candidate.score,
            shapeScore: explained,
            physicsScore: physics.score,
            reasons: reasons,
            preview: read.last { !$0.readings.isEmpty } ?? newest,
            readFrames: evidence.count,
            triedFrames: outcomes.count
        )
        return (guess, bits)
    }

    /// The best of each profile with its share of all evidence.
    private static func ranked(
        _ weighed: [(guess: DeviceGuess, bits: Double)],
        against count: Double
    ) -> [DeviceGuess] {
        var best: [String: (guess: DeviceGuess, bits: Double)] = [:]
        for one in weighed where one.bits > best[one.guess.profile]?.bits ?? -.infinity {
            best[one.guess.profile] = one
        }
        // Against the most: 2 to the power of long messages' bits alone may be infinite.
        let most = max(0, best.values.map(\.bits).max() ?? 0)
        // Sorted before they are added up: a sum of other order is another in its last digits.
        let shares = best.values
            .map { (guess: $0.guess, share: Bits.ratio(($0.bits - most) / temper)) }
            .sorted { ($1.share, $0.guess.profile) < ($0.share, $1.guess.profile) }
        let none = max(1, count) * Bits.ratio(-most / temper)
        let sum = shares.reduce(none) { $0 + $1.share }
        return shares.prefix(GuessLimits.guesses)
            .map { $0.guess.with(score: $0.share / sum) }
    }

    // MARK: Names

    private func names(_ profile: DeviceProfile, in text: [UInt8]) -> Bool {
        guard let name = models[profile.id], !name.isEmpty, text.count >= name.count else {
            return false
        }
        return (0...(text.count - name.count)).contains { start in
            text[start] == name[0] && text[start..<(start + name.count)].elementsEqual(name)
        }
    }

    /// Small letters and digits of the newest frame, all else left out.
    private static func searchedText(_ frames: [ObservedFrame]) -> [UInt8] {
        guard let newest = frames.last else { return [] }
        let limit = GuessLimits.searchedBytes
        return letters(Array((newest.topic + newest.payload).prefix(limit)))
    }

    private static func letters(_ text: [UInt8]) -> [UInt8] {
        text.compactMap { byte in
            switch byte {
            case 0x30...0x39, 0x61...0x7A: byte
            case 0x41...0x5A: byte | 0x20
            default: nil
            }
        }
    }
}

extension DeviceGuess {
    fileprivate func with(score: Double) -> DeviceGuess {
        DeviceGuess(
            profile: profile,
            family: family,
            payloadEncoding: payloadEncoding,
            score: score,
            topicScore: topicScore,
            shapeScore: shapeScore,
            physicsScore: physicsScore,
            reasons: reasons,
            preview: preview,
            readFrames: readFrames,
            triedFrames: triedFrames
        )
    }
}
