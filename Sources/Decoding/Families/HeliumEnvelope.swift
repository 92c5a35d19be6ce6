internal import Telemetry

/// The HTTP integration layout of Helium's console, as a bridge publishes it over MQTT.
///
/// Device: `dev_eui`. Time: `reported_at`, milliseconds since 1970, the server's. Duplicates:
/// device address with frame counter; a frame is delivered again minutes later when a hotspot was
/// slow.
extension Envelope {
    private enum Key {
        static let devEUI: StaticString = "dev_eui"
        static let devAddr: StaticString = "devaddr"
        static let fCnt: StaticString = "fcnt"
        static let port: StaticString = "port"
        static let payload: StaticString = "payload"
        static let decoded: StaticString = "decoded"
        static let reportedAt: StaticString = "reported_at"
        static let hotspots: StaticString = "hotspots"
        static let rssi: StaticString = "rssi"
        static let snr: StaticString = "snr"
    }

    /// Reads a parsed message.
    ///
    /// - Throws: ``DecodingError`` when it is no object, names no device, or has a bad payload.
    mutating func readHelium(_ document: JSONDocument, _ rule: SubscriptionRule)
        throws(DecodingError)
    {
        let root = JSONDocument.root
        guard let device = document.member(Key.devEUI, of: root) else {
            throw .missingField("dev_eui")
        }
        try takeEUI(document, device, field: "dev_eui")
        sequence = MessageSequence(
            counter: try Self.counter(document, document.member(Key.fCnt, of: root), field: "fcnt"),
            session: Self.hash(document, document.member(Key.devAddr, of: root))
        )
        port = try Self.port(document, document.member(Key.port, of: root), field: "port")
        if let node = document.member(Key.payload, of: root) {
            try takePayload(document, node, rule.payloadEncoding, field: "payload")
        }
        if let decoded = document.member(Key.decoded, of: root),
            let node = document.member(Key.payload, of: decoded),
            document.nodes[node].kind == .object
        {
            object = node
        }
        if let node = document.member(Key.reportedAt, of: root) {
            serverTime = document.unsigned(node).flatMap(Int64.init(exactly:))
                .map(Instant.init(milliseconds:))
            if serverTime == nil { notes.append(.unreadableTime(.server)) }
        }
        guard let list = document.member(Key.hotspots, of: root) else { return }
        var next = document.firstElement(of: list)
        while let node = next {
            _ = takeLink(
                rssi: document.member(Key.rssi, of: node).flatMap { document.number($0) },
                snr: document.member(Key.snr, of: node).flatMap { document.number($0) }
            )
            next = document.nextSibling(of: node, in: list)
        }
    }
}
