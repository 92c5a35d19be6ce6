internal import Telemetry

/// The way of a LoRaWAN frame from a device to the broker: counters, losses, gateways, duplicates.
///
/// Two frames of a hundred are lost, never three in a row: the counter goes on, no message comes.
/// About a third is heard
/// by two gateways and still one message. One message of 250 is delivered twice, the same bytes
/// again, as a broker does after a broken link.
///
/// Addresses are EUI-64 with the bit "locally administered" set (`02` in the first byte), so that
/// they can be no maker's: `02 4d 50` ("MP"), a byte for the kind, four for the number.
/// - Source: IEEE 802, Guidelines for Use of EUI, U/L bit.
struct RadioLink: Sendable {
    /// Who hands the frames on.
    enum Server: Sendable {
        /// ChirpStack v4.
        case chirpStack
        /// The Things Stack v3.
        case theThingsStack
    }

    /// Share of frames that no gateway hears: between the 1 % and 3 % of links in good order.
    static let lossShare = 0.02
    /// Most frames that are lost one after the other: with three a device would be silent for the
    /// rules, and the plan of faults would not say so.
    static let mostLostInARow = 2
    /// Share of messages that are delivered twice.
    static let duplicateShare = 0.004
    /// Share of frames that two gateways hear.
    static let secondGatewayShare = 0.35
    /// The Things Stack's tenant and ChirpStack's application.
    static let application = "mo-phong"

    let server: Server
    let code: String
    let eui: UInt64
    let profile: String
    let ordinal: Int
    let noise: SeededNoise
    private let topic: String
    private(set) var frameCounter: Int64
    private var lostInARow = 0

    init(
        server: Server,
        code: String,
        eui: UInt64,
        profile: String,
        ordinal: Int,
        noise: SeededNoise
    ) {
        self.server = server
        self.code = code
        self.eui = eui
        self.profile = profile
        self.ordinal = ordinal
        self.noise = noise
        frameCounter = 1000 + Int64(noise.index(0, below: 20_000, salt: 0x7A))
        switch server {
        case .chirpStack:
            topic = "application/\(Self.application)/device/\(Self.text(eui))/event/up"
        case .theThingsStack:
            topic = "v3/\(Self.application)@lang-so/devices/\(code.lowercased())/up"
        }
    }

    /// The EUI of a device of a kind.
    static func eui(kind: UInt8, number: Int) -> UInt64 {
        0x024D_5000_0000_0000 | UInt64(kind) << 32 | UInt64(UInt32(truncatingIfNeeded: number))
    }

    /// An EUI as 16 hexadecimal digits in lower case.
    static func text(_ eui: UInt64) -> String {
        var text = JSONText(reserving: 16)
        text.appendHex(eui, digits: 16)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    /// Sends a frame.
    ///
    /// - Parameters:
    ///   - port: LoRaWAN port.
    ///   - payload: the device's bytes.
    ///   - time: when the message reaches the broker.
    ///   - isImportant: keeps the frame from being lost, as it shows the edge of a planned fault.
    ///   - outbox: where the message goes.
    mutating func send(
        port: Int,
        _ payload: [UInt8],
        at time: Instant,
        isImportant: Bool,
        to outbox: inout Outbox
    ) {
        frameCounter += 1
        if !isImportant, lostInARow < Self.mostLostInARow,
            noise.unit(frameCounter, salt: 0x10) < Self.lossShare
        {
            lostInARow += 1
            return
        }
        lostInARow = 0
        let frame = RadioFrame(
            link: self,
            counter: frameCounter,
            port: port,
            payload: payload,
            time: time
        )
        let bytes =
            switch server {
            case .chirpStack: frame.chirpStackEvent()
            case .theThingsStack: frame.theThingsStackUplink()
            }
        outbox.send(topic, bytes, at: time, sender: ordinal)
        if noise.unit(frameCounter, salt: 0x11) < Self.duplicateShare {
            outbox.send(topic, bytes, at: time + Milliseconds(1500), sender: ordinal)
        }
    }
}
