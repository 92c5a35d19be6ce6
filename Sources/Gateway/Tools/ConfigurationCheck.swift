internal import Alerting
internal import ConfigurationText
internal import Decoding
internal import Foundation
internal import MQTT
internal import Registry
internal import RingStore
public import Telemetry

/// What `langso check` found.
public struct CheckReport: Codable, Sendable {
    /// What must be mended: `file:line:column: field: message`.
    public var faults: [String] = []
    /// What is allowed and yet likely a mistake.
    public var warnings: [String] = []
    /// What was read, by its name, as `device profiles`.
    public var counts: [String: Int] = [:]
    /// What is right and worth knowing: what the next start will make.
    public var notes: [String] = []
    /// What else the broker showed, when it was asked: severity, check and message.
    public var broker: [String] = []

    /// Whether a gateway can run by it.
    public var isGood: Bool { faults.isEmpty }
}

/// Reads everything that a gateway would, and starts nothing.
public enum ConfigurationCheck {
    /// Checks settings, device profiles, registry files, rules and criteria sets.
    ///
    /// - Parameters:
    ///   - path: the settings file.
    ///   - asksBroker: whether to connect to the broker and look for its traps too.
    ///   - environment: where passwords are looked up.
    ///   - now: the time of day.
    /// - Returns: every fault of every file.
    public static func run(
        _ path: String,
        asksBroker: Bool,
        environment: [String: String],
        now: Instant
    ) async -> CheckReport {
        var report = CheckReport()
        let settings: GatewaySettings
        do {
            settings = try GatewaySettings.load(path, environment: environment)
        } catch {
            report.faults = lines(of: error)
            return report
        }
        do {
            let database = try RegistryDatabase.inMemory()
            let deployment = try Deployment(settings, database: database, by: "check", at: now)
            report.warnings = deployment.warnings + [settings.prefixWarning].compactMap(\.self)
            if let imported = deployment.importReport {
                report.faults += imported.refused.map { "\($0)" }
                report.warnings += imported.warnings.map { "\($0)" }
            }
            report.counts = [
                "device profiles": deployment.profiles.profiles.count,
                "devices": deployment.registry.devices.count,
                "villages": deployment.registry.villages.count,
                "rule groups": deployment.groups.count,
                "rules": deployment.groups.reduce(0) { $0 + $1.rules.count },
                "criteria sets": deployment.criteriaSets.count,
                "subscriptions": settings.subscriptions.count,
            ]
        } catch {
            report.faults += lines(of: error)
        }
        noteSizes(of: settings, in: &report)
        guard asksBroker else { return report }
        let probe = BrokerProbe(settings.broker)
        let findings = await OwnThread.run { probe.run() }
        for finding in findings {
            switch finding.severity {
            case .fault: report.faults.append("broker: \(finding.message)")
            case .warning: report.warnings.append("broker: \(finding.message)")
            case .notice, .good: report.broker.append(finding.description)
            }
        }
        return report
    }

    /// Compares the sizes with those of the data on disk, which are fixed; a gateway may run on it.
    private static func noteSizes(of settings: GatewaySettings, in report: inout CheckReport) {
        do throws(StoreError) {
            try RingStore.check(folder: settings.dataFolder, settings: settings.store)
            let found = try RingStore.sizes(folder: settings.dataFolder).rollupBytes
            for tier in StoreTier.rollups where found[tier] == nil {
                guard let bytes = settings.store.rollupBytes[tier] else { continue }
                report.notes.append(
                    "data: the next start makes the \(tier.rawValue) tier, which the store does "
                        + "not have yet, of \(SizeText.print(bytes))"
                )
            }
        } catch .file(let fault) {
            note(fault, in: &report)
        } catch {
            report.faults.append("data: \(error)")
        }
        do throws(JournalError) {
            try JournalReader(folder: settings.dataFolder).requireRoomForEveryRecord()
        } catch .file(let fault) {
            note(fault, in: &report)
        } catch {
            report.faults.append("data: \(error)")
        }
    }

    /// A folder without data is good, and what this user cannot read the gateway's may.
    private static func note(_ fault: FileError, in report: inout CheckReport) {
        if !fault.isNotFound { report.warnings.append("data: \(fault)") }
    }

    private static func lines(of error: any Error) -> [String] {
        if let many = error as? ConfigurationFaults { return many.faults.map(\.description) }
        return ["\(error)"]
    }
}

extension GatewaySettings {
    /// Reads a settings file from the disk.
    ///
    /// - Throws: `ConfigurationFaults`, or ``GatewayError/unreadable(path:reason:)``.
    public static func load(
        _ path: String,
        environment: [String: String]
    ) throws -> GatewaySettings {
        try parse(text: try InputFile.text(path), file: path, environment: environment)
    }
}
