import Decoding

/// Frames of one unknown device: the guesses and what they are made of.
struct GuessTarget: FuzzTarget {
    private let guesser: DeviceGuesser

    init() throws {
        guesser = DeviceGuesser(
            library: try Profiles.library(),
            rules: SubscriptionRule.wellKnown
        )
    }

    func seeds() throws -> [(name: String, bytes: [UInt8])] {
        MessageSeeds.all.enumerated().map { number, seed in
            let messages = seed.messages.map { Inputs.message($0.topic, $0.payload) }
            return (name: "seed-\(number)", bytes: Inputs.joined(messages))
        }
    }

    func run(_ input: [UInt8]) {
        let frames = Inputs.pieces(input[...], limit: GuessLimits.frames).map { piece in
            let (topic, payload) = Inputs.message(piece)
            return ObservedFrame(topic: topic, payload: payload, receivedAt: MessageChecks.now)
        }
        let guesses = guesser.guesses(for: frames)
        require(guesses.count <= GuessLimits.guesses, "more guesses than the limit")
        var sum = 0.0
        for guess in guesses {
            for score in [guess.score, guess.topicScore, guess.shapeScore, guess.physicsScore ?? 0]
            {
                require((0...1).contains(score), "a score of \(score)")
            }
            sum += guess.score
            require(!guess.reasons.isEmpty, "a guess without reason")
            require(guess.readFrames <= guess.triedFrames, "more frames read than tried")
            MessageChecks.check(guess.preview)
        }
        require(sum <= 1.000_001, "scores of \(sum) in all")
    }
}
