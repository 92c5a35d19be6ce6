internal import Alerting
internal import ConfigurationText
internal import Decoding
internal import DeviceProfiles
internal import Foundation
internal import Indicators
internal import QualityControl
internal import Registry
internal import Telemetry

/// Everything a gateway runs by, read and checked: profiles, registry, rules, criteria sets.
///
/// Reading notes every fault and goes on, so that one run shows them all.
struct Deployment: Sendable {
    let settings: GatewaySettings
    let profiles: ProfileLibrary
    let registry: RegistrySnapshot
    /// What the import of the registry folder said; nil without a folder.
    let importReport: ImportReport?
    let groups: [RuleGroup]
    let relations: AlertRelations
    let criteriaSets: [CriteriaSet]
    /// What is allowed and yet likely a mistake.
    let warnings: [String]

    /// Reads all parts.
    ///
    /// - Parameters:
    ///   - settings: says where they lie.
    ///   - database: takes the registry folder in; in memory for a check.
    ///   - person: who is noted as having imported.
    ///   - now: the time of day.
    /// - Throws: `ConfigurationFaults` with every fault of every file.
    init(
        _ settings: GatewaySettings,
        database: RegistryDatabase,
        by person: String,
        at now: Instant
    ) throws {
        var faults = FaultCollector()
        var warnings: [String] = []
        self.settings = settings
        profiles = Self.profiles(settings, &faults)
        (groups, relations) = Self.rules(settings, &faults, &warnings)
        criteriaSets = Self.criteria(settings, &faults)
        var report: ImportReport?
        if let folder = settings.registryFolder {
            do {
                let files = try RegistryFile.files(inFolder: folder)
                // Each start reads the folder again, which knows nothing of what was adopted.
                report = try database.importFiles(
                    files,
                    by: person,
                    at: now,
                    keepingAdopted: true
                )
            } catch {
                faults.note(ConfigurationFault(file: folder, message: "\(error)"))
            }
        }
        importReport = report
        registry = try database.snapshot().knowing(profiles)
        Self.checkProfiles(of: settings, registry, profiles, &faults, &warnings)
        warnings += Self.unknownQualityDevices(in: settings, registry)
        Self.checkCodecs(of: settings, profiles, &faults)
        try faults.check()
        self.warnings = warnings
    }

    private static func profiles(
        _ settings: GatewaySettings,
        _ faults: inout FaultCollector
    ) -> ProfileLibrary {
        var library = ProfileLibrary.empty
        do {
            library = try ProfileLibrary.shipped(overlaidWith: nil)
        } catch {
            note(error, file: DeviceProfiles.folder, &faults)
        }
        guard let folder = settings.profilesFolder else { return library }
        do {
            let own = try DeviceProfiles.profiles(in: folder)
            let texts = own.map { ProfileText(file: "\(folder)/\($0.name)", text: $0.text) }
            return library.overlaid(with: try ProfileLibrary(folder: texts))
        } catch {
            note(error, file: folder, &faults)
            return library
        }
    }

    /// The groups and relations in force; notes faults and warnings.
    static func rules(
        _ settings: GatewaySettings,
        _ faults: inout FaultCollector,
        _ warnings: inout [String]
    ) -> ([RuleGroup], AlertRelations) {
        do {
            guard let folder = settings.rulesFolder else {
                return (try DefaultRules.groups(), try DefaultRules.relations())
            }
            var groups: [RuleGroup] = []
            var relations = AlertRelations.none
            for (file, text) in try yamlFiles(in: folder) {
                do {
                    if text.contains("inhibit_rules:") || text.contains("suspend_rules:") {
                        relations = relations.adding(
                            try AlertRelations.parse(text: text, file: file)
                        )
                    } else {
                        let parsed = try RuleFile.forGateway(text: text, file: file)
                        groups += parsed.groups
                        warnings += parsed.warnings.map(\.description)
                    }
                } catch {
                    note(error, file: file, &faults)
                }
            }
            return (groups, relations)
        } catch {
            note(error, file: settings.rulesFolder ?? "rules", &faults)
            return ([], .none)
        }
    }

    private static func criteria(
        _ settings: GatewaySettings,
        _ faults: inout FaultCollector
    ) -> [CriteriaSet] {
        do {
            guard let folder = settings.criteriaFolder else {
                return try ShippedCriteriaSets.all()
            }
            var sets: [CriteriaSet] = []
            for (file, text) in try yamlFiles(in: folder) {
                do {
                    sets.append(try CriteriaSet.parse(text: text, file: file))
                } catch {
                    note(error, file: file, &faults)
                }
            }
            return sets
        } catch {
            note(error, file: settings.criteriaFolder ?? "criteria", &faults)
            return []
        }
    }

    /// A profile that is named somewhere and is nowhere would only show when a message comes.
    private static func checkProfiles(
        of settings: GatewaySettings,
        _ registry: RegistrySnapshot,
        _ library: ProfileLibrary,
        _ faults: inout FaultCollector,
        _ warnings: inout [String]
    ) {
        for rule in settings.subscriptions {
            guard let profile = rule.profile, library[profile] == nil else { continue }
            faults.note(
                ConfigurationFault(
                    file: "subscriptions",
                    field: rule.topicFilter.description,
                    message: "there is no device profile '\(profile)'"
                )
            )
        }
        let missing = Dictionary(grouping: registry.devices) { $0.profile ?? "" }
            .filter { !$0.key.isEmpty && library[$0.key] == nil }
        for (profile, devices) in missing.sorted(by: { $0.key < $1.key }) {
            let codes = devices.prefix(5).map(\.code).joined(separator: ", ")
            warnings.append(
                "\(devices.count) devices have the profile '\(profile)', which does not exist: "
                    + "\(codes); their messages cannot be decoded"
            )
        }
    }

    /// Warns of devices that checks are set for and the registry does not have; an empty registry
    /// is filled later.
    private static func unknownQualityDevices(
        in settings: GatewaySettings,
        _ registry: RegistrySnapshot
    ) -> [String] {
        let codes = Set(registry.devices.map(\.code))
        if codes.isEmpty { return [] }
        return settings.quality.devices.keys.filter { !codes.contains($0) }.sorted().map {
            "quality.devices names '\($0)', which is the code of no device of the registry: its "
                + "checks have no effect; correct the code or remove the entry"
        }
    }

    private static func yamlFiles(in folder: String) throws -> [(file: String, text: String)] {
        try InputFile.names(inFolder: folder)
            .filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }
            .map {
                ("\(folder)/\($0)", try InputFile.text("\(folder)/\($0)"))
            }
    }

    private static func note(_ error: any Error, file: String, _ faults: inout FaultCollector) {
        if let many = error as? ConfigurationFaults {
            for fault in many.faults { faults.note(fault) }
        } else if let one = error as? ConfigurationFault {
            faults.note(one)
        } else {
            faults.note(ConfigurationFault(file: file, message: "\(error)"))
        }
    }
}
