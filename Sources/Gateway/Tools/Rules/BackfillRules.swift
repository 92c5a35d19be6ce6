internal import Alerting
internal import ConfigurationText

/// The rules of a backfill: those of some files, or all that the gateway has.
struct BackfillRules {
    var groups: [RuleGroup]
    /// Of the gateway, also beside the rules of files.
    var relations: AlertRelations

    /// Reads files and settings.
    ///
    /// - Throws: `ConfigurationFaults` with every fault; ``GatewayError/unreadable(path:reason:)``,
    ///   ``GatewayError/usage(_:)`` for a file that is named twice.
    init(_ request: RuleBackfillReport.Request) throws {
        var seen: Set<String> = []
        for file in request.files where !seen.insert(file).inserted {
            throw GatewayError.usage("\(file) is named twice")
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
            groups = try request.files.flatMap { file in
                try RuleFile.parse(text: try InputFile.text(file), file: file).groups
            }
        }
    }
}
