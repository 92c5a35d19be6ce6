internal import Telemetry

/// Uplinks that a Milesight gateway's own network server forwards.
///
/// Device: `devEUI`, else the last level of the topic, which is usually `$deveui`. Time: that of
/// the gateway, in `rxInfo`, else `time`, which is the gateway's clock too. Duplicates: EUI with
/// frame counter; there is no session, and a join begins anew. Birth and death: none.
///
/// The layout is ChirpStack's third with differences: numbers or texts as identifiers, a bandwidth
/// in kHz, and with a payload codec some firmware sends the decoded members alone. A position of 0
/// and 0 is none.
extension Envelope {
    private enum Key {
        static let devEUI: StaticString = "devEUI"
        static let fCnt: StaticString = "fCnt"
        static let fPort: StaticString = "fPort"
        static let data: StaticString = "data"
        static let object: StaticString = "object"
        static let time: StaticString = "time"
        static let gatewayTime: StaticString = "gatewayTime"
        static let rxInfo: StaticString = "rxInfo"
        static let rssi: StaticString = "rssi"
        static let snr: StaticString = "loRaSNR"
    }

    /// Reads a parsed event.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readMilesight(
        _ document: JSONDocument,
        _ topic: [UInt8],
        _ rule: SubscriptionRule
    ) throws(DecodingError) {
        let root = JSONDocument.root
        guard document.nodes[root].kind == .object else {
            throw .badValue(field: "payload", problem: "expected an object")
        }
        try takeMilesightDevice(document, topic)
        let levels = TopicLevels(topic)
        func isNamed(_ word: StaticString) -> Bool {
            (0..<levels.count).contains { levels.level($0, is: word) }
        }
        if isNamed("join") {
            kind = .join
            return
        }
        if isNamed("ack") || isNamed("error") || isNamed("downlink") {
            kind = .other
            return
        }
        gatewayTime =
            time(document, document.member(Key.time, of: root), origin: .gateway)
            ?? time(document, document.member(Key.gatewayTime, of: root), origin: .gateway)
        if let counter = try Self.counter(
            document,
            document.member(Key.fCnt, of: root),
            field: "fCnt"
        ) {
            sequence = MessageSequence(counter: counter)
        }
        port = try Self.port(document, document.member(Key.fPort, of: root), field: "fPort")
        if let node = document.member(Key.data, of: root) {
            try takePayload(document, node, rule.payloadEncoding, field: "data")
        }
        if let node = document.member(Key.object, of: root), document.nodes[node].kind == .object {
            object = node
        } else if !hasPayload {
            object = root
        }
        if let object { try flatten(document, object) }
        dropNowhere()
        takeMilesightReception(document)
    }

    private mutating func takeMilesightDevice(_ document: JSONDocument, _ topic: [UInt8])
        throws(DecodingError)
    {
        if let node = document.member(Key.devEUI, of: JSONDocument.root) {
            return try takeEUI(document, node, field: "devEUI")
        }
        guard let last = TopicLevels(topic).range(-1), last.count == 16,
            topic[last].allSatisfy({ HexText.value($0) != nil })
        else { throw .missingField("devEUI, or an EUI as the last level of the topic") }
        address.append(contentsOf: topic[last].map(HexText.lowercased))
    }

    /// Takes out a position of 0 and 0, which says that there is none.
    private mutating func dropNowhere() {
        let names = [JSONKey("latitude"), JSONKey("longitude")]
        let places = named.indices.filter { place in
            names.contains { isNamed(named[place], $0) }
        }
        guard places.count == 2, places.allSatisfy({ named[$0].matches(.number(0), texts) }) else {
            return
        }
        for place in places.reversed() { named.remove(at: place) }
    }

    private mutating func takeMilesightReception(_ document: JSONDocument) {
        guard let list = document.member(Key.rxInfo, of: JSONDocument.root) else { return }
        var next = document.firstElement(of: list)
        while let node = next {
            let isBest = takeLink(
                rssi: document.member(Key.rssi, of: node).flatMap { document.number($0) },
                snr: document.member(Key.snr, of: node).flatMap { document.number($0) }
            )
            if isBest,
                let clock = time(document, document.member(Key.time, of: node), origin: .gateway)
            {
                gatewayTime = clock
            }
            next = document.nextSibling(of: node, in: list)
        }
    }
}
