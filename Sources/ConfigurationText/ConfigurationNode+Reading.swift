/// Typed reading: each call notes a fault with file, line and field and gives nil where it fails.
extension ConfigurationNode {
    /// The value of a key of a mapping; nil when absent, when null, or when this is no mapping.
    public subscript(key: String) -> ConfigurationNode? {
        guard case .mapping(let pairs) = content else { return nil }
        for pair in pairs where pair.key.scalarText == key {
            return pair.value.isNull ? nil : pair.value
        }
        return nil
    }

    /// Whether the node is an unquoted `null`, `~` or nothing.
    public var isNull: Bool {
        guard case .scalar(let text, isQuoted: false) = content else { return false }
        return text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// The text of a scalar as written; nil for lists and mappings.
    public var scalarText: String? {
        guard case .scalar(let text, _) = content else { return nil }
        return text
    }

    /// The keys and values of a mapping in the order of the file; notes a fault for another kind.
    public func mapping(_ faults: inout FaultCollector) -> [(
        key: String, value: ConfigurationNode
    )] {
        guard case .mapping(let pairs) = content else {
            faults.note(self, "expected a mapping of keys to values, found \(kindName)")
            return []
        }
        return pairs.compactMap { pair in
            pair.key.scalarText.map { ($0, pair.value) }
        }
    }

    /// The elements of a list; notes a fault for another kind.
    public func sequence(_ faults: inout FaultCollector) -> [ConfigurationNode] {
        guard case .sequence(let nodes) = content else {
            faults.note(self, "expected a list, found \(kindName)")
            return []
        }
        return nodes
    }

    /// Notes a fault for every key that is not among those known: a misspelt key must not be
    /// ignored.
    public func allowKeys(_ known: [String], _ faults: inout FaultCollector) {
        guard case .mapping(let pairs) = content else {
            faults.note(self, "expected a mapping of keys to values, found \(kindName)")
            return
        }
        for pair in pairs {
            guard let key = pair.key.scalarText, !known.contains(key) else { continue }
            faults.note(
                pair.key,
                "unknown key, known are: \(known.sorted().joined(separator: ", "))"
            )
        }
    }

    /// The value of a key that must be there.
    public func required(_ key: String, _ faults: inout FaultCollector) -> ConfigurationNode? {
        if let node = self[key] { return node }
        faults.note(self, "the key '\(key)' is missing")
        return nil
    }

    /// The node as text; any scalar will do, numbers as they were written.
    public func text(_ faults: inout FaultCollector) -> String? {
        if let text = scalarText { return text }
        faults.note(self, "expected a text, found \(kindName)")
        return nil
    }

    /// The node as a finite number.
    public func number(_ faults: inout FaultCollector) -> Double? {
        if let text = scalarText, let value = Double(text.replacingUnderscores), value.isFinite {
            return value
        }
        faults.note(self, "expected a number, found \(kindName)")
        return nil
    }

    /// The node as a whole number inside a range.
    public func integer(in range: ClosedRange<Int> = .min ... .max, _ faults: inout FaultCollector)
        -> Int?
    {
        let digits = scalarText?.replacingUnderscores ?? ""
        let value =
            digits.hasPrefix("0x") ? Int(digits.dropFirst(2), radix: 16) : Int(digits)
        guard let value else {
            faults.note(self, "expected a whole number, found \(kindName)")
            return nil
        }
        guard range.contains(value) else {
            faults.note(
                self,
                "\(value) is outside \(range.lowerBound) to \(range.upperBound)"
            )
            return nil
        }
        return value
    }

    /// The node as a flag: `true` or `false`.
    public func flag(_ faults: inout FaultCollector) -> Bool? {
        switch scalarText {
        case "true", "True", "TRUE": return true
        case "false", "False", "FALSE": return false
        default:
            faults.note(self, "expected true or false, found \(kindName)")
            return nil
        }
    }

    /// What the node is, for messages.
    public var kindName: String {
        switch content {
        case .scalar(let text, let isQuoted):
            isNull ? "nothing" : isQuoted ? "the text \"\(text)\"" : "'\(text)'"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

extension String {
    fileprivate var replacingUnderscores: String { filter { $0 != "_" } }
}
