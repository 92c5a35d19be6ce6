internal import ConfigurationText
internal import Telemetry

/// Reads one indicator of a criteria set.
struct IndicatorReader {
    /// Id of the set, which every key of an indicator carries.
    let setID: String
    /// Why thresholds are not loaded, where an indicator does not say it itself.
    let thresholdNote: BilingualText?
    /// Whether the set holds limits of water, which F2 and F6 need.
    let hasWaterLimits: Bool

    func indicator(
        _ node: ConfigurationNode,
        sharing reader: inout CriteriaSetReader
    ) -> Indicator? {
        node.allowKeys(
            [
                "code", "name", "evidence", "computation", "unit", "comparison", "thresholds",
                "threshold_note", "attested_part",
            ],
            &reader.faults
        )
        let code = reader.required("code", node)
        let name = node.required("name", &reader.faults).flatMap { reader.name($0) }
        let evidence = node.required("evidence", &reader.faults).flatMap {
            reader.choice(EvidenceKind.self, $0)
        }
        let unit = reader.required("unit", node)
        let comparison =
            node["comparison"].map { reader.choice(Comparison.self, $0) } ?? .atLeast
        let note = node["threshold_note"].flatMap { reader.bilingual($0) }
        let part = node["attested_part"].flatMap { reader.bilingual($0) }
        guard let code, let name, let evidence, let unit, let comparison else { return nil }
        let computation = ComputationReader(
            key: "\(setID):\(code)",
            unit: unit,
            evidence: evidence,
            hasWaterLimits: hasWaterLimits
        ).computation(node, sharing: &reader)
        guard let computation else { return nil }
        let isFinding = if case .attestation = computation { true } else { false }
        let thresholds = node["thresholds"].map {
            self.thresholds($0, isFinding: isFinding, sharing: &reader)
        }
        return Indicator(
            code: code,
            name: name,
            evidence: evidence,
            computation: computation,
            unit: unit,
            comparison: comparison,
            thresholds: thresholds ?? [],
            thresholdNote: note ?? thresholdNote,
            attestedPart: part
        )
    }

    private func thresholds(
        _ node: ConfigurationNode,
        isFinding: Bool,
        sharing reader: inout CriteriaSetReader
    ) -> [Threshold] {
        var thresholds: [Threshold] = []
        for element in node.sequence(&reader.faults) {
            element.allowKeys(
                ["region", "value", "class", "source", "from", "to"],
                &reader.faults
            )
            let region = element["region"].map { $0.text(&reader.faults) } ?? Threshold.everywhere
            let requirement = element.required("value", &reader.faults).flatMap {
                self.requirement($0, isFinding: isFinding, sharing: &reader)
            }
            let confidence = reader.verified("a threshold", element)
            let source = reader.required("source", element)
            let from = element["from"].flatMap { reader.day($0) }
            let to = element["to"].flatMap { reader.day($0) }
            guard let region, let requirement, let confidence, let source else { continue }
            let threshold = Threshold(
                region: region,
                requirement: requirement,
                confidence: confidence,
                source: source,
                validFrom: from,
                validTo: to
            )
            if let threshold { thresholds.append(threshold) }
        }
        return thresholds
    }

    private func requirement(
        _ node: ConfigurationNode,
        isFinding: Bool,
        sharing reader: inout CriteriaSetReader
    ) -> Threshold.Requirement? {
        let isAttested = node.scalarText == "attested"
        guard isAttested == isFinding else {
            reader.faults.note(
                node,
                isFinding
                    ? "an attestation is held against 'attested', found \(node.kindName)"
                    : "a number is needed, only an attestation is held against 'attested'"
            )
            return nil
        }
        return isAttested ? .attested : node.number(&reader.faults).map { .number($0) }
    }
}
