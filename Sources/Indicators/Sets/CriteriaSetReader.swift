internal import ConfigurationText
internal import Telemetry

/// Reads the nodes of a criteria set; goes on after a fault, so that one run shows them all.
struct CriteriaSetReader {
    var faults = FaultCollector()

    /// Criteria and indicators that a set may have; the largest known has 75 indicators.
    static let maximumIndicatorCount = 1000

    mutating func set(_ node: ConfigurationNode) -> CriteriaSet? {
        node.allowKeys(
            [
                "id", "version", "title", "source", "valid", "counts", "threshold_note",
                "water_limits", "criteria",
            ],
            &faults
        )
        let id = required("id", node)
        let version = required("version", node)
        let title = node.required("title", &faults).flatMap { bilingual($0) }
        let source = node.required("source", &faults).flatMap { self.source($0) }
        let valid = node.required("valid", &faults).flatMap { span($0) }
        let counts = node.required("counts", &faults).flatMap { self.counts($0) }
        let note = node["threshold_note"].flatMap { bilingual($0) }
        let limits = node["water_limits"].map { self.waterLimits($0) } ?? []
        let faultsBefore = faults.faults.count
        let listed = node.required("criteria", &faults).map {
            criteria($0, setID: id ?? "", thresholdNote: note, hasWaterLimits: !limits.isEmpty)
        }
        guard let id, let version, let title, let source, let valid, let counts, let listed,
            let from = valid.from
        else {
            if let valid, valid.from == nil, let place = node["valid"] {
                faults.note(place, "the key 'from' is missing")
            }
            return nil
        }
        // What was dropped for a fault of its own must not be missed as well.
        if faults.faults.count == faultsBefore { check(listed, counts, node) }
        return CriteriaSet(
            id: id,
            version: version,
            title: title,
            source: source,
            validFrom: from,
            validTo: valid.to,
            criteriaCount: counts.criteria,
            indicatorCount: counts.indicators,
            countSource: counts.source,
            countConfidence: counts.confidence,
            criteria: listed,
            waterLimits: limits.sorted { $0.validFrom < $1.validFrom }
        )
    }

    // MARK: Head

    private mutating func source(_ node: ConfigurationNode) -> CriteriaSet.Source? {
        node.allowKeys(["decision", "date", "text"], &faults)
        let decision = required("decision", node)
        let date = node.required("date", &faults).flatMap { day($0) }
        let text = required("text", node)
        guard let decision, let date, let text else { return nil }
        return CriteriaSet.Source(decision: decision, date: date, text: text)
    }

    private struct Counts {
        let criteria: Int
        let indicators: Int
        let source: String
        let confidence: ConfidenceClass
    }

    private mutating func counts(_ node: ConfigurationNode) -> Counts? {
        node.allowKeys(["criteria", "indicators", "class", "source"], &faults)
        let range = 1...Self.maximumIndicatorCount
        let criteria = node.required("criteria", &faults)?.integer(in: range, &faults)
        let indicators = node.required("indicators", &faults)?.integer(in: range, &faults)
        let source = required("source", node)
        let confidence = verified("the counts", node)
        guard let criteria, let indicators, let source, let confidence else { return nil }
        return Counts(
            criteria: criteria,
            indicators: indicators,
            source: source,
            confidence: confidence
        )
    }

    /// An official count is checked against the list: even a decision's report can miscount.
    private mutating func check(
        _ listed: [Criterion],
        _ counts: Counts,
        _ node: ConfigurationNode
    ) {
        let place = node["counts"] ?? node
        let indicators = listed.reduce(0) { $0 + $1.indicators.count }
        let isComplete = listed.allSatisfy(\.isComplete)
        if listed.count != counts.criteria {
            faults.note(
                place,
                "\(counts.criteria) criteria are declared, \(listed.count) are listed"
            )
        }
        if indicators > counts.indicators || (isComplete && indicators != counts.indicators) {
            faults.note(
                place,
                "\(counts.indicators) indicators are declared, \(indicators) are listed"
            )
        }
        if !isComplete && indicators == counts.indicators {
            faults.note(place, "all indicators are listed, yet a criterion says 'complete: false'")
        }
    }

    // MARK: Criteria

    private mutating func criteria(
        _ node: ConfigurationNode,
        setID: String,
        thresholdNote: BilingualText?,
        hasWaterLimits: Bool
    ) -> [Criterion] {
        var criteria: [Criterion] = []
        var numbers: Set<String> = []
        var codes: Set<String> = []
        for element in node.sequence(&faults) {
            element.allowKeys(["number", "name", "complete", "indicators"], &faults)
            let number = required("number", element)
            let name = element.required("name", &faults).flatMap { self.name($0) }
            let isComplete = element["complete"].map { $0.flag(&faults) ?? true } ?? true
            var indicators: [Indicator] = []
            for child in element["indicators"]?.sequence(&faults) ?? [] {
                let reader = IndicatorReader(
                    setID: setID,
                    thresholdNote: thresholdNote,
                    hasWaterLimits: hasWaterLimits
                )
                let indicator = reader.indicator(child, sharing: &self)
                guard let indicator else { continue }
                if !codes.insert(indicator.code).inserted {
                    faults.note(child, "the code '\(indicator.code)' stands twice")
                }
                indicators.append(indicator)
            }
            if indicators.isEmpty && isComplete && element["indicators"] == nil {
                faults.note(element, "a criterion without indicators must say 'complete: false'")
            }
            guard let number, let name else { continue }
            if !numbers.insert(number).inserted {
                faults.note(element, "the number '\(number)' stands twice")
            }
            criteria.append(
                Criterion(
                    number: number,
                    name: name,
                    indicators: indicators,
                    isComplete: isComplete
                )
            )
        }
        return criteria
    }

    // MARK: Limits of water

    private mutating func waterLimits(_ node: ConfigurationNode) -> [WaterQualityLimits] {
        var limits: [WaterQualityLimits] = []
        for element in node.sequence(&faults) {
            element.allowKeys(
                [
                    "ph", "turbidity_ntu", "free_chlorine_mg_per_l", "class", "source", "from",
                    "to",
                ],
                &faults
            )
            let ph = element.required("ph", &faults).flatMap { range($0) }
            let turbidity = element.required("turbidity_ntu", &faults)?.number(&faults)
            let chlorine = element.required("free_chlorine_mg_per_l", &faults).flatMap {
                range($0)
            }
            let source = required("source", element)
            let confidence = verified("limits of water", element)
            let from = element.required("from", &faults).flatMap { day($0) }
            let to = element["to"].flatMap { day($0) }
            guard let ph, let turbidity, let chlorine, let source, let confidence, let from else {
                continue
            }
            limits.append(
                WaterQualityLimits(
                    ph: ph,
                    turbidityNTU: turbidity,
                    freeChlorineMilligramsPerLitre: chlorine,
                    source: source,
                    confidence: confidence,
                    validFrom: from,
                    validTo: to
                )
            )
        }
        return limits
    }

    private mutating func range(_ node: ConfigurationNode) -> ClosedRange<Double>? {
        let ends = node.sequence(&faults).compactMap { $0.number(&faults) }
        guard ends.count == 2, ends[0] <= ends[1] else {
            faults.note(node, "expected a list of the lowest and the highest value")
            return nil
        }
        return ends[0]...ends[1]
    }
}
