internal import Telemetry

/// Entities of FIWARE's Smart Data Models: NGSI-LD and NGSI-v2 notifications, and entities alone,
/// normalised or as key-values.
///
/// Device: the entity's `id`. Time: `observedAt` of the property, else `dateObserved` or
/// `observationDateTime` of the entity, else `notifiedAt`. Duplicates: entity, property and
/// `observedAt`, which is what storing goes by. Birth and death: none.
///
/// Each property becomes a named value with its `unitCode`; a point becomes `location.lat` and
/// `location.lon`, a measurand `measurand.{name}`, a structured value its members by points.
extension Envelope {
    private enum Key {
        static let metadata: StaticString = "metadata"
        static let body: StaticString = "body"
        static let data: StaticString = "data"
        static let notifiedAt: StaticString = "notifiedAt"
        static let id: StaticString = "id"
        static let type: StaticString = "type"
        static let value: StaticString = "value"
        static let jsonValue: StaticString = "@value"
        static let object: StaticString = "object"
        static let unitCode: StaticString = "unitCode"
        static let observedAt: StaticString = "observedAt"
        static let coordinates: StaticString = "coordinates"
        static let entityTimes: [StaticString] = ["dateObserved", "observationDateTime"]
        static let skipped = [Array("id".utf8), Array("@context".utf8)]
        static let measurand = Array("measurand".utf8)
    }

    /// The entities of a message, and when the broker notified of them.
    ///
    /// - Parameters:
    ///   - document: the message.
    ///   - name: `id` of the entity that alone is wanted; nil for all.
    /// - Throws: ``DecodingError`` when there is none, or too many.
    /// - Returns: their nodes in the order of the message, and the time.
    mutating func fiwareEntities(
        _ document: JSONDocument,
        only name: String?
    ) throws(DecodingError) -> (entities: [Int], notifiedAt: Instant?) {
        var root = JSONDocument.root
        if document.member(Key.metadata, of: root) != nil,
            let body = document.member(Key.body, of: root)
        {
            root = body
        }
        let notifiedAt = time(document, document.member(Key.notifiedAt, of: root), origin: .server)
        var list: Int?
        if document.nodes[root].kind == .array {
            list = root
        } else if let data = document.member(Key.data, of: root),
            document.nodes[data].kind == .array
        {
            list = data
        }
        guard let list else {
            guard document.nodes[root].kind == .object else {
                throw .badValue(field: "payload", problem: "expected an entity or a notification")
            }
            return ([root], notifiedAt)
        }
        var entities: [Int] = []
        var next = document.firstElement(of: list)
        while let node = next {
            guard entities.count < DecodingLimits.entities else {
                throw .tooManyElements(limit: DecodingLimits.entities)
            }
            entities.append(node)
            next = document.nextSibling(of: node, in: list)
        }
        guard !entities.isEmpty else { throw .missingField("data[0]") }
        if let name {
            entities.removeAll { entity in
                document.member(Key.id, of: entity).flatMap { document.text(of: $0) } != name
            }
        }
        return (entities, notifiedAt)
    }

    /// Reads one entity.
    ///
    /// - Throws: ``DecodingError`` when it has no `id` or no `type`.
    mutating func readFIWARE(_ document: JSONDocument, _ entity: Int) throws(DecodingError) {
        guard let id = document.member(Key.id, of: entity),
            document.appendString(id, to: &address), !address.isEmpty
        else { throw .missingField("id") }
        guard document.member(Key.type, of: entity) != nil else { throw .missingField("type") }
        hasRecords = true
        for key in Key.entityTimes where deviceTime == nil {
            deviceTime = entityTime(document, key, entity)
        }
        var index = entity + 1
        while index < Int(document.nodes[entity].next) {
            let node = index + 1
            let key = index
            index = Int(document.nodes[node].next)
            if Key.skipped.contains(where: { document.equals(document.nodes[key].range, $0) }) {
                continue
            }
            guard document.nodes[key].range.count <= DecodingLimits.recordNameBytes else {
                unnamedCount += document.leafCount(in: node)
                continue
            }
            try addProperty(document, key, node)
        }
    }

    /// A date of the entity: an instant, or the start of an interval.
    private mutating func entityTime(_ document: JSONDocument, _ key: StaticString, _ entity: Int)
        -> Instant?
    {
        guard let member = document.member(key, of: entity) else { return nil }
        let node = plainValue(document, member)
        guard document.nodes[node].kind == .string else { return nil }
        let range = document.nodes[node].range
        let slash = document.bytes[range].firstIndex(of: UInt8(ascii: "/")) ?? range.upperBound
        if case .absolute(let time) = TimeText(document.bytes, range.lowerBound..<slash) {
            return time
        }
        notes.append(.unreadableTime(.device))
        return nil
    }

    /// The value of a property whichever way it is written.
    private func plainValue(_ document: JSONDocument, _ member: Int) -> Int {
        let value = document.member(Key.value, of: member) ?? member
        return document.member(Key.jsonValue, of: value) ?? value
    }

    private mutating func addProperty(_ document: JSONDocument, _ key: Int, _ member: Int)
        throws(DecodingError)
    {
        if document.member(Key.object, of: member) != nil { return }
        let observedAt = time(
            document,
            document.member(Key.observedAt, of: member),
            origin: .device
        )
        let value = plainValue(document, member)
        let name = keep(document, key)
        if let point = document.member(Key.coordinates, of: value) {
            return try addPoint(document, point, name, observedAt)
        }
        switch document.nodes[value].kind {
        case .object:
            let start = named.count
            try flatten(document, value, prefix: Array(texts[name]) + [UInt8(ascii: ".")])
            for place in start..<named.count { named[place].time = observedAt }
        case .array where texts[name].elementsEqual(Key.measurand):
            try addMeasurands(document, value, observedAt)
        case .array: unnamedCount += document.leafCount(in: value)
        default:
            var unit: Range<Int>?
            if let code = document.member(Key.unitCode, of: member),
                document.nodes[code].kind == .string
            {
                unit = keep(document, code)
            }
            try addNamed(name, document, value, unit: unit, time: observedAt)
        }
    }

    /// A point of GeoJSON: longitude, then latitude.
    private mutating func addPoint(
        _ document: JSONDocument,
        _ list: Int,
        _ name: Range<Int>,
        _ observedAt: Instant?
    ) throws(DecodingError) {
        for (place, suffix) in [".lon", ".lat"].enumerated() {
            guard let node = document.element(place, of: list),
                document.nodes[node].kind == .number
            else { continue }
            let full = keep(Array(texts[name]) + Array(suffix.utf8))
            try addNamed(full, document, node, time: observedAt)
        }
    }

    /// Texts of the form "name, value, unit, description".
    private mutating func addMeasurands(
        _ document: JSONDocument,
        _ list: Int,
        _ observedAt: Instant?
    ) throws(DecodingError) {
        var next = document.firstElement(of: list)
        while let node = next {
            next = document.nextSibling(of: node, in: list)
            let parts = (document.string(node) ?? "").split(
                separator: ",",
                maxSplits: 3,
                omittingEmptySubsequences: false
            ).map { Array($0.utf8.filter { $0 != 0x20 }) }
            guard parts.count >= 3, parts[0].count <= DecodingLimits.recordNameBytes,
                let number = NumberText.value(parts[1][...])
            else {
                unnamedCount += 1
                continue
            }
            let name = keep(Key.measurand + [UInt8(ascii: ".")] + parts[0])
            let unit = parts[2].isEmpty ? nil : keep(parts[2])
            try addNamed(
                NamedValue(name: name, unit: unit, value: .number(number), time: observedAt)
            )
        }
    }
}
