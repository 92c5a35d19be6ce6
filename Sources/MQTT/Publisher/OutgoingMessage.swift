/// A message on its way to a broker; topic and payload are shared, not copied.
struct OutgoingMessage {
    let topic: String
    let payload: [UInt8]
    let isRetained: Bool
    var quality = QualityOfService.atLeastOnce
}
