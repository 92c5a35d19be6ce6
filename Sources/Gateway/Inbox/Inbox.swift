internal import Decoding
internal import Ingest
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// The unknown devices of a data folder with what they may be.
///
/// Reads the journal beside its writer and guesses, both on threads of their own; guesses are kept
/// until a device sends again.
final class Inbox: Sendable {
    /// One device with its last frames, the oldest first, and its guesses.
    struct Entry: Sendable {
        let device: UnknownDevice
        let frames: [(position: UInt64, frame: ObservedFrame)]
        let guesses: [DeviceGuess]
    }

    /// Who is known, and who was found not to be.
    private struct State {
        var registry: RegistrySnapshot
        /// Rises with each change of the registry, so that what was found before does not pass for
        /// what is found after it.
        var version: UInt64 = 0
        /// The devices of an index that has not changed since: an open page asks every two seconds.
        var found: (key: IndexKey, devices: UnknownDevices)?
    }

    /// Tells one state of the index from another: it only grows, or loses what was decoded.
    private struct IndexKey: Hashable {
        let last: UInt64?
        let count: Int

        init(_ letters: DeadLetters) {
            last = letters.entries.last?.position
            count = letters.entries.count
        }
    }

    let settings: GatewaySettings
    let profiles: ProfileLibrary
    private let guesser: DeviceGuesser
    private let kept = Mutex<[UnknownSender: (position: UInt64, guesses: [DeviceGuess])]>([:])
    private let state: Mutex<State>

    /// Most payloads that codecs are asked for one device: a slow codec holds the list up by a
    /// tenth of a second each.
    static let codecCalls = 32

    init(_ settings: GatewaySettings, _ profiles: ProfileLibrary, _ registry: RegistrySnapshot) {
        self.settings = settings
        self.profiles = profiles
        guesser = DeviceGuesser(library: profiles, rules: settings.subscriptions)
        state = Mutex(State(registry: registry))
    }

    /// Rises with each change of the registry.
    var version: UInt64 { state.withLock(\.version) }

    /// Takes a changed registry, and forgets what was found by the one before.
    func replaceRegistry(_ registry: RegistrySnapshot) {
        state.withLock { state in
            let version = state.version + 1
            state = State(registry: registry, version: version)
        }
    }

    /// The unknown devices, without their guesses.
    ///
    /// Decodes every message of the index once more where it has changed; on the thread of whoever
    /// asks.
    /// - Throws: `JournalError` when the journal cannot be read.
    func devices(in letters: DeadLetters) throws -> UnknownDevices {
        let key = IndexKey(letters)
        let (registry, version, found) = state.withLock { state in
            (state.registry, state.version, state.found)
        }
        if let found, found.key == key { return found.devices }
        let decoder = MessageDecoder(
            rules: settings.subscriptions,
            library: profiles,
            directory: registry.deviceDirectory
        )
        let journal = try JournalReader(folder: settings.dataFolder)
        let devices = try UnknownDevices(in: letters, of: journal, decoder: decoder)
        state.withLock { state in
            if state.version == version { state.found = (key, devices) }
        }
        return devices
    }

    /// What a page shows.
    ///
    /// - Parameters:
    ///   - letters: the messages that could not be decoded.
    ///   - limit: most devices.
    ///   - airTemperature: of the day, in degrees Celsius; nil when no station tells.
    /// - Throws: As ``devices(in:)`` and ``entries(of:airTemperature:)``.
    /// - Returns: the devices, and where they could be attached.
    func view(
        of letters: DeadLetters,
        limit: Int,
        airTemperature: Double?
    ) async throws -> InboxView {
        let devices = try await OwnThread.run { [self] in try self.devices(in: letters) }
        let entries = try await entries(
            of: Array(devices.devices.prefix(limit)),
            airTemperature: airTemperature
        )
        return InboxView(
            devices: entries.map { UnknownDeviceView($0, profiles) },
            omitted: devices.omittedCount + devices.devices.count - entries.count,
            damaged: devices.damagedCount,
            faults: devices.faults.map(\.description),
            canAdopt: settings.takesAdoptions,
            places: InboxPlaces(state.withLock(\.registry)),
            profiles: profiles.profiles.map { InboxProfile($0) }
        )
    }

    /// Devices with frames and guesses.
    ///
    /// - Parameters:
    ///   - devices: which.
    ///   - airTemperature: of the day, in degrees Celsius; nil when no station tells.
    /// - Throws: `JournalError` when the journal cannot be read, `CodecError` for codecs that
    ///   cannot be run, ``GatewayError`` when their workers do not start.
    /// - Returns: the entries in the order of the devices.
    func entries(of devices: [UnknownDevice], airTemperature: Double?) async throws -> [Entry] {
        let codecs = try codecs(asker: "the inbox of unknown devices")
        defer { codecs?.stop() }
        var entries: [Entry] = []
        for device in devices {
            entries.append(try await entry(of: device, codecs, airTemperature))
        }
        return entries
    }

    /// The codecs of own profiles in workers of their own; nil where there are none.
    func codecs(asker: String) throws -> ProfileCodecs? {
        try ProfileCodecs(profiles, folder: settings.profilesFolder, asker: asker)
    }

    private func entry(
        of device: UnknownDevice,
        _ codecs: ProfileCodecs?,
        _ airTemperature: Double?
    ) async throws -> Entry {
        let (folder, guesser) = (settings.dataFolder, guesser)
        let last = device.positions.last ?? 0
        let known = kept.withLock { kept in
            kept[device.sender].flatMap { $0.position == last ? $0.guesses : nil }
        }
        let (frames, requests) = try await OwnThread.run {
            let frames = try device.frames(from: try JournalReader(folder: folder))
            let isOpen = known == nil && codecs != nil
            return (frames, isOpen ? guesser.codecRequests(for: frames.map(\.frame)) : [])
        }
        if let known { return Entry(device: device, frames: frames, guesses: known) }
        let answers = try await codecs?.answers(to: requests.prefix(Self.codecCalls)) ?? [:]
        let guesses = await OwnThread.run {
            guesser.guesses(
                for: frames.map(\.frame),
                answers: answers,
                airTemperature: airTemperature
            )
        }
        keep(guesses, of: device, at: last)
        return Entry(device: device, frames: frames, guesses: guesses)
    }

    private func keep(_ guesses: [DeviceGuess], of device: UnknownDevice, at position: UInt64) {
        kept.withLock { kept in
            if kept.count >= 2 * UnknownDevices.maximumCount { kept.removeAll() }
            kept[device.sender] = (position, guesses)
        }
    }
}
