/// What is told of a ``LibraryClient``, from inside its `read` and `write`.
protocol LibraryClientDelegate: AnyObject {
    /// The broker accepted (code 0) or refused the connection.
    func brokerAnswered(code: Int32, sessionWasPresent: Bool)
    /// The broker answered a subscription; one code for each filter.
    func subscriptionAnswered(identifier: Int32, codes: [Int32])
    /// The broker answered an end of subscriptions.
    func unsubscriptionAnswered(identifier: Int32)
    /// The broker acknowledged a published message; a code from 128 is a refusal.
    func acknowledged(identifier: Int32, code: Int32)
    /// A message came; topic and payload are lent for the call.
    func received(topic: RawSpan, payload: RawSpan, delivery: Delivery)
    /// The broker ended the connection with a reason, as MQTT 5 can.
    func brokerDisconnected(code: Int32)
}

extension LibraryClientDelegate {
    func subscriptionAnswered(identifier: Int32, codes: [Int32]) {}
    func unsubscriptionAnswered(identifier: Int32) {}
    func acknowledged(identifier: Int32, code: Int32) {}
    func received(topic: RawSpan, payload: RawSpan, delivery: Delivery) {}
    func brokerDisconnected(code: Int32) {}
}
