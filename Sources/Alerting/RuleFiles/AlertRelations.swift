public import ConfigurationText
internal import Telemetry

/// Which alerts stand for others: causes that absorb, and silences of devices that suspend.
///
/// Both are lists in the form of Alertmanager's `inhibit_rules`:
///
///     inhibit_rules:                      suspend_rules:
///       - source_matchers: ['code="A9"']    - source_matchers: ['code="G1"']
///         target_matchers: ['code="A1"']      target_matchers: ['code!~"G.*"']
///         equal: [feeder]                     equal: [device]
///
/// *Inhibit*: while the source fires, the target is a member of it and is not told on its own.
/// *Suspend*: while the source fires, the target neither opens nor resolves: nothing is known.
///
/// As in Alertmanager, a label of `equal` that both alerts lack counts as equal, and no alert is a
/// target of itself.
/// - Source: Alertmanager, "Configuration", `inhibit_rule`; the older `source_match` and
///   `target_match` are not read.
public struct AlertRelations: Sendable {
    /// Causes and what they absorb.
    public let inhibitions: [AlertRelation]
    /// Silences and what they suspend.
    public let suspensions: [AlertRelation]

    /// Creates relations.
    public init(inhibitions: [AlertRelation] = [], suspensions: [AlertRelation] = []) {
        self.inhibitions = inhibitions
        self.suspensions = suspensions
    }

    /// No relations: every alert stands for itself.
    public static let none = AlertRelations()

    /// These relations with others after them.
    public func adding(_ others: AlertRelations) -> AlertRelations {
        AlertRelations(
            inhibitions: inhibitions + others.inhibitions,
            suspensions: suspensions + others.suspensions
        )
    }

    /// Reads a file with `inhibit_rules`, `suspend_rules` or both.
    ///
    /// - Throws: `ConfigurationFaults` with every fault: file, line, field, what would be right.
    public static func parse(text: String, file: String) throws(ConfigurationFaults)
        -> AlertRelations
    {
        let root: ConfigurationNode
        do {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        var faults = FaultCollector()
        root.allowKeys(["inhibit_rules", "suspend_rules"], &faults)
        let inhibitions = root["inhibit_rules"]?.sequence(&faults) ?? []
        let suspensions = root["suspend_rules"]?.sequence(&faults) ?? []
        let relations = AlertRelations(
            inhibitions: inhibitions.compactMap { AlertRelation($0, &faults) },
            suspensions: suspensions.compactMap { AlertRelation($0, &faults) }
        )
        try faults.check()
        return relations
    }
}
