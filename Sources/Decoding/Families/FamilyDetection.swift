/// Which family a message of an unknown topic may be of, with how sure that is.
public struct FamilyGuess: Hashable, Sendable {
    /// The family.
    public let family: Family
    /// How sure, 0 to 1: above 0.9 the topic and the payload both say so, at 0.5 the payload alone.
    public let score: Double
}

extension Family {
    /// Guesses the family of a message from its topic and its payload; pure, and never throws.
    ///
    /// The topic is looked at first, then the content, in the order of the format rules; a payload
    /// that is JSON of no known shape is ``plainJSON`` at 0.2, lines with equal numbers of cells
    /// are ``csv`` at 0.3.
    ///
    /// - Parameters:
    ///   - topic: the whole topic.
    ///   - payload: the payload's bytes; more than ``DecodingLimits/payloadBytes`` are not read.
    /// - Returns: the families that it may be of, each once, the surest first.
    /// - Source: `device-formats`, rules common to all, rule 7.
    public static func detect(topic: String, payload: [UInt8]) -> [FamilyGuess] {
        var scores: [Family: Double] = [:]
        func note(_ family: Family, _ score: Double) {
            scores[family] = max(scores[family] ?? 0, score)
        }
        let shape = PayloadShape(payload)
        let levels = TopicLevels(Array(topic.utf8))
        if levels.count <= DecodingLimits.topicLevels {
            for (family, score) in topicScores(levels, shape) { note(family, score) }
        }
        for (family, score) in shape.scores { note(family, score) }
        return scores.map { FamilyGuess(family: $0.key, score: $0.value) }
            .sorted { ($1.score, $0.family.rawValue) < ($0.score, $1.family.rawValue) }
    }

    /// What a topic says; what the payload contradicts counts less.
    private static func topicScores(_ levels: TopicLevels, _ shape: PayloadShape)
        -> [(Family, Double)]
    {
        var found: [(Family, Double)] = []
        func add(_ family: Family, _ holds: Bool, isLikely: Bool) {
            if holds { found.append((family, isLikely ? 0.95 : 0.6)) }
        }
        let isObject = shape.isObject
        add(
            .chirpstack,
            levels.level(0, is: "application") && levels.level(-2, is: "event"),
            isLikely: shape.has(["deviceInfo"])
        )
        add(
            .theThingsStack,
            levels.level(0, is: "v3") && levels.level(2, is: "devices"),
            isLikely: shape.has(["end_device_ids"])
        )
        add(
            .homeAssistant,
            levels.level(0, is: "homeassistant") && levels.level(-1, is: "config"),
            isLikely: isObject
        )
        add(
            .tasmota,
            (0..<levels.count).contains { levels.level($0, is: "tele") },
            isLikely: isObject || levels.level(-1, is: "LWT")
        )
        add(
            .zigbee2MQTT,
            levels.level(0, is: "zigbee2mqtt"),
            isLikely: isObject || levels.level(-1, is: "availability")
        )
        add(.wmbusmeters, levels.level(0, is: "wmbusmeters"), isLikely: shape.has(["_", "meter"]))
        add(.milesight, levels.level(0, is: "milesight"), isLikely: shape.has(["devEUI"]))
        add(
            .shelly,
            levels.level(-2, is: "events") && levels.level(-1, is: "rpc"),
            isLikely: shape.has(["method", "src"])
        )
        add(
            .shelly,
            levels.level(-2, is: "status") && (levels.range(-1)?.count ?? 0) > 2,
            isLikely: isObject && shape.has(["id"])
        )
        add(
            .fiware,
            Envelope.isIoTAgentTopic(levels) && levels.count >= 3,
            isLikely: isObject || shape.isUltralight
        )
        add(.senml, levels.level(-1, is: "senml"), isLikely: shape.isSenML)
        add(
            .sparkplug,
            (0..<levels.count).contains { levels.level($0, is: "spBv1.0") },
            isLikely: !shape.isJSON
        )
        return found
    }
}

/// What the bytes of a payload look like before anybody says what they are.
struct PayloadShape {
    private let document: JSONDocument
    private let payload: [UInt8]

    init(_ payload: [UInt8]) {
        var document = JSONDocument()
        do throws(DecodingError) {
            try document.parse(payload.span, limits: DecodingLimits())
        } catch {
            // No JSON: the document is empty, and other shapes are tried.
        }
        self.document = document
        self.payload = payload
    }

    var isJSON: Bool { !document.nodes.isEmpty }

    var isObject: Bool { isJSON && document.nodes[JSONDocument.root].kind == .object }

    /// Whether it is an object with all of those members.
    func has(_ keys: [String], of node: Int = JSONDocument.root) -> Bool {
        isJSON && keys.allSatisfy { document.member(JSONKey($0), of: node) != nil }
    }

    /// The first element of an array of objects.
    private var firstRecord: Int? {
        guard isJSON, let first = document.firstElement(of: JSONDocument.root),
            document.nodes[first].kind == .object
        else { return nil }
        return first
    }

    private var baseName: String? {
        guard let record = firstRecord, let node = document.member("bn" as StaticString, of: record)
        else { return nil }
        return document.string(node)
    }

    var isSenML: Bool {
        guard let record = firstRecord else { return false }
        let hasName = has(["bn"], of: record) || has(["n"], of: record)
        return hasName && ["v", "vs", "vb", "bn"].contains { has([$0], of: record) }
    }

    /// Whether a SenML base name ends as `/object/instance/` of LwM2M does.
    private var isObjectPath: Bool {
        let parts = (baseName ?? "").split(separator: "/")
        return baseName?.contains("/") == true && parts.count >= 2
            && parts.suffix(2).allSatisfy { UInt16($0) != nil }
    }

    var isUltralight: Bool {
        !isJSON && payload.contains(UInt8(ascii: "|"))
            && payload.split(separator: UInt8(ascii: "|"), omittingEmptySubsequences: false).count
                >= 2
    }

    /// Whether two lines or more have the same number of cells, and more than one.
    private var isTable: Bool {
        guard !isJSON, payload.count <= DecodingLimits().payloadBytes else { return false }
        return [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09].contains { delimiter in
            do throws(DecodingError) {
                let rows = try CSVText(payload, delimiter: delimiter).rows
                return rows.count >= 2 && rows[0].count >= 2
                    && rows.allSatisfy { $0.count == rows[0].count }
            } catch {
                // Not lines with this delimiter.
                return false
            }
        }
    }

    private func isString(_ key: String, _ text: String) -> Bool {
        guard let node = document.member(JSONKey(key), of: JSONDocument.root) else { return false }
        return document.isString(node, Array(text.utf8))
    }

    /// Families by content alone.
    var scores: [(Family, Double)] {
        guard isJSON else {
            if isUltralight { return [(.fiware, 0.4)] }
            return isTable ? [(.csv, 0.3)] : []
        }
        var found: [(Family, Double)] = [(.plainJSON, 0.2)]
        if isSenML {
            found.append((.senml, isObjectPath ? 0.5 : 0.8))
            if isObjectPath { found.append((.ucifi, 0.85)) }
        }
        if let record = firstRecord, has(["id", "type"], of: record) {
            found.append((.fiware, 0.7))
        }
        guard isObject else { return found }
        if has(["deviceInfo", "rxInfo"]) { found.append((.chirpstack, 0.85)) }
        if has(["end_device_ids"]) { found.append((.theThingsStack, 0.85)) }
        if has(["devEUI", "rxInfo"]) {
            found.append((.milesight, 0.7))
            found.append((.chirpstack, 0.65))
        }
        if has(["dev_eui", "hotspots"]) { found.append((.helium, 0.85)) }
        if isString("_", "telegram") { found.append((.wmbusmeters, 0.9)) }
        if isString("method", "NotifyStatus") || isString("method", "NotifyFullStatus") {
            found.append((.shelly, 0.9))
        }
        if isString("type", "Notification") { found.append((.fiware, 0.85)) }
        if has(["id", "type"]) { found.append((.fiware, 0.7)) }
        if has(["metadata", "body"]) { found.append((.fiware, 0.6)) }
        if has(["linkquality"]) { found.append((.zigbee2MQTT, 0.7)) }
        if has(["Time"]) { found.append((.tasmota, 0.5)) }
        if has(["type", "value", "timestamp"]) { found.append((.talq, 0.7)) }
        if has(["state_topic"]) || has(["stat_t"]) { found.append((.homeAssistant, 0.7)) }
        return found
    }
}
