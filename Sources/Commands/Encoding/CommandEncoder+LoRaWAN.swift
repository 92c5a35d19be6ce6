internal import Foundation
internal import Protobuf
internal import Telemetry

/// Downlinks by network servers of LoRaWAN.
extension CommandEncoder {
    /// A `DownlinkCommand` on `…/command/down`, in JSON or protobuf as the server's events are.
    ///
    /// The token is the queue item's identifier, which `ack` and `txack` repeat. Servers from
    /// before there was a time of expiry pass over what they do not know.
    /// - Source: ChirpStack v4, `integration/integration.proto`.
    func chirpStack(
        _ port: UInt8,
        _ isConfirmed: Bool,
        _ bytes: [UInt8]
    ) throws(CommandRefusal) -> OutgoingCommand {
        let levels = route.levels
        guard levels.count > 2, levels[levels.count - 2] == "event" else {
            throw foreignTopic("…/event/up")
        }
        let topic = (levels.dropLast(2) + ["command", "down"]).joined(separator: "/")
        guard !route.isObject else {
            let expiry = expiresAt.map { #","expiresAt":"\#($0.rfc3339)""# } ?? ""
            let text =
                #"{"id":"\#(token)","devEui":"\#(route.address)","confirmed":\#(isConfirmed),"#
                + #""fPort":\#(port),"data":"\#(Data(bytes).base64EncodedString())"\#(expiry)}"#
            return OutgoingCommand(topic: topic, payload: Array(text.utf8), isAtMostOnce: false)
        }
        var writer = ProtobufWriter()
        writer.bytes(1, Array(token.utf8))
        writer.bytes(2, Array(route.address.utf8))
        if isConfirmed { writer.variable(3, 1) }
        writer.variable(4, UInt64(port))
        writer.bytes(5, bytes)
        if let expiresAt {
            writer.nested(7) { time in
                time.variable(1, UInt64(clamping: expiresAt.milliseconds / 1000))
            }
        }
        return OutgoingCommand(topic: topic, payload: writer.bytes, isAtMostOnce: false)
    }

    /// A push to the downlink queue; the stack knows QoS 0 alone.
    ///
    /// The token is a correlation identifier, which all that is said of the downlink repeats.
    /// - Source: The Things Stack documentation, "MQTT Server", "Scheduling Downlinks".
    func theThingsStack(
        _ port: UInt8,
        _ isConfirmed: Bool,
        _ bytes: [UInt8]
    ) throws(CommandRefusal) -> OutgoingCommand {
        let levels = route.levels
        guard let place = levels.firstIndex(of: "devices"), place + 2 < levels.count else {
            throw foreignTopic("v3/APPLICATION/devices/DEVICE/…")
        }
        let topic = (levels[...(place + 1)] + ["down", "push"]).joined(separator: "/")
        let text =
            #"{"downlinks":[{"f_port":\#(port),"#
            + #""frm_payload":"\#(Data(bytes).base64EncodedString())","priority":"NORMAL","#
            + #""confirmed":\#(isConfirmed),"correlation_ids":["\#(Self.correlation(token))"]}]}"#
        return OutgoingCommand(topic: topic, payload: Array(text.utf8), isAtMostOnce: true)
    }

    /// A correlation identifier of ours.
    static func correlation(_ token: String) -> String { "langso:\(token)" }
}
