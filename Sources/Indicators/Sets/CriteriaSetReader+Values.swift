internal import ConfigurationText
internal import Telemetry

/// Values that all parts of a criteria set are made of.
extension CriteriaSetReader {
    /// A text that must be there and hold something.
    mutating func required(_ key: String, _ node: ConfigurationNode) -> String? {
        guard let value = node.required(key, &faults), let text = value.text(&faults) else {
            return nil
        }
        guard text.contains(where: { !$0.isWhitespace }) else {
            faults.note(value, "expected a text, found a blank one")
            return nil
        }
        return text
    }

    /// A text in both languages: `{vi: …, en: …}`.
    mutating func bilingual(_ node: ConfigurationNode) -> BilingualText? {
        node.allowKeys(["vi", "en"], &faults)
        let vi = required("vi", node)
        let en = required("en", node)
        guard let vi, let en else { return nil }
        return BilingualText(vi: vi, en: en)
    }

    /// A name in both languages with its class: `{vi: …, en: …, class: S, source: …}`.
    mutating func name(_ node: ConfigurationNode) -> SourcedName? {
        node.allowKeys(["vi", "en", "class", "source"], &faults)
        let vi = required("vi", node)
        let en = required("en", node)
        let confidence = node.required("class", &faults).flatMap { self.confidence($0) }
        let source = node["source"]?.text(&faults) ?? ""
        guard let vi, let en, let confidence else { return nil }
        if confidence.isVerified && source.isEmpty {
            faults.note(node, "a name of class \(confidence.rawValue) must name its source")
            return nil
        }
        return SourcedName(
            BilingualText(vi: vi, en: en),
            confidence: confidence,
            source: source
        )
    }

    /// A confidence class: V, S, R or N.
    mutating func confidence(_ node: ConfigurationNode) -> ConfidenceClass? {
        guard let text = node.text(&faults) else { return nil }
        guard let confidence = ConfidenceClass(rawValue: text) else {
            faults.note(node, "expected a confidence class V, S, R or N, found \(node.kindName)")
            return nil
        }
        return confidence
    }

    /// The key `class` of something that only a source that was read can give.
    mutating func verified(_ what: String, _ node: ConfigurationNode) -> ConfidenceClass? {
        guard let place = node.required("class", &faults), let confidence = confidence(place) else {
            return nil
        }
        guard confidence.isVerified else {
            faults.note(
                place,
                "\(what) of class \(confidence.rawValue) cannot be loaded, only V and S can"
            )
            return nil
        }
        return confidence
    }

    /// A day: `YYYY-MM-DD`.
    mutating func day(_ node: ConfigurationNode) -> CivilDate? {
        guard let text = node.text(&faults) else { return nil }
        guard let date = CivilDate(text) else {
            faults.note(node, "expected a day as 2022-03-08, found \(node.kindName)")
            return nil
        }
        return date
    }

    /// A span of days: `{from: …, to: …}`, both optional here.
    mutating func span(_ node: ConfigurationNode) -> (from: CivilDate?, to: CivilDate?)? {
        node.allowKeys(["from", "to"], &faults)
        let from = node["from"].flatMap { day($0) }
        let to = node["to"].flatMap { day($0) }
        if let from, let to, to < from {
            faults.note(node, "ends on \(to), before it begins on \(from)")
            return nil
        }
        return (from, to)
    }

    /// A case of an enumeration by its raw value.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ type: Choice.Type,
        _ node: ConfigurationNode
    ) -> Choice? where Choice.RawValue == String {
        guard let text = node.text(&faults) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        faults.note(node, "expected one of \(known), found \(node.kindName)")
        return nil
    }
}
