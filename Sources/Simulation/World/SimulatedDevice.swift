internal import Telemetry

/// A device as the registry knows it.
struct SimulatedDevice: Sendable {
    /// What a device is, in the order in which devices are numbered.
    enum Kind: Int, Sendable, CaseIterable {
        case lamp, feeder, bin, meter, inflow, pressure, tank, station, point

        /// Word of the registry.
        var registryWord: String {
            switch self {
            case .lamp: "lamp"
            case .feeder: "feeder"
            case .bin: "bin"
            case .meter: "water_meter"
            case .inflow: "water_flow"
            case .pressure: "water_pressure"
            case .tank: "water_tank"
            case .station: "water_quality"
            case .point: "point"
            }
        }

        /// Beginning of the codes; `MP` stands for "mô phỏng", simulated.
        var codePrefix: String {
            switch self {
            case .lamp: "MP-DEN-"
            case .feeder: "MP-TU-"
            case .bin: "MP-THUNG-"
            case .meter: "MP-DH-"
            case .inflow: "MP-LL-"
            case .pressure: "MP-AP-"
            case .tank: "MP-BE-"
            case .station: "MP-CL-"
            case .point: "MP-WIFI-"
            }
        }

        /// Name for people, followed by a number.
        var title: String {
            switch self {
            case .lamp: "Đèn đường"
            case .feeder: "Công tơ tủ chiếu sáng"
            case .bin: "Thùng rác"
            case .meter: "Đồng hồ nước"
            case .inflow: "Lưu lượng kế đầu vùng"
            case .pressure: "Cảm biến áp lực"
            case .tank: "Bể chứa nước"
            case .station: "Trạm đo chất lượng nước"
            case .point: "Điểm wifi công cộng"
            }
        }

        /// Digits of the number in a code.
        var codeDigits: Int { self == .lamp ? 4 : 2 }
    }

    /// Place among all devices, from 0.
    let ordinal: Int
    let kind: Kind
    /// Number among those of its kind, from 1.
    let number: Int
    let code: String
    /// What the decoder knows it by.
    var address = ""
    var profile = ""
    var parameters = ""
    var village = ""
    var site = ""
    var feeder: String?
    var route: String?
    var zone: String?
    var latitude = 0.0
    var longitude = 0.0
    var intervalMinutes = 15
    var nominalWatts: Double?
    var fullnessThreshold: Double?

    init(ordinal: Int, kind: Kind, number: Int) {
        self.ordinal = ordinal
        self.kind = kind
        self.number = number
        code = kind.codePrefix + Self.padded(number, kind.codeDigits)
    }

    /// Address of a device that speaks LoRaWAN.
    var eui: UInt64 { RadioLink.eui(kind: UInt8(kind.rawValue + 1), number: number) }

    /// A number with zeros before it.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
