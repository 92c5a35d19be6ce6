/// ChirpStack v4 events in protobuf, as the integration sends them with `json=false`.
///
/// They are written out as the JSON that the integration sends otherwise and read as that. Which
/// event it is stands in the topic only: the messages do not say it, and an uplink and an
/// acknowledgement share field numbers.
///
/// - Source: ChirpStack v4, `integration/integration.proto`, `gw/gw.proto`, `common/common.proto`.
enum ChirpStackEvent {
    /// Whether a payload is protobuf: JSON begins with a brace, blanks before it allowed.
    ///
    /// Every event begins with one of its first three fields, all of which have a length but the
    /// number of a transmission (0x08). The byte of the first is that of a line break too, so the
    /// byte after it is looked at.
    static func isProtobuf(_ payload: Span<UInt8>) -> Bool {
        guard !payload.isEmpty else { return false }
        switch payload[0] {
        case 0x08, 0x12, 0x1A: return true
        case 0x0A:
            for index in payload.indices {
                switch payload[index] {
                case 0x20, 0x09, 0x0A, 0x0D: continue
                case UInt8(ascii: "{"): return false
                default: return true
                }
            }
            return false
        default: return false
        }
    }

    /// The fields of the event that a topic names; nil for one that is no event.
    static func schema(_ levels: TopicLevels) -> MessageSchema? {
        if levels.level(-1, is: "up") { return uplink }
        if levels.level(-1, is: "join") { return join }
        if levels.level(-1, is: "status") { return status }
        if levels.level(-1, is: "log") { return log }
        if levels.level(-1, is: "ack") { return acknowledgement }
        if levels.level(-1, is: "txack") { return transmission }
        if levels.level(-1, is: "location") { return location }
        if levels.level(-1, is: "integration") { return integration }
        return nil
    }

    private typealias Field = MessageSchema.Field

    private static let deviceInfo = MessageSchema([
        Field(1, "tenantId", .text), Field(2, "tenantName", .text),
        Field(3, "applicationId", .text), Field(4, "applicationName", .text),
        Field(5, "deviceProfileId", .text), Field(6, "deviceProfileName", .text),
        Field(7, "deviceName", .text), Field(8, "devEui", .text),
    ])

    private static let place = MessageSchema([
        Field(1, "latitude", .double), Field(2, "longitude", .double),
        Field(3, "altitude", .double),
    ])

    private static let joinServerContext = MessageSchema([Field(1, "sessionKeyId", .text)])

    private static let reception = MessageSchema([
        Field(1, "gatewayId", .text), Field(2, "uplinkId", .unsigned),
        Field(3, "gwTime", .time), Field(17, "nsTime", .time),
        Field(6, "rssi", .signed), Field(7, "snr", .single),
        Field(8, "channel", .unsigned), Field(12, "location", .message(place)),
    ])

    /// The three fields that most events begin with.
    private static let head = [
        Field(1, "deduplicationId", .text), Field(2, "time", .time),
        Field(3, "deviceInfo", .message(deviceInfo)),
    ]

    private static let uplink = MessageSchema(
        head + [
            Field(4, "devAddr", .text), Field(5, "adr", .flag), Field(6, "dr", .unsigned),
            Field(7, "fCnt", .unsigned), Field(8, "fPort", .unsigned),
            Field(9, "confirmed", .flag), Field(10, "data", .bytes),
            Field(11, "object", .structure),
            Field(12, "rxInfo", .message(reception), isRepeated: true),
            Field(15, "joinServerContext", .message(joinServerContext)),
        ]
    )

    private static let join = MessageSchema(head + [Field(4, "devAddr", .text)])

    private static let status = MessageSchema(
        head + [
            Field(5, "margin", .signed), Field(6, "externalPowerSource", .flag),
            Field(7, "batteryLevelUnavailable", .flag), Field(8, "batteryLevel", .single),
        ]
    )

    private static let log = MessageSchema([
        Field(1, "time", .time), Field(2, "deviceInfo", .message(deviceInfo)),
        Field(3, "level", .choice(["INFO", "WARNING", "ERROR"])),
        Field(4, "code", .choice(ServerLogCode.allCases.map(\.serverName))),
        Field(5, "description", .text),
    ])

    private static let acknowledgement = MessageSchema(
        head + [
            Field(4, "queueItemId", .text), Field(5, "acknowledged", .flag),
            Field(6, "fCntDown", .unsigned),
        ]
    )

    private static let transmission = MessageSchema([
        Field(1, "downlinkId", .unsigned), Field(2, "time", .time),
        Field(3, "deviceInfo", .message(deviceInfo)), Field(4, "queueItemId", .text),
        Field(5, "fCntDown", .unsigned), Field(6, "gatewayId", .text),
    ])

    private static let location = MessageSchema(head + [Field(4, "location", .message(place))])

    private static let integration = MessageSchema(
        head + [
            Field(4, "integrationName", .text), Field(5, "eventType", .text),
            Field(6, "object", .structure),
        ]
    )
}
