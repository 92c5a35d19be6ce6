/// What ChirpStack's `log` event of a device is about.
///
/// The order is that of the numbers in protobuf; a code of a later server counts as
/// ``unknown``.
///
/// - Source: ChirpStack v4, `integration/integration.proto`, `LogCode`.
public enum ServerLogCode: String, Hashable, Sendable, CaseIterable {
    /// None, or one that is not known here.
    case unknown
    /// A downlink is longer than the data rate allows.
    case downlinkPayloadSize = "downlink_payload_size"
    /// The server's own codec failed on an uplink.
    case uplinkCodec = "uplink_codec"
    /// The server's own codec failed on a downlink.
    case downlinkCodec = "downlink_codec"
    /// A device could not join.
    case otaa
    /// The device counts its frames from the beginning without having joined.
    case uplinkFrameCounterReset = "uplink_f_cnt_reset"
    /// A frame whose check by the session's key fails.
    case uplinkMIC = "uplink_mic"
    /// A frame that was received already.
    case uplinkRetransmission = "uplink_f_cnt_retransmission"
    /// A radio gateway could not send a downlink.
    case downlinkGateway = "downlink_gateway"
    /// A relay heard a device that it does not know.
    case relayNewEndDevice = "relay_new_end_device"
    /// A downlink's frame counter was used already.
    case downlinkFrameCounter = "f_cnt_down"
    /// A downlink waited longer than it may.
    case expired

    /// The code as the server writes it.
    var serverName: String { rawValue.uppercased() }

    /// Reads the server's writing.
    init(serverName: String) {
        self = Self.allCases.first { $0.serverName == serverName } ?? .unknown
    }
}
