internal import Telemetry

/// uCIFI and other LwM2M objects as SenML in JSON, with paths `/object/instance/resource`.
///
/// Device: what stands before the path in the base name, as `urn:dev:…`; else what the rule's
/// wildcards matched. Time: resource 5518 of the object, with fractions in 6050, else the record's
/// SenML time. Duplicates: notifications come again after a reconnect with the time they had, and
/// storing goes by path and time. Birth and death: none.
///
/// Each resource becomes a named value `object/resource`; instances after the first become
/// channels.
///
/// - Source: OMA LightweightM2M registry, uCIFI objects 3416 to 3436; RFC 8428.
extension Envelope {
    private enum Key {
        static let baseVersion: StaticString = "bver"
        static let baseName: StaticString = "bn"
        static let baseTime: StaticString = "bt"
        static let baseUnit: StaticString = "bu"
        static let baseValue: StaticString = "bv"
        static let name: StaticString = "n"
        static let unit: StaticString = "u"
        static let value: StaticString = "v"
        static let text: StaticString = "vs"
        static let flag: StaticString = "vb"
        static let time: StaticString = "t"
        static let timestamp = Array("5518".utf8)
        static let fraction = Array("6050".utf8)
    }

    private struct ObjectPath: Hashable {
        var object: ArraySlice<UInt8>
        var instance: ArraySlice<UInt8>
        var resource: ArraySlice<UInt8>
        var device: ArraySlice<UInt8>

        /// Reads `device/3416/0/3` from its end; nil when it is no path.
        init?(_ name: [UInt8]) {
            let parts = name.split(
                separator: UInt8(ascii: "/"),
                omittingEmptySubsequences: false
            )
            guard parts.count >= 3, parts.suffix(3).allSatisfy(Self.isNumber) else { return nil }
            object = parts[parts.count - 3]
            instance = parts[parts.count - 2]
            resource = parts[parts.count - 1]
            device = name[0..<object.startIndex]
            while let last = device.last, last == UInt8(ascii: "/") || last == UInt8(ascii: ":") {
                device.removeLast()
            }
        }

        private static func isNumber(_ part: ArraySlice<UInt8>) -> Bool {
            (1...5).contains(part.count) && part.allSatisfy { $0 &- 0x30 <= 9 }
        }
    }

    /// Reads a parsed pack.
    ///
    /// - Throws: ``DecodingError`` when it is no pack of such paths.
    mutating func readUCIFI(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule,
        receivedAt: Instant
    ) throws(DecodingError) {
        guard document.nodes[JSONDocument.root].kind == .array,
            let first = document.firstElement(of: JSONDocument.root)
        else { throw .badValue(field: "payload", problem: "expected SenML records") }
        hasRecords = true
        var baseName: [UInt8] = []
        var base = (time: 0.0, value: 0.0, unit: nil as Int?)
        var clocks: [ArraySlice<UInt8>: Double] = [:]
        var objects: [ArraySlice<UInt8>] = []
        var next: Int? = first
        while let node = next {
            next = document.nextSibling(of: node, in: JSONDocument.root)
            guard document.nodes[node].kind == .object else {
                throw .badValue(field: "payload", problem: "expected SenML records")
            }
            if let version = document.member(Key.baseVersion, of: node),
                document.number(version) ?? 11 > 10
            {
                throw .badValue(field: "bver", problem: "the pack is of a later version than 10")
            }
            if let name = document.member(Key.baseName, of: node) {
                baseName.removeAll(keepingCapacity: true)
                _ = document.appendString(name, to: &baseName)
            }
            base.time = number(document, Key.baseTime, node) ?? base.time
            base.value = number(document, Key.baseValue, node) ?? base.value
            base.unit = document.member(Key.baseUnit, of: node) ?? base.unit
            var full = baseName
            if let name = document.member(Key.name, of: node) {
                _ = document.appendString(name, to: &full)
            }
            guard full.count <= DecodingLimits.nameBytes, let path = ObjectPath(full) else {
                throw .badValue(
                    field: "n",
                    problem: "expected a path /object/instance/resource of "
                        + "\(DecodingLimits.nameBytes) bytes at most"
                )
            }
            if address.isEmpty { address.append(contentsOf: path.device) }
            if !path.device.elementsEqual(address) {
                notes.append(.foreignRecord)
                continue
            }
            let instance = full[path.object.startIndex..<path.instance.endIndex]
            let value = number(document, Key.value, node)
            if path.resource.elementsEqual(Key.timestamp) {
                clocks[instance, default: 0] += value ?? 0
                continue
            }
            if path.resource.elementsEqual(Key.fraction) {
                clocks[instance, default: 0] += value ?? 0
                continue
            }
            let before = named.count
            try addResource(document, node, path, value.map { $0 + base.value }, base.unit)
            guard named.count > before else { continue }
            objects.append(instance)
            let seconds = base.time + (number(document, Key.time, node) ?? 0)
            named[before].time = Self.time(seconds, receivedAt)
            named[before].isRelative = seconds != 0 && seconds < Self.relativeTimeLimit
        }
        for (place, object) in objects.enumerated() {
            guard let seconds = clocks[object], seconds >= 1 else { continue }
            named[place].time = Instant(secondsSince1970: seconds)
            named[place].isRelative = false
        }
        deviceTime = named.compactMap(\.time).max()
        if deviceTime != nil {
            // What was measured now must not get the time of what was measured before.
            for place in named.indices where named[place].time == nil {
                named[place].time = receivedAt
                named[place].isRelative = true
            }
        }
        if address.isEmpty { takeTopicAddress(topic, rule) }
    }

    private mutating func addResource(
        _ document: JSONDocument,
        _ node: Int,
        _ path: ObjectPath,
        _ number: Double?,
        _ baseUnit: Int?
    ) throws(DecodingError) {
        let name = keep(Array(path.object) + [UInt8(ascii: "/")] + Array(path.resource))
        let start = named.count
        if let number {
            guard number.isFinite else {
                throw .badValue(field: "v", problem: "base value and value make no finite number")
            }
            var unit: Range<Int>?
            if let written = document.member(Key.unit, of: node) ?? baseUnit {
                unit = keepUnit(document, written)
            }
            try addNamed(NamedValue(name: name, unit: unit, value: .number(number)))
        } else if let flag = document.member(Key.flag, of: node)
            ?? document.member(Key.text, of: node)
        {
            try addNamed(name, document, flag)
        }
        if named.count > start, !path.instance.elementsEqual([UInt8(ascii: "0")]) {
            named[start].channel = keep(path.instance)
        }
    }

    private func number(_ document: JSONDocument, _ key: StaticString, _ node: Int) -> Double? {
        document.member(key, of: node).flatMap { document.number($0) }
    }

    /// A SenML time: below 2^28 seconds relative to now, nil for now itself.
    ///
    /// - Source: RFC 8428 section 4.5.3.
    private static func time(_ seconds: Double, _ receivedAt: Instant) -> Instant? {
        if seconds >= relativeTimeLimit { return Instant(secondsSince1970: seconds) }
        guard seconds != 0, let exact = Int64(exactly: (seconds * 1000).rounded()) else {
            return nil
        }
        return receivedAt + Milliseconds(exact)
    }
}
