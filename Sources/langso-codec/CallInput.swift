/// The input of a call as JSON text in UTF-16, as the engine takes texts.
struct CallInput {
    let json: [UInt16]

    /// Writes an input; the operator's variables are a JSON object.
    init(_ port: UInt8, _ milliseconds: Int64, _ payload: [UInt8], variables: [UInt16]) {
        var json: [UInt16] = []
        // Four characters a byte at most, and the rest around them.
        json.reserveCapacity(4 * payload.count + variables.count + 80)
        json += Self.bytes
        for (index, byte) in payload.enumerated() {
            if index > 0 { json.append(Self.comma) }
            Self.append(byte, to: &json)
        }
        json += Self.port
        Self.append(port, to: &json)
        json += Self.time
        json += String(milliseconds).utf16
        json += Self.variables
        json += variables
        json.append(Self.end)
        self.json = json
    }

    private static let bytes = Array("{\"bytes\":[".utf16)
    private static let port = Array("],\"fPort\":".utf16)
    private static let time = Array(",\"recvTime\":".utf16)
    private static let variables = Array(",\"variables\":".utf16)
    private static let end = UInt16(UInt8(ascii: "}"))
    private static let comma = UInt16(UInt8(ascii: ","))
    private static let zero = UInt16(UInt8(ascii: "0"))

    private static func append(_ byte: UInt8, to json: inout [UInt16]) {
        let number = UInt16(byte)
        if number >= 100 { json.append(zero + number / 100) }
        if number >= 10 { json.append(zero + number / 10 % 10) }
        json.append(zero + number % 10)
    }
}
