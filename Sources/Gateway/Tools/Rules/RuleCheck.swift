internal import Alerting
internal import ConfigurationText

/// What `langso rules check` found in rule files.
public struct RuleCheck: Codable, Sendable {
    /// What was found in one file.
    public struct File: Codable, Sendable {
        /// The file as it was named.
        public var file: String
        /// How many rules it has; 0 when it has faults.
        public var rules = 0
        /// What must be mended: `file:line:column: field: message`.
        public var faults: [String] = []
        /// What is allowed and yet likely a mistake.
        public var warnings: [String] = []

        /// Whether a gateway and Prometheus can run by it.
        public var isGood: Bool { faults.isEmpty }
    }

    /// The files in the order in which they were named.
    public var files: [File]

    /// Whether all files are good.
    public var isGood: Bool { files.allSatisfy(\.isGood) }

    /// Whether any file has a warning.
    public var hasWarnings: Bool { files.contains { !$0.warnings.isEmpty } }

    /// Reads files; those that cannot be read have that as their fault.
    public init(files paths: [String]) {
        files = paths.map(Self.check)
    }

    private static func check(_ path: String) -> File {
        var report = File(file: path)
        do {
            let file = try RuleFile.forGateway(text: try InputFile.text(path), file: path)
            report.rules = file.groups.reduce(0) { $0 + $1.rules.count }
            report.warnings = file.warnings.map(\.description)
        } catch let faults as ConfigurationFaults {
            report.faults = faults.faults.map(\.description)
        } catch {
            report.faults = ["\(error)"]
        }
        return report
    }
}
