internal import ConfigurationText

extension SettingsReader {
    /// The identifier of the host application, which becomes a level of a topic.
    mutating func sparkplugHost(_ node: ConfigurationNode) -> String? {
        node.allowKeys(["host_id"], &faults)
        guard let entry = node.required("host_id", &faults), let id = entry.text(&faults) else {
            return nil
        }
        guard !id.isEmpty, !id.contains(where: { "+/#".contains($0) }) else {
            faults.note(entry, "expected a name without '+', '/' and '#', found '\(id)'")
            return nil
        }
        return id
    }
}
