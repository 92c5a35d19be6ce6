internal import Telemetry

/// Reads a config message of Home Assistant's discovery: one entity, or a device with components.
///
/// Long and short keys mean the same; `~` at the start or the end of a topic stands for the base
/// topic. Of a device, what one component gets wrong costs that component alone, and is told.
struct DiscoveryConfig {
    private let document: JSONDocument
    private(set) var entities: [DiscoveredEntity] = []
    /// What was not taken and why, one sentence each.
    private(set) var faults: [String] = []
    /// Whether langso itself wrote it; nothing is taken of one then.
    private(set) var isOwn = false

    /// Platforms whose states are measurements or switch states.
    private static let platforms: Set<String> = ["sensor", "binary_sensor", "switch", "light"]

    private static let shortKeys = [
        "state_topic": "stat_t", "value_template": "val_tpl",
        "state_value_template": "stat_val_tpl",
        "unit_of_measurement": "unit_of_meas", "device_class": "dev_cla", "state_class": "stat_cla",
        "availability_topic": "avty_t", "availability": "avty", "availability_mode": "avty_mode",
        "availability_template": "avty_tpl", "payload_available": "pl_avail",
        "payload_not_available": "pl_not_avail", "expire_after": "exp_aft", "device": "dev",
        "off_delay": "off_dly",
        "components": "cmps", "platform": "p", "unique_id": "uniq_id", "object_id": "obj_id",
        "payload_on": "pl_on", "payload_off": "pl_off", "state_on": "stat_on",
        "state_off": "stat_off", "identifiers": "ids", "manufacturer": "mf", "model": "mdl",
        "topic": "t", "origin": "o",
    ]

    /// Reads a parsed config of a topic `{prefix}/{component}/[{node}/]{object}/config` or
    /// `{prefix}/device/{object}/config`.
    ///
    /// - Throws: ``DecodingError`` when it is no object, or its one entity cannot be taken.
    init(_ document: JSONDocument, topic: [UInt8]) throws(DecodingError) {
        self.document = document
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "config", problem: "expected an object")
        }
        if let origin = node("origin", of: root),
            text("name", of: origin) == OwnDiscovery.origin
        {
            isOwn = true
            return
        }
        guard let components = node("components", of: root) else {
            // A stroke in front makes a level without a name, which is none of the prefix's.
            let topic = Array(topic.drop { $0 == UInt8(ascii: "/") })
            let levels = TopicLevels(topic)
            func name(_ place: Int) -> String {
                levels.range(place).map { String(decoding: topic[$0], as: UTF8.self) } ?? ""
            }
            let platform = name(levels.count >= 5 ? -4 : -3)
            try take(root, platform: platform, key: name(-2), shared: root)
            return
        }
        guard document.nodes[components].kind == .object else {
            throw .badValue(field: "components", problem: "expected an object")
        }
        var index = components + 1
        var count = 0
        while index < Int(document.nodes[components].next) {
            count += 1
            guard count <= DecodingLimits.deviceComponents else {
                throw .tooManyElements(limit: DecodingLimits.deviceComponents)
            }
            let key = document.text(of: index)
            let component = index + 1
            index = Int(document.nodes[component].next)
            do throws(DecodingError) {
                guard let platform = text("platform", of: component) else {
                    throw .missingField("components.\(key).platform")
                }
                // A component with its platform alone takes itself back.
                if document.leafCount(in: component) <= 1 { continue }
                try take(component, platform: platform, key: key, shared: root)
            } catch {
                faults.append("\(key): \(error)")
            }
        }
    }

    private mutating func take(_ entity: Int, platform: String, key: String, shared: Int)
        throws(DecodingError)
    {
        guard Self.platforms.contains(platform) else {
            throw .badValue(
                field: "platform",
                problem: "'\(platform)' has no state that is measured"
            )
        }
        try checkLengths(entity)
        try checkLengths(shared)
        guard let state = topic("state_topic", of: entity, shared) else {
            throw .missingField("state_topic")
        }
        let deviceClass = text("device_class", of: entity)
        let stateClass = text("state_class", of: entity)
        let quantity = DiscoveredEntity.quantity(
            platform: platform,
            deviceClass: deviceClass,
            stateClass: stateClass
        )
        let unit = text("unit_of_measurement", of: entity)
        let isSwitch = platform == "switch" || platform == "light"
        let on = text(isSwitch ? "state_on" : "payload_on", of: entity)
        let off = text(isSwitch ? "state_off" : "payload_off", of: entity)
        let uniqueID = text("unique_id", of: entity) ?? key
        guard !uniqueID.isEmpty else { throw .missingField("unique_id") }
        let device = node("device", of: entity) ?? node("device", of: shared)
        if let device { try checkLengths(device) }
        if platform == "binary_sensor", node("off_delay", of: entity) != nil {
            faults.append("\(key): off_delay is not followed, no reading says OFF by itself")
        }
        entities.append(
            DiscoveredEntity(
                device: device.flatMap(identifier) ?? uniqueID,
                deviceName: device.flatMap { text("name", of: $0) },
                manufacturer: device.flatMap { text("manufacturer", of: $0) },
                model: device.flatMap { text("model", of: $0) },
                uniqueID: uniqueID,
                objectID: text("object_id", of: entity) ?? uniqueID,
                name: text("name", of: entity),
                platform: platform,
                deviceClass: deviceClass,
                stateClass: stateClass,
                unit: unit,
                quantity: quantity,
                expiresAfter: number("expire_after", of: entity),
                stateTopic: state,
                template: try template(["value_template", "state_value_template"], of: entity),
                payloadOn: Array((on ?? text("payload_on", of: entity) ?? "ON").utf8),
                payloadOff: Array((off ?? text("payload_off", of: entity) ?? "OFF").utf8),
                scaling: try Self.scaling(unit, quantity),
                availability: try availability(of: entity, shared),
                availabilityMode: (text("availability_mode", of: entity)
                    ?? text("availability_mode", of: shared))
                    .flatMap(DiscoveredEntity.AvailabilityMode.init) ?? .latest
            )
        )
    }

    /// The scaling from a written unit to that of a quantity.
    private static func scaling(_ unit: String?, _ quantity: Quantity?) throws(DecodingError)
        -> Scaling
    {
        guard let unit, let quantity, unit != quantity.unit else { return Scaling() }
        guard let from = MeasurementUnit.named(unit),
            let target = MeasurementUnit.named(quantity.unit),
            let scaling = from.scaling(to: target)
        else {
            throw .badValue(
                field: "unit_of_measurement",
                problem: "'\(unit)' cannot be converted to \(quantity.unit) of \(quantity.id)"
            )
        }
        return scaling
    }

    private func availability(of entity: Int, _ shared: Int) throws(DecodingError)
        -> [DiscoveredEntity.Availability]
    {
        let owner =
            node("availability", of: entity) != nil
                || node("availability_topic", of: entity) != nil ? entity : shared
        if let heard = topic("availability_topic", of: owner, shared) {
            return [try availability(heard, owner, template: "availability_template")]
        }
        guard let list = node("availability", of: owner) else { return [] }
        var found: [DiscoveredEntity.Availability] = []
        var next = document.firstElement(of: list)
        while let node = next {
            next = document.nextSibling(of: node, in: list)
            try checkLengths(node)
            guard let heard = topic("topic", of: node, shared) else {
                throw .missingField("availability.topic")
            }
            guard found.count < DecodingLimits.availabilityTopics else {
                throw .tooManyElements(limit: DecodingLimits.availabilityTopics)
            }
            found.append(try availability(heard, node, template: "value_template"))
        }
        return found
    }

    private func availability(_ topic: [UInt8], _ owner: Int, template key: String)
        throws(DecodingError)
        -> DiscoveredEntity.Availability
    {
        DiscoveredEntity.Availability(
            topic: topic,
            online: Array((text("payload_available", of: owner) ?? "online").utf8),
            offline: Array((text("payload_not_available", of: owner) ?? "offline").utf8),
            template: try template([key], of: owner)
        )
    }

    // MARK: Members

    /// Refuses texts that no description needs: each is kept for every entity.
    private func checkLengths(_ object: Int) throws(DecodingError) {
        guard document.nodes[object].kind == .object else { return }
        var index = object + 1
        while index < Int(document.nodes[object].next) {
            let node = document.nodes[index + 1]
            if node.kind == .string, node.range.count > DecodingLimits.descriptionTextBytes {
                throw .badValue(
                    field: String(document.text(of: index).prefix(64)),
                    problem: "it is longer than \(DecodingLimits.descriptionTextBytes) bytes"
                )
            }
            index = Int(node.next)
        }
    }

    private func node(_ key: String, of object: Int) -> Int? {
        let found =
            document.member(JSONKey(key), of: object)
            ?? Self.shortKeys[key].flatMap { document.member(JSONKey($0), of: object) }
        return found.flatMap { document.nodes[$0].kind == .null ? nil : $0 }
    }

    private func text(_ key: String, of object: Int) -> String? {
        guard let node = node(key, of: object) else { return nil }
        switch document.nodes[node].kind {
        case .string: return document.text(of: node)
        // Payloads such as 1 and true are often written without quotation marks.
        case .number, .yes, .no:
            return String(decoding: document.bytes[document.nodes[node].range], as: UTF8.self)
        default: return nil
        }
    }

    private func number(_ key: String, of object: Int) -> Milliseconds? {
        guard let node = node(key, of: object), let seconds = document.unsigned(node), seconds > 0,
            seconds <= 31_622_400
        else { return nil }
        return .seconds(Int64(seconds))
    }

    /// A topic with `~` at its start or end replaced.
    private func topic(_ key: String, of object: Int, _ shared: Int) -> [UInt8]? {
        guard let text = text(key, of: object) ?? text(key, of: shared), !text.isEmpty else {
            return nil
        }
        guard let base = self.text("~", of: object) ?? self.text("~", of: shared) else {
            return Array(text.utf8)
        }
        if text.hasPrefix("~") { return Array((base + text.dropFirst()).utf8) }
        if text.hasSuffix("~") { return Array((text.dropLast() + base).utf8) }
        return Array(text.utf8)
    }

    /// The template under the first of some keys that is there; the payload as it is without one.
    private func template(_ keys: [String], of object: Int) throws(DecodingError) -> ValueTemplate {
        for key in keys {
            guard let text = text(key, of: object) else { continue }
            do throws(ValueTemplate.Fault) {
                return try ValueTemplate(text)
            } catch {
                throw .badValue(field: key, problem: error.problem)
            }
        }
        return .whole
    }

    /// The first identifier of a device: a text, or the first of a list.
    private func identifier(_ device: Int) -> String? {
        guard let node = node("identifiers", of: device) else { return nil }
        let first = document.firstElement(of: node) ?? node
        guard document.nodes[first].range.count <= DecodingLimits.descriptionTextBytes else {
            return nil
        }
        return document.string(first).flatMap { $0.isEmpty ? nil : $0 }
    }
}
