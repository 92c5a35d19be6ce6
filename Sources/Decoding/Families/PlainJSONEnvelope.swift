internal import Telemetry

/// JSON of any shape: the profile alone knows what stands where.
///
/// Device: what the wildcards of the rule's filter matched, else the profile's `device` path, else
/// the whole topic. Time: as the profile says. Duplicates: time, which is what storing goes by.
extension Envelope {
    /// Takes what the filter's wildcards matched, or the whole topic where it has none.
    mutating func takeTopicAddress(_ topic: [UInt8], _ rule: SubscriptionRule) {
        rule.topicFilter.appendWildcards(of: topic, to: &address)
        if address.isEmpty { address.append(contentsOf: topic) }
    }

    /// Reads a parsed document.
    ///
    /// - Throws: ``DecodingError`` when the device path leads to nothing.
    mutating func readPlainJSON(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule,
        devicePath: JSONPath?
    ) throws(DecodingError) {
        object = JSONDocument.root
        if let devicePath, !rule.topicFilter.hasWildcards {
            try takePathAddress(document, devicePath)
        } else {
            takeTopicAddress(topic, rule)
        }
    }

    /// Takes a text or a whole number that a path leads to.
    ///
    /// - Throws: ``DecodingError/missingField(_:)`` or ``DecodingError/badValue(field:problem:)``.
    mutating func takePathAddress(_ document: JSONDocument, _ path: JSONPath) throws(DecodingError)
    {
        address.removeAll(keepingCapacity: true)
        guard let node = path.resolve(in: document, from: JSONDocument.root) else {
            throw .missingField(path.description)
        }
        if document.appendString(node, to: &address), !address.isEmpty { return }
        if document.unsigned(node) != nil {
            address.append(contentsOf: document.bytes[document.nodes[node].range])
            return
        }
        throw .badValue(field: path.description, problem: "expected a text or a whole number")
    }
}
