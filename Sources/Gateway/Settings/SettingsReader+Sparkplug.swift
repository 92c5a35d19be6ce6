internal import ConfigurationText
internal import Decoding
internal import Telemetry

extension SettingsReader {
    /// Longest time that a message may still come: what is waited for is not yet asked for.
    private static let longestReorderWindow = Milliseconds.minutes(1)
    /// Longest time between two requests to a node; nothing that it says is understood meanwhile.
    private static let longestRebirthPause = Milliseconds.hours(1)

    /// Reads what Sparkplug nodes are told, and how long it is waited for what they owe.
    mutating func readSparkplug(_ node: ConfigurationNode, into settings: inout GatewaySettings) {
        node.allowKeys(["host_id", "reorder_window", "rebirth_pause"], &faults)
        if let entry = node["host_id"] { settings.sparkplugHostID = sparkplugHost(entry) }
        if let entry = node["reorder_window"],
            let window = span(entry, atMost: Self.longestReorderWindow)
        {
            settings.sparkplug.reorderWindow = window
        }
        if let entry = node["rebirth_pause"],
            let pause = span(entry, atMost: Self.longestRebirthPause)
        {
            settings.sparkplug.rebirthPause = pause
        }
    }

    /// The identifier of the host application, which becomes a level of a topic.
    private mutating func sparkplugHost(_ entry: ConfigurationNode) -> String? {
        guard let id = entry.text(&faults) else { return nil }
        guard !id.isEmpty, !id.contains(where: { "+/#".contains($0) }) else {
            faults.note(entry, "expected a name without '+', '/' and '#', found '\(id)'")
            return nil
        }
        return id
    }

    private mutating func span(_ node: ConfigurationNode, atMost longest: Milliseconds)
        -> Milliseconds?
    {
        guard let span = span(node) else { return nil }
        guard span <= longest else {
            faults.note(node, "expected \(longest.seconds) s at most")
            return nil
        }
        return span
    }
}
