import Decoding

/// Messages of one envelope family, some of them one after another.
///
/// An input is a byte that says which of the family's profiles reads, and messages to one decoder,
/// so that births may come before data and descriptions before states; see ``Inputs``.
struct FamilyTarget: FuzzTarget {
    /// Most messages of an input.
    private static let maximumCount = 16

    private let family: Family
    private let library: ProfileLibrary
    /// Decoders as they are before any message, one for each profile of the family.
    private let decoders: [MessageDecoder]
    private let profiles: [String]

    init(_ family: Family) throws {
        self.family = family
        let library = try Profiles.library()
        self.library = library
        let ids = library.profiles.filter { $0.families.contains(family) }.map(\.id)
        profiles = ids.isEmpty ? ["json-water-quality"] : ids
        // A directory of one device, so that second names are looked up, too.
        var directory = DeviceDirectory()
        directory.assign("0x1", DeviceDirectory.Assignment(profile: profiles[0]))
        decoders = try profiles.map { profile in
            var settings = DecoderSettings()
            settings.listsUnreadMembers = true
            return MessageDecoder(
                rules: try Self.filters(family).map { filter in
                    SubscriptionRule(
                        topicFilter: try Profiles.filter(filter),
                        family: family,
                        profile: profile
                    )
                },
                library: library,
                directory: directory,
                settings: settings
            )
        }
    }

    /// Known topics first, since where wildcards stand decides how a topic is read.
    private static func filters(_ family: Family) -> [String] {
        SubscriptionRule.wellKnown.filter { $0.family == family }.map(\.topicFilter.description)
            + ["#"]
    }

    func seeds() throws -> [(name: String, bytes: [UInt8])] {
        var seeds: [(name: String, bytes: [UInt8])] = []
        for seed in MessageSeeds.all where seed.family == family {
            let place = profiles.firstIndex(of: seed.profile) ?? 0
            let messages = seed.messages.map { Inputs.message($0.topic, $0.payload) }
            let bytes = [UInt8(place)] + Inputs.joined(messages)
            seeds.append((name: "seed-\(seeds.count)", bytes: bytes))
        }
        for example in try Profiles.examples() {
            guard case .message(let payload, let rule, let topic, _) = example.input,
                rule.family == family,
                let place = profiles.firstIndex(of: example.profile)
            else { continue }
            let bytes = [UInt8(place)] + Inputs.message(topic, payload)
            seeds.append((name: "example-\(seeds.count)", bytes: bytes))
        }
        return seeds
    }

    func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let messages = Inputs.pieces(input.dropFirst(), limit: Self.maximumCount)
        let place = Int(first) % decoders.count
        var decoder = decoders[place]
        var again = decoders[place]
        for (topic, payload) in messages.map(Inputs.message) {
            let outcome = Self.outcome(&decoder, topic, payload)
            require(outcome == Self.outcome(&again, topic, payload), "decoded otherwise")
            switch outcome {
            case .success(let message): MessageChecks.check(message)
            case .failure(let refusal): MessageChecks.check(refusal)
            }
            require(decoder.memory == again.memory, "remembered otherwise")
        }
        checkMemory(decoder, decoders[place])
        let requests = decoder.takeRequests(at: MessageChecks.now)
        require(requests == again.takeRequests(at: MessageChecks.now), "asked otherwise")
    }

    /// A decoder that starts with what another remembered knows the same.
    private func checkMemory(_ decoder: MessageDecoder, _ fresh: MessageDecoder) {
        var other = fresh
        let memory = decoder.memory
        do throws(DecodingError) {
            try other.recall(memory)
        } catch {
            fatalError("does not hold: the decoder reads its own memory: \(error)")
        }
        require(other.memory == memory, "a memory is recalled otherwise")
        require(other.learn(from: decoder.lessons) == 0, "a lesson is refused the second time")
    }

    private static func outcome(
        _ decoder: inout MessageDecoder,
        _ topic: [UInt8],
        _ payload: [UInt8]
    ) -> Result<DecodedMessage, DecodingError> {
        do throws(DecodingError) {
            return .success(
                try decoder.decode(
                    topic: topic.span,
                    payload: payload.span,
                    receivedAt: MessageChecks.now,
                    flags: []
                )
            )
        } catch {
            return .failure(error)
        }
    }
}
