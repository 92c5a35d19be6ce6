internal import ConfigurationText

extension SettingsReader {
    /// How devices are told to Home Assistant.
    mutating func readHomeAssistant(
        _ node: ConfigurationNode,
        into settings: inout HomeAssistantSettings
    ) {
        node.allowKeys(["publish", "prefix", "topic", "language", "pause"], &faults)
        if let publishes = node["publish"]?.flag(&faults) { settings.publishes = publishes }
        if let prefix = node["prefix"].flatMap({ levels($0) }) { settings.prefix = prefix }
        if let topic = node["topic"].flatMap({ levels($0) }) { settings.topic = topic }
        if let entry = node["language"], let word = entry.text(&faults) {
            if let language = HomeAssistantSettings.Language(rawValue: word) {
                settings.language = language
            } else {
                faults.note(entry, "expected vi or en, found '\(word)'")
            }
        }
        if let entry = node["pause"], let pause = span(entry) {
            if HomeAssistantSettings.pauses.contains(pause) {
                settings.pause = pause
            } else {
                faults.note(entry, "expected 5s to 1h")
            }
        }
    }

    /// Levels of a topic that others are put behind.
    private mutating func levels(_ node: ConfigurationNode) -> String? {
        guard let text = node.text(&faults) else { return nil }
        guard !text.isEmpty, !text.contains(where: { "+#\0".contains($0) }), !text.hasSuffix("/")
        else {
            faults.note(node, "expected levels of a topic without wildcards, as homeassistant")
            return nil
        }
        return text
    }
}
