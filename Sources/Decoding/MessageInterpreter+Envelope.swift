internal import Telemetry

/// Readings that the envelope itself gives: battery, position, link, availability.
extension MessageInterpreter {
    private enum Known {
        static let battery = Quantity.named("battery.level")
        static let latitude = Quantity.named("location.lat")
        static let longitude = Quantity.named("location.lon")
        static let online = Quantity.named("device.online")
        static let rssi = Quantity.named("link.rssi")
        static let snr = Quantity.named("link.snr")
        static let frameCount = Quantity.named("link.frame_count")
    }

    /// Adds what the network server said of battery and link.
    ///
    /// - Throws: ``DecodingError/tooManyElements(limit:)``.
    func addEnvelopeReadings(
        _ message: inout DecodedMessage,
        _ envelope: Envelope,
        includesLink: Bool
    )
        throws(DecodingError)
    {
        try add(&message, Known.battery, envelope.batteryLevel, time: envelope.batteryTime)
        if let position = envelope.position {
            try add(&message, Known.latitude, position.latitude, time: nil)
            try add(&message, Known.longitude, position.longitude, time: nil)
        }
        try add(
            &message,
            Known.online,
            envelope.isOnline.map { $0 ? 1 : 0 },
            time: envelope.onlineTime
        )
        guard includesLink, envelope.kind == .measurement else { return }
        try add(&message, Known.rssi, envelope.rssi, time: nil)
        try add(&message, Known.snr, envelope.snr, time: nil)
        guard envelope.rssi != nil else { return }
        try add(
            &message,
            Known.frameCount,
            envelope.sequence?.counter.map { Double($0) },
            time: nil
        )
    }

    private func add(
        _ message: inout DecodedMessage,
        _ quantity: Quantity?,
        _ value: Double?,
        time: Instant?
    )
        throws(DecodingError)
    {
        guard let quantity, let value else { return }
        // A server's clock is not moved with the device's.
        let fault: QualityReason? = quantity.range.contains(value) ? nil : .outOfRange
        try append(&message, quantity, nil, value, time: time, fault: fault)
    }
}

extension Envelope {
    /// Takes the time of arrival that an archive noted, where the server gave none.
    mutating func takeArchiveTime(_ document: JSONDocument, _ path: JSONPath) {
        guard serverTime == nil,
            let node = path.resolve(in: document, from: JSONDocument.root)
        else { return }
        if let milliseconds = document.unsigned(node) {
            serverTime = Int64(exactly: milliseconds).map(Instant.init(milliseconds:))
        } else if document.nodes[node].kind == .string,
            case .absolute(let time) = TimeText(document.bytes, document.nodes[node].range)
        {
            serverTime = time
        }
        if serverTime == nil { notes.append(.unreadableTime(.server)) }
    }
}
