/// What Zigbee2MQTT's `bridge/devices` and `bridge/groups` describe.
enum ZigbeeDescriptions {
    private static let name: StaticString = "friendly_name"
    private static let address: StaticString = "ieee_address"
    private static let definition: StaticString = "definition"
    private static let exposes: StaticString = "exposes"
    private static let features: StaticString = "features"
    private static let property: StaticString = "property"
    private static let unit: StaticString = "unit"

    /// Devices by their full topics.
    ///
    /// - Throws: ``DecodingError`` when it is no list of devices.
    static func devices(_ document: JSONDocument, base: [UInt8])
        throws(DecodingError) -> [[UInt8]: LearnedTopics.ZigbeeDevice]
    {
        var devices: [[UInt8]: LearnedTopics.ZigbeeDevice] = [:]
        try forEachName(document, base) { topic, node in
            var found: [UInt8] = []
            if let ieee = document.member(address, of: node) {
                _ = document.appendString(ieee, to: &found)
            }
            var device = LearnedTopics.ZigbeeDevice(address: found, units: [:])
            if let model = document.member(definition, of: node),
                let list = document.member(exposes, of: model)
            {
                takeUnits(document, list, &device)
            }
            devices[topic] = device
        }
        return devices
    }

    /// Full topics of groups.
    ///
    /// - Throws: ``DecodingError`` when it is no list of groups.
    static func groups(_ document: JSONDocument, base: [UInt8]) throws(DecodingError) -> [[UInt8]] {
        var groups: [[UInt8]] = []
        try forEachName(document, base) { topic, _ in groups.append(topic) }
        return groups
    }

    private static func forEachName(
        _ document: JSONDocument,
        _ base: [UInt8],
        _ body: ([UInt8], Int) -> Void
    ) throws(DecodingError) {
        guard document.nodes[JSONDocument.root].kind == .array else {
            throw .badValue(field: "payload", problem: "expected a list")
        }
        var next = document.firstElement(of: JSONDocument.root)
        while let node = next {
            next = document.nextSibling(of: node, in: JSONDocument.root)
            var topic = base
            guard let member = document.member(name, of: node),
                document.appendString(member, to: &topic), topic.count > base.count
            else { throw .missingField("friendly_name") }
            body(topic, node)
        }
    }

    /// Takes the units of a list of exposes and of the features below them.
    private static func takeUnits(
        _ document: JSONDocument,
        _ list: Int,
        _ device: inout LearnedTopics.ZigbeeDevice
    ) {
        // The parser holds nesting to its limit, and so this recursion.
        var next = document.firstElement(of: list)
        while let node = next {
            next = document.nextSibling(of: node, in: list)
            var name: [UInt8] = []
            var symbol: [UInt8] = []
            if let member = document.member(property, of: node),
                let unit = document.member(unit, of: node),
                document.appendString(member, to: &name),
                document.appendString(unit, to: &symbol), !symbol.isEmpty,
                device.units.count < DecodingLimits.learnedProperties
            {
                device.units[name] = symbol
            }
            if let below = document.member(features, of: node) {
                takeUnits(document, below, &device)
            }
        }
    }
}
