internal import ConfigurationText
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
/// registry refuses, so that neither stands without the other.
struct Adoption {
    let inbox: Inbox
    let database: RegistryDatabase
    let request: AdoptionRequest

    /// What the choice comes to.
    private struct Plan {
        let profile: DeviceProfile
        let address: String
        let test: RegressionTest
        let row: [(column: String, value: String)]
        let isNew: Bool
        var warnings: [String]
    }

    /// Devices that a refusal names.
    private static let namedDevices = 5
    /// Who is noted when nobody says who decides.
    static let nobody = "langso devices adopt"

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
        let folder = try profilesFolder()
        let path = "\(folder)/\(plan.test.path)"
        let isDryRun = request.dryRun ?? false
        try importRow(plan, at: now, mode: .dryRun)
        if plan.test.exampleCount > 0, FileManager.default.fileExists(atPath: path) {
            throw AdoptionRefusal([
                "its regression test \(path) is there already, of an earlier adoption; move it away"
            ])
        }
        if !isDryRun {
            if plan.test.exampleCount > 0 { try write(plan.test.text, to: path) }
            do {
                try importRow(plan, at: now, mode: .allOrNothing)
            } catch {
                try? FileManager.default.removeItem(atPath: path)
                throw error
            }
        }
        return AdoptionView(
            written: !isDryRun,
            code: request.code,
            address: plan.address,
            profile: plan.profile.id,
            isNew: plan.isNew,
            testFile: plan.test.exampleCount > 0 ? path : "",
            examples: plan.test.exampleCount,
            warnings: plan.warnings
        )
    }

    // MARK: Checking

    private func plan(_ letters: DeadLetters) async throws -> Plan {
        guard let profile = inbox.profiles[request.profile] else {
            throw AdoptionRefusal([
                "there is no device profile '\(request.profile)'; langso devices test lists them"
            ])
        }
        let registry = try database.snapshot()
        let (entry, frames) = try await device(letters, registry)
        let (rule, subscription) = try rule(for: entry, frames)
        let address = try address(of: frames, rule, library: inbox.profiles)
        let faults = profile.faults(of: request.parameters ?? [:])
        guard faults.isEmpty else { throw AdoptionRefusal(faults) }
        let test = try RegressionTest(
            of: frames,
            device: address,
            rule: rule,
            profile: profile.id,
            parameters: request.parameters ?? [:],
            library: inbox.profiles
        )
        var warnings = test.omitted
        if let subscription { warnings.append(subscription) }
        if test.readingCount == 0 {
            let isGuessed = entry.guesses.contains { $0.profile == profile.id }
            guard profile.codec != nil, isGuessed else { throw unfit(profile, test, entry) }
            warnings.append("frames that a codec decodes become no regression test yet")
        }
        let (row, isNew) = try row(profile, address, registry)
        return Plan(
            profile: profile,
            address: address,
            test: test,
            row: row,
            isNew: isNew,
            warnings: warnings
        )
    }

    private func device(
        _ letters: DeadLetters,
        _ registry: RegistrySnapshot
    ) async throws -> (Inbox.Entry, [ObservedFrame]) {
        let devices = try inbox.devices(in: letters, registry: registry)
        guard let device = devices.device(named: request.device) else {
            let names = devices.devices.prefix(Self.namedDevices).map(\.sender.text)
            let known = names.isEmpty ? "it is empty" : "there are \(names.joined(separator: ", "))"
            throw AdoptionRefusal([
                "no device of this name is in the inbox; \(known)"
                    + (devices.devices.count > names.count ? " and others" : "")
            ])
        }
        guard let entry = try await inbox.entries(of: [device], airTemperature: nil).first,
            !entry.frames.isEmpty
        else {
            throw AdoptionRefusal(["the journal does not hold its frames any more"])
        }
        return (entry, entry.frames.map(\.frame))
    }

    /// The rule that its messages are read by, and what the settings lack for it.
    private func rule(
        for entry: Inbox.Entry,
        _ frames: [ObservedFrame]
    ) throws -> (rule: SubscriptionRule, missing: String?) {
        let text = String(decoding: frames[frames.count - 1].topic, as: UTF8.self)
        let guess = entry.guesses.first { $0.profile == request.profile }
        let rule = inbox.settings.subscriptions.first { $0.topicFilter.matches(text) }
        if let rule, guess == nil || guess.map({ Self.agrees(rule, $0) }) == true {
            return (rule, nil)
        }
        guard let guess, let filter = TopicFilter(text) else {
            throw AdoptionRefusal([
                "no subscription of the settings says which family '\(text)' carries; add one"
            ])
        }
        let encoding = guess.payloadEncoding == .base64 ? "" : ", payload_encoding: hex"
        let line = "{topic: \"\(text)\", family: \(guess.family.rawValue)\(encoding)}"
        return (
            SubscriptionRule(
                topicFilter: filter,
                family: guess.family,
                payloadEncoding: guess.payloadEncoding
            ),
            "its messages are decoded once the settings have the subscription \(line), before any "
                + "other for the topic"
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
        var reason = "its messages name no device"
        for frame in frames.reversed() {
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
        throw AdoptionRefusal(["as \(rule.family.rawValue) its messages name no device: \(reason)"])
    }

    private func unfit(
        _ profile: DeviceProfile,
        _ test: RegressionTest,
        _ entry: Inbox.Entry
    ) -> AdoptionRefusal {
        let better = entry.guesses.map(\.profile)
        let advice =
            better.isEmpty
            ? "no profile reads them; write one, see the page Device profiles"
            : "these would: \(better.joined(separator: ", "))"
        let reason = test.omitted.last.map { " (\($0))" } ?? ""
        return AdoptionRefusal([
            "the profile '\(profile.id)' finds no measurement in its \(entry.frames.count) frames"
                + "\(reason); \(advice)"
        ])
    }

    // MARK: The registry

    private func row(
        _ profile: DeviceProfile,
        _ address: String,
        _ registry: RegistrySnapshot
    ) throws -> (row: [(column: String, value: String)], isNew: Bool) {
        let stored = registry.device(request.code)
        if let other = stored?.address, other != address {
            throw AdoptionRefusal([
                "'\(request.code)' is the device with the address \(other); choose another code, "
                    + "or exchange the device"
            ])
        }
        let kind =
            request.kind ?? stored?.kind.rawValue
            ?? RegistrySnapshot.DeviceKind(profile.kind).rawValue
        let village =
            request.village ?? request.site.flatMap { registry.site($0)?.village }
            ?? stored?.village
        guard let village else {
            let word = request.site.map { "the site '\($0)' is not known; name it or" } ?? "name"
            throw AdoptionRefusal([
                "it has to stand somewhere: \(word) the village by --village (API: village), or a "
                    + "site by --site (API: site)"
            ])
        }
        var row: [(column: String, value: String)] = [
            ("code", request.code), ("address", address), ("kind", kind),
            ("profile", profile.id), ("village", village),
        ]
        let parameters = (request.parameters ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key)=\(PlainNumber.of($0.value))" }
            .joined(separator: ";")
        let more: [(String, String?)] = [
            ("name", request.name), ("site", request.site), ("feeder", request.feeder),
            ("route", request.route), ("zone", request.zone),
            ("parameters", parameters.isEmpty ? nil : parameters),
        ]
        row += more.compactMap { column, value in value.map { (column, $0) } }
        return (row, stored == nil)
    }

    private func importRow(_ plan: Plan, at now: Instant, mode: ImportMode) throws {
        let file = RegistryFile(
            name: "adoption of \(plan.address)",
            table: "devices",
            rows: [
                RegistryFile.Row(line: 1, fields: plan.row.map { .text($0.column) }),
                RegistryFile.Row(line: 2, fields: plan.row.map { .text($0.value) }),
            ]
        )
        let person = request.by ?? Self.nobody
        let report = try database.importFiles([file], by: person, at: now, mode: mode)
        guard report.refused.isEmpty else {
            throw AdoptionRefusal(
                report.refused.map { fault in
                    fault.field.isEmpty ? fault.message : "\(fault.field): \(fault.message)"
                }
            )
        }
    }

    // MARK: The test

    private func profilesFolder() throws -> String {
        if let folder = inbox.settings.profilesFolder { return folder }
        throw AdoptionRefusal([
            "the settings name no folder of own profiles, where its regression test belongs; add "
                + "profiles: profiles to them"
        ])
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
