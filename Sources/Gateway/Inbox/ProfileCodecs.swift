internal import CodecSandbox
internal import Decoding

/// The makers' codecs of own profiles in workers of their own, asked one payload after the other,
/// so that trying things out holds up no device.
struct ProfileCodecs: Sendable {
    private let questions: CodecQuestions
    private let codecs: [String: CodecID]
    private let asker: String

    /// Starts nothing yet: workers come with the first question; nil where no profile has a codec.
    ///
    /// - Parameters:
    ///   - library: the profiles.
    ///   - folder: of own profiles, each in a folder of its name with its codec.
    ///   - asker: who asks, for what workers report.
    /// - Throws: `CodecError` for codecs that cannot be read, or when there is no program to run
    ///   them.
    init?(_ library: ProfileLibrary, folder: String?, asker: String) throws {
        let files = folder.map(library.codecFiles) ?? []
        guard !files.isEmpty else { return nil }
        questions = try CodecQuestions(files)
        let names = files.enumerated().map { ($0.element.name, CodecID($0.offset)) }
        codecs = Dictionary(names, uniquingKeysWith: { first, _ in first })
        self.asker = asker
    }

    /// What a codec gives, a JSON object in UTF-8, or why it gives nothing.
    ///
    /// - Throws: ``GatewayError`` when no worker can be started.
    func answer(to request: CodecRequest) async throws -> Result<[UInt8], DecodingError> {
        guard let codec = codecs[request.profileID] else {
            return .failure(.awaitsCodec(profile: request.profileID))
        }
        let call = CodecCall(
            codec: codec,
            tag: 0,
            port: request.port,
            payload: request.payload,
            receivedAtMilliseconds: request.receivedAtMilliseconds,
            device: request.deviceAddress,
            origin: asker
        )
        let words: String
        switch try await questions.ask(call).outcome {
        case .decoded(let result): return .success(result.data)
        case .failed(let result): words = result.errors.joined(separator: "; ")
        case .killed(let reason), .quarantined(let reason): words = reason
        }
        return .failure(.codecFailed(profile: request.profileID, words: words))
    }

    /// What the codec of an example's profile gives; nil where it needs none.
    ///
    /// - Throws: ``GatewayError`` when no worker can be started.
    func answer(
        to example: ProfileExample,
        _ library: ProfileLibrary
    ) async throws -> Result<[UInt8], DecodingError>? {
        guard let request = example.codecRequest(library) else { return nil }
        return try await answer(to: request)
    }

    /// What codecs give; those that fail on a payload that is not theirs are left out.
    func answers(
        to requests: some Sequence<CodecRequest>
    ) async throws -> [CodecRequest: [UInt8]] {
        var answers: [CodecRequest: [UInt8]] = [:]
        for request in requests {
            guard case .success(let data) = try await answer(to: request) else { continue }
            answers[request] = data
        }
        return answers
    }

    /// Ends the workers.
    func stop() { questions.stop() }
}
