internal import Alerting
internal import ConfigurationText
internal import Foundation

/// The rules of a backfill: those of some files, or all that the gateway has.
struct BackfillRules {
    var groups: [RuleGroup]
    /// The gateway's groups beside those of files.
    var others: [RuleGroup] = []
    /// Of the gateway, also beside the rules of files.
    var relations: AlertRelations

    /// Reads files and settings.
    ///
    /// - Throws: `ConfigurationFaults` with every fault; ``GatewayError/unreadable(path:reason:)``,
    ///   ``GatewayError/usage(_:)`` for a file that is named twice, and where neither files nor
    ///   settings say which rules.
    init(_ request: RuleBackfillReport.Request) throws {
        var seen: Set<String> = []
        for file in request.files where !seen.insert(file).inserted {
            throw GatewayError.usage("\(file) is named twice")
        }
        guard request.settings != nil || !request.files.isEmpty else {
            throw GatewayError.usage(
                "no rule files are named: name the gateway's settings with --config, so that its "
                    + "own rules are known"
            )
        }
        var faults = FaultCollector()
        var warnings: [String] = []
        let (own, relations) =
            try request.settings.map { Deployment.rules($0, &faults, &warnings) }
            ?? (DefaultRules.groups(), DefaultRules.relations())
        try faults.check()
        self.relations = relations
        groups = own
        if !request.files.isEmpty {
            let named = try request.files.flatMap { file in
                try RuleFile.forGateway(text: try InputFile.text(file), file: file).groups
            }
            groups = named
            let isShipped = request.settings?.rulesFolder == nil
            others = own.filter { group in
                !named.contains { Self.isSame($0, group, isShipped: isShipped) }
            }
        }
    }

    /// Whether a group of a named file is one of the gateway's: from the same file, or, where the
    /// gateway's are those that ship, from a copy of it.
    private static func isSame(_ named: RuleGroup, _ own: RuleGroup, isShipped: Bool) -> Bool {
        let file = URL(fileURLWithPath: named.file).resolvingSymlinksInPath()
        if isShipped { return file.lastPathComponent == own.file && named.name == own.name }
        return file.path == URL(fileURLWithPath: own.file).resolvingSymlinksInPath().path
    }
}
