internal import Decoding
internal import Foundation
internal import Ingest
internal import Registry
internal import RingStore
public import Telemetry
public import WebServer

/// The inbox of unknown devices on the command line.
public enum InboxTool {
    /// Which gateway is meant.
    public enum Target: Sendable {
        /// One that runs, by its address.
        case running(url: String)
        /// One that may stand still, by its settings.
        case settings(GatewaySettings)
    }

    /// Where an adopted device belongs: codes of the registry.
    public struct Place: Sendable {
        let name: String?
        let village: String?
        let site: String?
        let feeder: String?
        let route: String?
        let zone: String?

        /// Creates a place; what is nil stays as it is in the registry.
        public init(
            name: String?,
            village: String?,
            site: String?,
            feeder: String?,
            route: String?,
            zone: String?
        ) {
            self.name = name
            self.village = village
            self.site = site
            self.feeder = feeder
            self.route = route
            self.zone = zone
        }
    }

    /// The unknown devices with what they may be.
    ///
    /// By settings those of the last checkpoint, which a gateway makes when it is stopped, and else
    /// every 15 minutes.
    /// - Throws: ``GatewayError`` and what reading the folder throws.
    public static func list(_ gateway: Target, limit: Int) async throws -> InboxView {
        switch gateway {
        case .running(let url):
            return try await GatewayQuestion.ask(
                "inbox?limit=\(limit)",
                of: url,
                as: InboxView.self
            )
        case .settings(let settings):
            let (inbox, database, letters) = try open(settings, isReadOnly: true)
            let registry = try database.snapshot()
            let devices = try inbox.devices(in: letters, registry: registry)
            let entries = try await inbox.entries(
                of: Array(devices.devices.prefix(limit)),
                airTemperature: nil
            )
            return InboxView(
                devices: entries.map { UnknownDeviceView($0, inbox.profiles) },
                omitted: devices.omittedCount + devices.devices.count - entries.count,
                canAdopt: settings.takesAdoptions,
                places: InboxPlaces(registry)
            )
        }
    }

    /// Registers an unknown device.
    ///
    /// - Parameters:
    ///   - device: its name in the inbox, or its address.
    ///   - profile: reads it from now on.
    ///   - code: that the registry has, or will have, for it.
    ///   - kind: of service; nil takes that of the registered device or of the profile.
    ///   - place: where it belongs.
    ///   - parameters: sizes of what it sits on.
    ///   - person: who decides, for the audit log.
    ///   - isDryRun: whether to write nothing and only tell.
    ///   - gateway: whose inbox it is in.
    ///   - now: the time of day.
    /// - Throws: `AdoptionRefusal`, ``GatewayError`` and what reading and writing throws.
    /// - Returns: what was done, or would be.
    public static func adopt(
        _ device: String,
        as profile: String,
        code: String,
        kind: String?,
        place: Place,
        parameters: [String: Double],
        by person: String,
        isDryRun: Bool,
        _ gateway: Target,
        at now: Instant
    ) async throws -> AdoptionView {
        var request = AdoptionRequest(device: device, profile: profile, code: code)
        request.kind = kind
        request.name = place.name
        request.village = place.village
        request.site = place.site
        request.feeder = place.feeder
        request.route = place.route
        request.zone = place.zone
        request.parameters = parameters.isEmpty ? nil : parameters
        request.by = person
        request.dryRun = isDryRun
        switch gateway {
        case .running(let url):
            let body = try JSONEncoder().encode(request)
            return try await GatewayQuestion.ask(
                "inbox/adopt",
                of: url,
                body: body,
                as: AdoptionView.self
            )
        case .settings(let settings):
            let (inbox, database, letters) = try open(settings, isReadOnly: isDryRun)
            return try await Adoption(inbox: inbox, database: database, request: request)
                .run(letters, at: now)
        }
    }

    private static func open(
        _ settings: GatewaySettings,
        isReadOnly: Bool
    ) throws -> (Inbox, RegistryDatabase, DeadLetters) {
        let letters = try IngestPipeline.deadLetters(inFolder: settings.dataFolder)
        let library = try ProfileLibrary.shipped(overlaidWith: settings.profilesFolder)
        let path = "\(settings.dataFolder)/\(GatewayRuntime.registryFile)"
        let isThere = FileManager.default.fileExists(atPath: path)
        let database =
            isReadOnly && !isThere
            ? try RegistryDatabase.inMemory() : try RegistryDatabase(path: path)
        return (Inbox(settings, library), database, letters)
    }
}

extension InboxView {
    /// The devices as lines for people.
    public var lines: [String] {
        if devices.isEmpty { return ["no unknown device has sent anything that is kept"] }
        return devices.flatMap(\.lines) + (omitted > 0 ? ["\(omitted) more devices"] : [])
    }
}

extension AdoptionView {
    /// What was done as lines for people.
    public var lines: [String] {
        let row = isNew ? "a new device" : "a registered device"
        var lines = ["\(address) is \(code), \(row), read by \(profile)"]
        if examples > 0 { lines.append("regression test: \(testFile), \(examples) frames") }
        lines += warnings.map { "warning: \($0)" }
        if let decoded, let failed {
            lines.append("\(decoded) messages decoded again, \(failed) still cannot be")
        } else if written {
            lines.append("written; the gateway takes it, and decodes what waits, when it starts")
        } else {
            lines.append("nothing was written: this was a dry run, and all is right")
        }
        return lines
    }
}
