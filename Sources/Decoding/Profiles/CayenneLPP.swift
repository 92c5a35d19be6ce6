/// The data types of Cayenne's low power payload: a channel byte, a type byte, then values of the
/// type, big-endian.
///
/// Because the type says the length, a payload can be read whole though a profile reads only some
/// of its channels.
///
/// - Source: myDevices, "Cayenne Low Power Payload", the table of data types, which numbers the
///   types by the IPSO Smart Object Guideline (object number − 3200); types 116 to 142 by the
///   README of the CayenneLPP library, github.com/ElectronicCats/CayenneLPP, 1.4.
enum CayenneLPP {
    /// One value of a type.
    struct Member {
        let name: String
        let type: UInt8
        let at: Int
        let width: Int
        let isSigned: Bool
        /// The raw number is so many times the value.
        let divisor: Double
        /// UCUM unit; nil where the profile must say it.
        let unit: String?
    }

    /// Bytes of each type's data.
    static let lengths: [(type: UInt8, length: Int)] = [
        (0, 1), (1, 1), (2, 2), (3, 2), (100, 4), (101, 2), (102, 1), (103, 2), (104, 1),
        (113, 6), (115, 2), (116, 2), (117, 2), (118, 4), (120, 1), (121, 2), (125, 2), (128, 2),
        (130, 4), (131, 4), (132, 2), (133, 4), (134, 6), (135, 3), (136, 9), (142, 1),
    ]

    static let members: [Member] = [
        unsigned("digital_input", 0, 1),
        unsigned("digital_output", 1, 1),
        signed("analog_input", 2, 2, per: 100),
        signed("analog_output", 3, 2, per: 100),
        unsigned("generic", 100, 4),
        unsigned("illuminance", 101, 2, unit: "lx"),
        unsigned("presence", 102, 1),
        signed("temperature", 103, 2, per: 10, unit: "Cel"),
        unsigned("humidity", 104, 1, per: 2, unit: "%"),
        signed("acceleration_x", 113, 2, per: 1000),
        signed("acceleration_y", 113, 2, at: 2, per: 1000),
        signed("acceleration_z", 113, 2, at: 4, per: 1000),
        unsigned("barometer", 115, 2, per: 10, unit: "hPa"),
        unsigned("voltage", 116, 2, per: 100, unit: "V"),
        unsigned("current", 117, 2, per: 1000, unit: "A"),
        unsigned("frequency", 118, 4, unit: "Hz"),
        unsigned("percentage", 120, 1, unit: "%"),
        signed("altitude", 121, 2, unit: "m"),
        unsigned("concentration", 125, 2, unit: "ppm"),
        unsigned("power", 128, 2, unit: "W"),
        unsigned("distance", 130, 4, per: 1000, unit: "m"),
        unsigned("energy", 131, 4, per: 1000, unit: "kW.h"),
        unsigned("direction", 132, 2, unit: "deg"),
        unsigned("unix_time", 133, 4, unit: "s"),
        signed("rotation_x", 134, 2, per: 100),
        signed("rotation_y", 134, 2, at: 2, per: 100),
        signed("rotation_z", 134, 2, at: 4, per: 100),
        signed("latitude", 136, 3, per: 10_000, unit: "deg"),
        signed("longitude", 136, 3, at: 3, per: 10_000, unit: "deg"),
        signed("gps_altitude", 136, 3, at: 6, per: 100, unit: "m"),
        unsigned("switch", 142, 1),
    ]

    private static func unsigned(
        _ name: String,
        _ type: UInt8,
        _ width: Int,
        at: Int = 0,
        isSigned: Bool = false,
        per divisor: Double = 1,
        unit: String? = nil
    ) -> Member {
        Member(
            name: name,
            type: type,
            at: at,
            width: width,
            isSigned: isSigned,
            divisor: divisor,
            unit: unit
        )
    }

    private static func signed(
        _ name: String,
        _ type: UInt8,
        _ width: Int,
        at: Int = 0,
        per divisor: Double = 1,
        unit: String? = nil
    ) -> Member {
        unsigned(name, type, width, at: at, isSigned: true, per: divisor, unit: unit)
    }
}
