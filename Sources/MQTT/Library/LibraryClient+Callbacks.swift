internal import CMosquitto
internal import Glibc

extension LibraryClient {
    /// Has the library tell this object, which outlives its handle.
    func setCallbacks() {
        unsafe mosquitto_log_callback_set(handle) { _, context, level, text in
            guard level & MOSQ_LOG_ERR != 0, let text = unsafe text else { return }
            unsafe LibraryClient.from(context)?.complaints.append(String(cString: text))
        }
        unsafe mosquitto_connect_v5_callback_set(handle) { handle, context, code, flags, _ in
            // From here on the library would format a line for each message, for nobody.
            unsafe mosquitto_log_callback_set(handle, nil)
            let client = unsafe LibraryClient.from(context)
            client?.delegate?.brokerAnswered(code: code, sessionWasPresent: flags & 1 != 0)
        }
        unsafe mosquitto_disconnect_v5_callback_set(handle) { _, context, code, _ in
            unsafe LibraryClient.from(context)?.delegate?.brokerDisconnected(code: code)
        }
        unsafe mosquitto_message_callback_set(handle) { _, context, message in
            guard let message = unsafe message else { return }
            unsafe LibraryClient.from(context)?.deliver(message)
        }
        unsafe mosquitto_subscribe_callback_set(handle) { _, context, identifier, count, codes in
            let codes = unsafe Array(UnsafeBufferPointer(start: codes, count: Int(count)))
            let client = unsafe LibraryClient.from(context)
            client?.delegate?.subscriptionAnswered(identifier: identifier, codes: codes)
        }
        unsafe mosquitto_unsubscribe_callback_set(handle) { _, context, identifier in
            let client = unsafe LibraryClient.from(context)
            client?.delegate?.unsubscriptionAnswered(identifier: identifier)
        }
        unsafe mosquitto_publish_v5_callback_set(handle) { _, context, identifier, code, _ in
            let client = unsafe LibraryClient.from(context)
            client?.delegate?.acknowledged(identifier: identifier, code: code)
        }
    }

    /// Lends the library's own bytes; they live until the callback returns.
    private func deliver(_ message: UnsafePointer<mosquitto_message>) {
        let message = unsafe message.pointee
        let topicCount = unsafe message.topic.map { unsafe strlen($0) } ?? 0
        let topic = unsafe UnsafeRawBufferPointer(start: message.topic, count: topicCount)
        let payload = unsafe UnsafeRawBufferPointer(
            start: message.payload,
            count: message.payload == nil ? 0 : Int(message.payloadlen)
        )
        unsafe delegate?.received(
            topic: topic.bytes,
            payload: payload.bytes,
            delivery: Delivery(
                quality: QualityOfService(rawValue: message.qos) ?? .atMostOnce,
                isRetained: message.retain,
                packetIdentifier: UInt16(truncatingIfNeeded: message.mid)
            )
        )
    }

    /// The client that the library was given as its user data: it outlives the handle.
    private static func from(_ context: UnsafeMutableRawPointer?) -> LibraryClient? {
        guard let context = unsafe context else { return nil }
        return unsafe Unmanaged<LibraryClient>.fromOpaque(context).takeUnretainedValue()
    }
}
