internal import Decoding
internal import Foundation
internal import Ingest
internal import Registry
internal import RingStore
internal import Telemetry
internal import WebServer

/// Makes an unknown device a known one: a row of the registry and a regression test of its frames.
///
/// Everything is checked first; the test is written before the row, and taken away again when the
/// registry refuses, so that neither stands without the other. A test that was there before is
/// never touched.
struct Adoption {
    let inbox: Inbox
    let database: RegistryDatabase
    let request: AdoptionRequest

    /// What the choice comes to.
    private struct Plan {
        let address: String
        let test: RegressionTest
        let row: AdoptedRow
        let warnings: [AdoptionNote]
    }

    /// Devices that a refusal names.
    private static let namedDevices = 5
    /// Name of the file in the data folder that keeps two processes from adopting at once.
    static let lockFile = "adoption.lock"
    /// Who is noted when nobody says who decides.
    static let nobody = "unnamed, over HTTP"

    /// Adopts, or says what adopting would do.
    ///
    /// - Parameters:
    ///   - letters: the messages that could not be decoded.
    ///   - now: the time of day, for the audit log.
    /// - Throws: `AdoptionRefusal` for a choice that cannot be right; ``GatewayError``,
    ///   `RegistryError` and `JournalError` for what fails.
    /// - Returns: what was done, or would be.
    func run(_ letters: DeadLetters, at now: Instant) async throws -> AdoptionView {
        let plan = try await plan(letters)
        guard let folder = inbox.settings.profilesFolder else {
            throw AdoptionRefusal(.init(.noProfilesFolder))
        }
        let path = "\(folder)/\(plan.test.path)"
        let isDryRun = request.dryRun ?? false
        let person = request.by.flatMap { $0.isEmpty ? nil : $0 } ?? Self.nobody
        try plan.row.write(to: database, by: person, at: now, .dryRun)
        if FileManager.default.fileExists(atPath: path) {
            throw AdoptionRefusal(.init(.testExists, path))
        }
        if !isDryRun { try commit(plan, to: path, by: person, at: now) }
        return AdoptionView(
            written: !isDryRun,
            code: request.code,
            address: plan.address,
            profile: request.profile,
            isNew: plan.row.isNew,
            testFile: path,
            examples: plan.test.exampleCount,
            warnings: plan.warnings
        )
    }

    // MARK: Checking

    private func plan(_ letters: DeadLetters) async throws -> Plan {
        guard let profile = inbox.profiles[request.profile] else {
            throw AdoptionRefusal(.init(.unknownProfile, request.profile))
        }
        let entry = try await entry(letters)
        let frames = entry.frames.map(\.frame)
        let (rule, subscription) = try rule(for: entry, frames)
        let address = try address(of: frames, rule, library: inbox.profiles)
        let parameters = request.parameters ?? [:]
        let faults = profile.faults(of: parameters)
        guard faults.isEmpty else { throw AdoptionRefusal(faults.map { AdoptionNote($0) }) }
        let row = try AdoptedRow(
            request,
            profile,
            address: address,
            registry: try database.snapshot()
        )
        let codecs = try inbox.codecs(asker: "an adoption")
        defer { codecs?.stop() }
        let test = try await RegressionTest(
            of: frames,
            device: address,
            rule: rule,
            profile: profile.id,
            parameters: parameters,
            library: inbox.profiles,
            codecs: codecs
        )
        guard test.readingCount > 0 else { throw unfit(profile, test, entry) }
        return Plan(
            address: address,
            test: test,
            row: row,
            warnings: test.omitted + (subscription.map { [$0] } ?? [])
        )
    }

    private func entry(_ letters: DeadLetters) async throws -> Inbox.Entry {
        let inbox = inbox
        let devices = try await OwnThread.run { try inbox.devices(in: letters) }
        guard let device = devices.device(named: request.device) else {
            let names = devices.devices.prefix(Self.namedDevices).map(\.sender.text)
            guard !names.isEmpty else { throw AdoptionRefusal(.init(.inboxEmpty)) }
            let more = devices.devices.count > names.count ? " …" : ""
            throw AdoptionRefusal(.init(.notInInbox, names.joined(separator: ", ") + more))
        }
        guard let entry = try await inbox.entries(of: [device], airTemperature: nil).first,
            !entry.frames.isEmpty
        else {
            throw AdoptionRefusal(.init(.framesGone))
        }
        return entry
    }

    /// The rule that its messages are read by, and what the settings lack for it.
    private func rule(
        for entry: Inbox.Entry,
        _ frames: [ObservedFrame]
    ) throws -> (rule: SubscriptionRule, missing: AdoptionNote?) {
        let text = String(decoding: frames[frames.count - 1].topic, as: UTF8.self)
        let guess = entry.guesses.first { $0.profile == request.profile }
        let rule = inbox.settings.subscriptions.first { $0.topicFilter.matches(text) }
        if let rule, guess == nil || guess.map({ Self.agrees(rule, $0) }) == true {
            return (rule, nil)
        }
        guard let guess, let filter = TopicFilter(text) else {
            throw AdoptionRefusal(.init(.noSubscription, text))
        }
        let encoding = guess.payloadEncoding == .base64 ? "" : ", payload_encoding: hex"
        let line = "{topic: \"\(text)\", family: \(guess.family.rawValue)\(encoding)}"
        return (
            SubscriptionRule(
                topicFilter: filter,
                family: guess.family,
                payloadEncoding: guess.payloadEncoding
            ),
            AdoptionNote(.subscriptionMissing, line)
        )
    }

    private static func agrees(_ rule: SubscriptionRule, _ guess: DeviceGuess) -> Bool {
        rule.family == guess.family && rule.payloadEncoding == guess.payloadEncoding
    }

    /// How the family names the device, which is what the registry has to know it by.
    private func address(
        of frames: [ObservedFrame],
        _ rule: SubscriptionRule,
        library: ProfileLibrary
    ) throws -> String {
        var rule = rule
        rule.profile = nil
        var decoder = MessageDecoder(rules: [rule], library: library)
        var reason = ""
        for frame in frames.reversed() {
            decoder.onlyPart = frame.part
            do throws(DecodingError) {
                _ = try decoder.decode(
                    topic: frame.topic.span,
                    payload: frame.payload.span,
                    receivedAt: frame.receivedAt,
                    flags: []
                )
            } catch {
                if case .unknownDevice(let address, _) = error { return address }
                reason = "\(error)"
            }
        }
        throw AdoptionRefusal(.init(.namesNoDevice, rule.family.rawValue, reason))
    }

    private func unfit(
        _ profile: DeviceProfile,
        _ test: RegressionTest,
        _ entry: Inbox.Entry
    ) -> AdoptionRefusal {
        let count = "\(entry.frames.count)"
        let better = entry.guesses.map(\.profile).joined(separator: ", ")
        let fault =
            better.isEmpty
            ? AdoptionNote(.unfit, profile.id, count)
            : AdoptionNote(.unfitBeside, profile.id, count, better)
        return AdoptionRefusal([fault] + test.omitted.suffix(1))
    }

    // MARK: Writing

    /// Writes test and row, while no other process does so.
    private func commit(
        _ plan: Plan,
        to path: String,
        by person: String,
        at now: Instant
    ) throws {
        let hold = try hold()
        defer { hold.release() }
        guard !FileManager.default.fileExists(atPath: path) else {
            throw AdoptionRefusal(.init(.testExists, path))
        }
        try write(plan.test.text, to: path)
        do {
            try plan.row.write(to: database, by: person, at: now, .allOrNothing)
        } catch {
            // Written a moment ago, where there was none.
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }

    private func hold() throws -> FolderHold {
        let folder = inbox.settings.dataFolder
        do {
            return try FolderHold(folder, fileName: Self.lockFile)
        } catch FileError.alreadyInUse(_, let processID) {
            let process = processID.map { "process \($0)" } ?? "another process"
            throw AdoptionRefusal(.init(.beingAdopted, folder, process))
        }
    }

    private func write(_ text: String, to path: String) throws {
        let folder = URL(filePath: path).deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw GatewayError.unwritable(path: path, reason: "no folder can be made there")
        }
        var output = try OutputText(path, notIn: inbox.settings.dataFolder)
        do {
            try output.write(Array(text.utf8))
            try output.finish()
        } catch {
            output.abandon()
            throw error
        }
    }
}

extension AdoptionNote {
    /// What is wrong with a parameter.
    init(_ fault: ParameterFault) {
        switch fault {
        case .unknown(let id, let profile): self.init(.unknownParameter, id, profile)
        case .outside(let parameter, let value):
            self.init(
                .parameterRange,
                parameter.id,
                PlainNumber.of(value),
                parameter.unit,
                PlainNumber.of(parameter.range.lowerBound),
                PlainNumber.of(parameter.range.upperBound)
            )
        }
    }
}
