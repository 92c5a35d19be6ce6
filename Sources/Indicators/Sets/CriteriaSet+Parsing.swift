public import ConfigurationText

extension CriteriaSet {
    /// Reads a criteria set from YAML.
    ///
    /// The first comment of each set that comes with the gateway explains the fields. A threshold
    /// or a limit that is not of class V or S is a fault: what nobody read is no law.
    /// - Parameters:
    ///   - text: the document.
    ///   - file: how faults name it.
    /// - Returns: what was read or judged.
    /// - Throws: `ConfigurationFaults` with every fault found, each with file, line and field.
    public static func parse(text: String, file: String) throws(ConfigurationFaults) -> CriteriaSet
    {
        let root: ConfigurationNode
        do {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        var reader = CriteriaSetReader()
        let set = reader.set(root)
        try reader.faults.check()
        guard let set else {
            throw ConfigurationFaults([root.fault("the criteria set cannot be read")])
        }
        return set
    }
}
