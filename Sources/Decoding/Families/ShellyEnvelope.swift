internal import Telemetry

/// Shelly devices of generation 2 and later: `{prefix}/events/rpc`, `{prefix}/status/{component}`,
/// `{prefix}/online`, and `{prefix}/langso/rpc`, what a device answers us.
///
/// Device: the prefix of the topic; the directory may know the `src` of notifications instead.
/// Time: `params.ts`, seconds since 1970; null or small before the device set its clock, then the
/// time of arrival holds. Duplicates: `src`, `ts` and the components; the same change on a status
/// topic has no time, and counts only where a value is new. Death: `online` is the last will;
/// devices on battery sleep between reports, which their profile says by `sleeps`.
///
/// A NotifyStatus tells what changed: what it leaves out is as it was, and no reading is made of
/// it. Each member becomes a named value under its path, as `switch:0.aenergy.total`. The list of
/// faults becomes the flag `switch:0.errors`, and a flag for each that is raised, as
/// `switch:0.errors.overtemp`; those that a profile reads and that are not in the list are not. A
/// whole status of a switch or a light without the list has no faults. An answer to
/// `Shelly.GetStatus` has the whole status of each component, at the time of arrival.
extension Envelope {
    private enum Key {
        static let source: StaticString = "src"
        static let method: StaticString = "method"
        static let parameters: StaticString = "params"
        static let time: StaticString = "ts"
        static let timeName = Array("ts".utf8)
        static let delta = Array("NotifyStatus".utf8)
        static let full = Array("NotifyFullStatus".utf8)
        static let result: StaticString = "result"
        static let errors = JSONKey("errors")
        /// Components whose whole status leaves the list of faults out when there is none.
        static let judgedComponents = [Array("switch:".utf8), Array("light:".utf8)]
    }

    /// What a topic behind the prefix speaks of.
    enum ShellySubject {
        case notification, status, answer, availability, other
    }

    /// Reads the topic: who, and what sort of message.
    ///
    /// - Throws: ``DecodingError/missingField(_:)`` when there is no prefix.
    mutating func readShellyTopic(_ topic: [UInt8]) throws(DecodingError) -> ShellySubject {
        let levels = TopicLevels(topic)
        var subject = ShellySubject.other
        var tail = 1
        if levels.level(-1, is: "online") {
            subject = .availability
            kind = .availability
        } else if levels.level(-2, is: "events"), levels.level(-1, is: "rpc") {
            subject = .notification
            tail = 2
        } else if levels.level(-2, is: "status") {
            subject = .status
            tail = 2
        } else if levels.count > 2, levels.level(-2, is: "langso"), levels.level(-1, is: "rpc") {
            subject = .answer
            tail = 2
        } else if levels.level(-2, is: "command") {
            // What somebody tells one component of the device.
            kind = .other
            tail = 2
        } else {
            kind = .other
        }
        guard let prefix = levels.range(droppingLast: tail), !prefix.isEmpty else {
            throw .missingField("topic prefix of the device")
        }
        address.append(contentsOf: topic[prefix])
        return subject
    }

    /// Reads the last will: `true` or `false`.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for another word.
    mutating func readShellyWill(_ payload: Span<UInt8>) throws(DecodingError) {
        if PayloadWord.equal(payload, "true") {
            isOnline = true
        } else if PayloadWord.equal(payload, "false") {
            isOnline = false
        } else {
            throw .badValue(field: "online", problem: "expected true or false")
        }
    }

    /// Reads the parsed status of one component, whose name is the last level of the topic.
    ///
    /// - Throws: ``DecodingError`` when it is no object.
    mutating func readShellyStatus(_ document: JSONDocument, _ topic: [UInt8])
        throws(DecodingError)
    {
        guard document.nodes[JSONDocument.root].kind == .object,
            let component = TopicLevels(topic).range(-1), !component.isEmpty
        else { throw .badValue(field: "payload", problem: "expected the status of a component") }
        object = JSONDocument.root
        repeatsKnownValues = true
        hasRecords = true
        try flatten(
            document,
            JSONDocument.root,
            prefix: Array(topic[component]) + [UInt8(ascii: ".")]
        )
        try addFaults(document, JSONDocument.root, of: Array(topic[component]), isWhole: true)
    }

    /// Adds whether a component has faults, and which.
    private mutating func addFaults(
        _ document: JSONDocument,
        _ status: Int,
        of component: [UInt8],
        isWhole: Bool
    ) throws(DecodingError) {
        guard document.nodes[status].kind == .object else { return }
        let member = document.member(Key.errors, of: status)
        // What is no list is a value like any other.
        if let member, document.nodes[member].kind != .array { return }
        let list = member
        let isJudged = isWhole && Key.judgedComponents.contains { component.starts(with: $0) }
        guard isJudged || list != nil, component.count <= DecodingLimits.recordNameBytes else {
            return
        }
        let name = component + Array(".errors".utf8)
        var next = list.flatMap { document.firstElement(of: $0) }
        try addNamed(NamedValue(name: keep(name), value: .flag(next != nil)))
        listedInFull.append(keep(name + [UInt8(ascii: ".")]))
        if let list { unnamedCount -= document.leafCount(in: list) }
        while let list, let node = next {
            next = document.nextSibling(of: node, in: list)
            guard document.nodes[node].kind == .string,
                document.nodes[node].range.count <= DecodingLimits.recordNameBytes
            else {
                unnamedCount += document.leafCount(in: node)
                continue
            }
            let start = texts.count
            texts.append(contentsOf: name + [UInt8(ascii: ".")])
            let fault = start..<keep(document, node).upperBound
            try addNamed(NamedValue(name: fault, value: .flag(true)))
        }
    }

    /// Reads a parsed notification.
    ///
    /// - Throws: ``DecodingError`` when it is no notification.
    mutating func readShellyNotification(_ document: JSONDocument) throws(DecodingError) {
        let root = JSONDocument.root
        guard let method = document.member(Key.method, of: root) else {
            throw .missingField("method")
        }
        let source = document.member(Key.source, of: root)
        if let source { _ = document.appendString(source, to: &alternateAddress) }
        guard document.isString(method, Key.delta) || document.isString(method, Key.full) else {
            kind = .other
            return
        }
        guard let parameters = document.member(Key.parameters, of: root),
            document.nodes[parameters].kind == .object
        else { throw .missingField("params") }
        object = parameters
        hasRecords = true
        try flatten(document, parameters)
        let isWhole = document.isString(method, Key.full)
        try eachComponent(document, of: parameters) { envelope, name, node throws(DecodingError) in
            try envelope.addFaults(document, node, of: name, isWhole: isWhole)
        }
        named.removeAll { texts[$0.name].elementsEqual(Key.timeName) }
        guard let time = document.member(Key.time, of: parameters),
            let seconds = document.number(time),
            let instant = Instant(secondsSince1970: seconds), instant >= ClockPolicy.earliest
        else { return }
        deviceTime = instant
        var hash = ContentHash()
        hash.combine(alternateAddress, 0..<alternateAddress.count)
        hash.combine(document.bytes, document.nodes[time].range)
        try eachComponent(document, of: parameters) { _, name, _ in
            hash.combine(UInt8(ascii: "/"))
            hash.combine(name, 0..<name.count)
        }
        sequence = MessageSequence(identifier: hash.value)
    }

    /// Reads the parsed answer to a request that named a name below the device's prefix as its
    /// source.
    ///
    /// Components are the objects among its members; what an answer to another request says, as
    /// `was_on`, is nobody's measurement.
    /// - Throws: ``DecodingError`` when it is no object.
    /// - Source: Shelly Gen2+ API, "RPC Protocol" (response frame, MQTT) and `Shelly.GetStatus`.
    mutating func readShellyAnswer(_ document: JSONDocument) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        if let source = document.member(Key.source, of: root) {
            _ = document.appendString(source, to: &alternateAddress)
        }
        guard let result = document.member(Key.result, of: root),
            document.nodes[result].kind == .object
        else {
            kind = .other
            return
        }
        try eachComponent(document, of: result) { envelope, name, node throws(DecodingError) in
            guard document.nodes[node].kind == .object,
                name.count < DecodingLimits.recordNameBytes
            else { return }
            envelope.object = result
            envelope.hasRecords = true
            try envelope.flatten(document, node, prefix: name + [UInt8(ascii: ".")])
            try envelope.addFaults(document, node, of: name, isWhole: true)
        }
        if !hasRecords { kind = .other }
    }

    /// Calls for each member of the parameters, with its name and its node.
    private mutating func eachComponent(
        _ document: JSONDocument,
        of parameters: Int,
        _ body: (inout Envelope, [UInt8], Int) throws(DecodingError) -> Void
    ) throws(DecodingError) {
        var index = parameters + 1
        while index < Int(document.nodes[parameters].next) {
            try body(&self, Array(document.bytes[document.nodes[index].range]), index + 1)
            index = Int(document.nodes[index + 1].next)
        }
    }
}
