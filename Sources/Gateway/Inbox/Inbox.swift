internal import CodecSandbox
internal import Decoding
internal import Foundation
internal import Ingest
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry

/// The unknown devices of a data folder with what they may be.
///
/// Reads the journal beside its writer, on the thread of whoever asks; guesses are kept until a
/// device sends again.
final class Inbox: Sendable {
    /// One device with its last frames, the oldest first, and its guesses.
    struct Entry: Sendable {
        let device: UnknownDevice
        let frames: [(position: UInt64, frame: ObservedFrame)]
        let guesses: [DeviceGuess]
    }

    let settings: GatewaySettings
    let profiles: ProfileLibrary
    private let guesser: DeviceGuesser
    private let kept = Mutex<[UnknownSender: (position: UInt64, guesses: [DeviceGuess])]>([:])
    /// The devices of an index that has not changed since: an open page asks every two seconds.
    private let found = Mutex<(key: IndexKey, devices: UnknownDevices)?>(nil)

    /// Tells one state of the index from another: it only grows, or loses what was decoded.
    private struct IndexKey: Hashable {
        let last: UInt64?
        let count: Int

        init(_ letters: DeadLetters) {
            last = letters.entries.last?.position
            count = letters.entries.count
        }
    }

    /// Most payloads that codecs are asked for one device: a slow codec holds the list up by a
    /// tenth of a second each.
    static let codecCalls = 32

    init(_ settings: GatewaySettings, _ profiles: ProfileLibrary) {
        self.settings = settings
        self.profiles = profiles
        guesser = DeviceGuesser(library: profiles, rules: settings.subscriptions)
    }

    /// The unknown devices, without their guesses.
    func devices(
        in letters: DeadLetters,
        registry: RegistrySnapshot
    ) throws -> UnknownDevices {
        let key = IndexKey(letters)
        if let found = found.withLock({ $0 }), found.key == key { return found.devices }
        let decoder = MessageDecoder(
            rules: settings.subscriptions,
            library: profiles,
            directory: registry.deviceDirectory
        )
        let journal = try JournalReader(folder: settings.dataFolder)
        let devices = try UnknownDevices(in: letters, of: journal, decoder: decoder)
        found.withLock { $0 = (key, devices) }
        return devices
    }

    /// Forgets what was found: the registry knows other devices now.
    func forget() { found.withLock { $0 = nil } }

    /// Devices with frames and guesses.
    ///
    /// - Parameters:
    ///   - devices: which.
    ///   - airTemperature: of the day, in degrees Celsius; nil when no station tells.
    /// - Throws: `JournalError` when the journal cannot be read, `CodecError` for codecs that
    ///   cannot be run.
    /// - Returns: the entries in the order of the devices.
    func entries(of devices: [UnknownDevice], airTemperature: Double?) async throws -> [Entry] {
        let codecs = try questions()
        defer { codecs?.questions.stop() }
        var entries: [Entry] = []
        for device in devices {
            let frames = try frames(of: device)
            let observed = frames.map(\.frame)
            let last = device.positions.last ?? 0
            var guesses = kept.withLock { kept in
                kept[device.sender].flatMap { $0.position == last ? $0.guesses : nil }
            }
            if guesses == nil {
                var answers: [CodecRequest: [UInt8]] = [:]
                if let codecs {
                    answers = await codecs.answers(
                        to: guesser.codecRequests(for: observed).prefix(Self.codecCalls)
                    )
                }
                guesses = guesser.guesses(
                    for: observed,
                    answers: answers,
                    airTemperature: airTemperature
                )
            }
            let found = guesses ?? []
            keep(found, of: device, at: last)
            entries.append(Entry(device: device, frames: frames, guesses: found))
        }
        return entries
    }

    /// The last frames of a device that the journal still holds.
    func frames(of device: UnknownDevice) throws -> [(position: UInt64, frame: ObservedFrame)] {
        try device.frames(from: try JournalReader(folder: settings.dataFolder))
    }

    private func keep(_ guesses: [DeviceGuess], of device: UnknownDevice, at position: UInt64) {
        kept.withLock { kept in
            if kept.count >= 2 * UnknownDevices.maximumCount { kept.removeAll() }
            kept[device.sender] = (position, guesses)
        }
    }

    /// The codecs of own profiles, in a worker of their own, so that guessing holds up no device;
    /// nil where there are none.
    private func questions() throws -> GuessCodecs? {
        guard let folder = settings.profilesFolder else { return nil }
        let files = profiles.codecFiles(in: folder)
        return files.isEmpty ? nil : GuessCodecs(files, try CodecQuestions(files))
    }
}

/// Codecs that are asked what an unknown payload may say.
struct GuessCodecs: Sendable {
    let questions: CodecQuestions
    private let codecs: [String: CodecID]

    init(_ files: [CodecFile], _ questions: CodecQuestions) {
        self.questions = questions
        let names = files.enumerated().map { ($0.element.name, CodecID($0.offset)) }
        codecs = Dictionary(names, uniquingKeysWith: { first, _ in first })
    }

    /// What the codecs give; those that fail on a payload that is not theirs are left out.
    func answers(to requests: some Sequence<CodecRequest>) async -> [CodecRequest: [UInt8]] {
        var answers: [CodecRequest: [UInt8]] = [:]
        for request in requests {
            guard let codec = codecs[request.profileID] else { continue }
            let call = CodecCall(
                codec: codec,
                tag: 0,
                port: request.port,
                payload: request.payload,
                receivedAtMilliseconds: request.receivedAtMilliseconds,
                device: request.deviceAddress,
                origin: "the inbox of unknown devices"
            )
            guard case .decoded(let result) = try? await questions.ask(call).outcome else {
                continue
            }
            answers[request] = result.data
        }
        return answers
    }
}
