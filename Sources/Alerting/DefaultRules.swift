internal import ConfigurationText
internal import Foundation
internal import Telemetry

/// The rules that come with the gateway.
public enum DefaultRules {
    /// Names of the rule files in the order in which their groups are evaluated.
    ///
    /// Devices come first: a silent device suspends the alerts of the files after.
    public static let ruleFileNames = [
        "devices.yaml", "quality.yaml", "lighting.yaml", "waste.yaml", "water.yaml",
    ]
    /// Names of the files with relations.
    public static let relationFileNames = ["inhibit.yaml", "suspend.yaml"]

    /// The text of one of the files.
    ///
    /// - Throws: ``AlertingError/missingResource(name:)`` when it was not installed.
    public static func text(of name: String) throws(AlertingError) -> String {
        let url = Bundle.module.bundleURL.appending(path: "Rules/\(name)")
        do {
            return try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw .missingResource(name: "Rules/\(name)")
        }
    }

    /// The groups of all rule files, in the order of evaluation.
    ///
    /// - Throws: ``AlertingError/missingResource(name:)``, or `ConfigurationFaults` when a file
    ///   that was installed has been changed and is faulty now.
    public static func groups() throws -> [RuleGroup] {
        try ruleFileNames.flatMap { name in
            try RuleFile.parse(text: try text(of: name), file: name).groups
        }
    }

    /// The relations of all files.
    ///
    /// - Throws: as ``groups()``.
    public static func relations() throws -> AlertRelations {
        try relationFileNames.reduce(.none) { relations, name in
            relations.adding(try AlertRelations.parse(text: try text(of: name), file: name))
        }
    }
}
