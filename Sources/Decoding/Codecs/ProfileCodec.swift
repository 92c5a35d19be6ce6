internal import ConfigurationText
internal import Telemetry

/// The maker's own JavaScript that decodes a profile's payloads, see LoRa Alliance TS013.
///
/// In a profile: `codec: codec.js`, or with more than the name of the file
/// `codec: {file: codec.js, always: true, keep_context: true, variables: {height: "2.5"}}`. The
/// profile's messages then read the members of the object that the codec gives as `data`.
public struct ProfileCodec: Hashable, Sendable {
    /// Name of the file, in the folder of the profile.
    public let file: String
    /// Whether the codec goes before what the network server's own codec decoded.
    public let isAlways: Bool
    /// Whether a device's context is kept from message to message.
    public let keepsContexts: Bool
    /// The operator's variables, `input.variables` to the script.
    public let variables: [String: String]

    /// Reads the description; nil when it has a fault, which is then noted.
    init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        if node.scalarText != nil {
            guard let file = Self.file(node, &faults) else { return nil }
            self.file = file
            isAlways = false
            keepsContexts = false
            variables = [:]
            return
        }
        node.allowKeys(["file", "always", "keep_context", "variables"], &faults)
        guard let file = node.required("file", &faults).flatMap({ Self.file($0, &faults) }) else {
            return nil
        }
        self.file = file
        isAlways = node["always"].map { $0.flag(&faults) ?? false } ?? false
        keepsContexts = node["keep_context"].map { $0.flag(&faults) ?? false } ?? false
        var variables: [String: String] = [:]
        for (name, value) in node["variables"]?.mapping(&faults) ?? [] {
            variables[name] = value.text(&faults)
        }
        self.variables = variables
    }

    /// A file beside the profile: what lies elsewhere is no part of it.
    private static func file(_ node: ConfigurationNode, _ faults: inout FaultCollector) -> String? {
        guard let name = node.text(&faults) else { return nil }
        guard name.hasSuffix(".js"), !name.contains("/"), !name.hasPrefix(".") else {
            faults.note(
                node,
                "expected a file in the profile's folder as codec.js, found '\(name)'"
            )
            return nil
        }
        return name
    }
}

/// What a codec has to be asked before a message can be decoded.
public struct CodecRequest: Hashable, Sendable {
    /// Profile whose codec it is.
    public let profileID: String
    /// The device as its family names it.
    public let deviceAddress: String
    /// LoRaWAN port, 1 to 255.
    public let port: UInt8
    /// The payload.
    public let payload: [UInt8]
    /// When the network server received it, else when it arrived, in milliseconds since 1970.
    public let receivedAtMilliseconds: Int64
    /// What tells the message from others of the device; nil when it carries nothing of the sort.
    public let sequence: MessageSequence?
}

extension Envelope {
    /// What the codec of a profile has to be asked; nil when the message needs no codec.
    func request(
        _ codec: ProfileCodec,
        of profileID: String,
        for message: DecodedMessage
    ) -> CodecRequest? {
        guard kind == .measurement, hasPayload, codec.isAlways || object == nil,
            let port, let byte = UInt8(exactly: port), byte > 0
        else { return nil }
        return CodecRequest(
            profileID: profileID,
            deviceAddress: message.deviceAddress,
            port: byte,
            payload: payload,
            receivedAtMilliseconds: (serverTime ?? gatewayTime ?? message.receivedAt).milliseconds,
            sequence: sequence
        )
    }
}
