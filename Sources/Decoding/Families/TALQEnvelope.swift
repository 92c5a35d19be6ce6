internal import Telemetry

/// Attributes of TALQ functions, as gateways publish them again: topics
/// `…/{device}/{function}/{attribute}` with one attribute, or `…/{device}/{function}` with an
/// object of attributes.
///
/// Device: the level before the function, whose identifier is the channel of its readings: a
/// device may have several functions with attributes of one name, as two lamps or a lamp and a
/// meter. Time: the attribute's `timestamp`, which for an event is
/// when it arose. Duplicates: address and timestamp, which is what storing goes by. Birth and
/// death: none.
///
/// Each attribute becomes a named value under its own name, as `activePower`.
///
/// - Source: TALQ Smart City Protocol 2.7.1, data model.
extension Envelope {
    private enum Key {
        static let type: StaticString = "type"
        static let value: StaticString = "value"
        static let timestamp: StaticString = "timestamp"
    }

    /// Reads a parsed message.
    ///
    /// - Throws: ``DecodingError`` when it has no attribute, or the topic no address.
    mutating func readTALQ(_ document: JSONDocument, _ topic: [UInt8]) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an attribute or an object of them")
        }
        let levels = TopicLevels(topic)
        hasRecords = true
        if isAttribute(document, root) {
            guard let device = levels.range(-3), !device.isEmpty, let name = levels.range(-1) else {
                throw .missingField("topic levels device/function/attribute")
            }
            address.append(contentsOf: topic[device])
            let function = levels.range(-2).map { keep(topic[$0]) }
            return try addAttribute(document, keep(topic[name]), root, function)
        }
        guard let device = levels.range(-2), !device.isEmpty else {
            throw .missingField("topic levels device/function")
        }
        address.append(contentsOf: topic[device])
        let function = levels.range(-1).map { keep(topic[$0]) }
        var index = root + 1
        while index < Int(document.nodes[root].next) {
            let node = index + 1
            if isAttribute(document, node),
                document.nodes[index].range.count <= DecodingLimits.recordNameBytes
            {
                try addAttribute(document, keep(document, index), node, function)
            } else {
                unnamedCount += document.leafCount(in: node)
            }
            index = Int(document.nodes[node].next)
        }
        guard !named.isEmpty else { throw .missingField("type and value of an attribute") }
    }

    private func isAttribute(_ document: JSONDocument, _ node: Int) -> Bool {
        guard document.member(Key.value, of: node) != nil,
            let type = document.member(Key.type, of: node), document.nodes[type].kind == .string
        else { return false }
        return document.bytes[document.nodes[type].range].starts(with: "Attribute".utf8)
    }

    private mutating func addAttribute(
        _ document: JSONDocument,
        _ name: Range<Int>,
        _ node: Int,
        _ function: Range<Int>?
    ) throws(DecodingError) {
        guard let value = document.member(Key.value, of: node) else { return }
        let time = time(document, document.member(Key.timestamp, of: node), origin: .device)
        let start = named.count
        try addNamed(name, document, value, time: time)
        if named.count > start { named[start].channel = function }
        if let time { deviceTime = max(deviceTime ?? time, time) }
    }
}
