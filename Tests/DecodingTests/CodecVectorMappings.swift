/// What the makers' names in the codec corpus mean in canonical quantities: test data.
///
/// One entry a device of the corpus: the profile that reads it, and for each of the maker's members
/// the quantity (channel behind `@`), and what its number is multiplied by. Members that are not
/// listed are settings, versions, or what no canonical quantity stands for.
struct CodecVectorMapping {
    struct Member {
        let name: String
        let quantity: String
        let factor: Double
        /// The maker's codec rounds to so many units; 0 where it does not.
        let rounding: Double
        /// What texts of the maker stand for.
        let words: [String: Double]
    }

    let profile: String
    let parameters: [String: Double]
    let members: [Member]

    init(_ profile: String, _ parameters: [String: Double] = [:], _ members: [Member] = []) {
        self.profile = profile
        self.parameters = parameters
        self.members = members
    }
}

/// One member.
private func m(
    _ name: String,
    _ quantity: String,
    _ factor: Double = 1,
    rounding: Double = 0,
    words: [String: Double] = [:]
) -> CodecVectorMapping.Member {
    CodecVectorMapping.Member(
        name: name,
        quantity: quantity,
        factor: factor,
        rounding: rounding,
        words: words
    )
}

extension CodecVectorMapping {
    private static let volts = m("battery_voltage", "battery.voltage")
    private static let air = [m("temperature", "air.temperature"), m("humidity", "air.humidity")]
    private static let decentlabAir = [
        m("air_temperature", "air.temperature"), m("air_humidity", "air.humidity"), volts,
    ]
    private static let browan = m("battery", "battery.voltage")
    private static let elsys =
        air + [
            m("light", "light.illuminance"), m("co2", "air.co2"),
            m("pressure", "air.pressure"), m("vdd", "battery.voltage", 0.001),
            m("soundPeak", "air.noise@peak"), m("soundAvg", "air.noise"),
            m("externalTemperature", "air.temperature@probe"), m("distance", "bin.distance"),
        ]
    private static let dragino = m("Bat", "battery.voltage")
    private static let onOff = ["ON": 1.0, "OFF": 0]

    /// By the corpus' name of the device.
    static let byDevice: [String: CodecVectorMapping] =
        environment.merging(lighting) { $1 }.merging(waste) { $1 }.merging(water) { $1 }
        .merging(meters) { $1 }

    private static let environment: [String: CodecVectorMapping] = [
        "tbhh100": .init("browan-tbhh100", [:], air + [browan]),
        "tbhv110": .init(
            "browan-tbhv110",
            [:],
            air + [browan, m("eco2", "air.co2"), m("voc", "air.tvoc"), m("iaq", "air.iaq")]
        ),
        "dl-atm41": .init(
            "decentlab-dl-atm41",
            [:],
            [
                m("solar_radiation", "light.irradiance"), m("wind_speed", "wind.speed"),
                m("wind_direction", "wind.direction"), m("maximum_wind_speed", "wind.gust"),
                m("air_temperature", "air.temperature"),
                m("atmospheric_pressure", "air.pressure", 10),
                m("relative_humidity", "air.humidity"), volts,
            ]
        ),
        "dl-cws": .init(
            "decentlab-dl-cws",
            [:],
            decentlabAir + [m("surface_temperature", "surface.temperature")]
        ),
        "dl-iam": .init(
            "decentlab-dl-iam",
            [:],
            decentlabAir + [
                m("barometric_pressure", "air.pressure", 0.01),
                m("illuminance", "light.illuminance"), m("co2_concentration", "air.co2"),
                m("total_voc", "air.tvoc"),
            ]
        ),
        "dl-lp8p": .init(
            "decentlab-dl-lp8p",
            [:],
            decentlabAir + [
                m("barometric_pressure", "air.pressure", 0.01), m("co2_concentration", "air.co2"),
            ]
        ),
        "dl-pm": .init(
            "decentlab-dl-pm",
            [:],
            decentlabAir + [
                m("barometric_pressure", "air.pressure", 0.01),
                m("pm1_0_mass_concentration", "air.pm1"),
                m("pm2_5_mass_concentration", "air.pm2_5"),
                m("pm10_mass_concentration", "air.pm10"),
            ]
        ),
        "dl-rhc": .init("decentlab-dl-rhc", [:], decentlabAir),
        "dl-sht35-001": .init("decentlab-dl-sht35", [:], decentlabAir),
        "laq4": .init(
            "dragino-laq4",
            [:],
            [
                m("Bat_V", "battery.voltage"), m("CO2_ppm", "air.co2"), m("TVOC_ppb", "air.tvoc"),
                m("TempC_SHT", "air.temperature"), m("Hum_SHT", "air.humidity"),
            ]
        ),
        "lht65": .init("dragino-lht65", [:], lht65),
        "lht65n": .init("dragino-lht65n", [:], lht65),
        "llms01": .init(
            "dragino-llms01",
            [:],
            [
                dragino, m("Leaf_Temperature", "leaf.temperature"),
                m("Leaf_Moisture", "leaf.moisture"),
            ]
        ),
        "ers-co2": .init("elsys-ers", [:], elsys),
        "ers-lite": .init("elsys-ers", [:], elsys),
        "ers-sound": .init("elsys-ers", [:], elsys),
        "aqi-sensor": .init(
            "mclimate-aqi-sensor",
            [:],
            [
                m("sAQI", "air.iaq"), m("CO2eq", "air.co2"), m("VOC", "air.tvoc"),
                m("relative_humidity", "air.humidity"), m("pressure", "air.pressure"),
                m("temperature", "air.temperature"), m("voltage", "battery.voltage"),
            ]
        ),
        "co2-sensor": .init(
            "mclimate-co2-sensor",
            [:],
            [
                m("co2", "air.co2"), m("temperature", "air.temperature"),
                m("humidity", "air.humidity", rounding: 0.01),
                m("battery", "battery.voltage", rounding: 0.01),
            ]
        ),
        "ht-sensor": .init(
            "mclimate-ht-sensor",
            [:],
            air + [m("batteryVoltage", "battery.voltage")]
        ),
        "tg563a": .init(
            "sept-s-tg563a",
            [:],
            [
                m("temperature", "air.temperature"), m("status.smokeAlarm", "air.smoke"),
                m("status.batteryLow", "battery.low"), m("batteryLevel", "battery.voltage"),
            ]
        ),
        "yobiiq-sd1001-dc": .init(
            "yobiiq-sd1001",
            [:],
            [
                m("batteryLevelInPercentage", "battery.level"),
                m("powerEvent", "supply.loss", words: ["AC Power On": 0, "AC Power Off": 1]),
                m("lowBatteryAlarm", "battery.low", words: ["Normal": 0, "Alarm": 1]),
                m("faultAlarm", "device.fault", words: ["Normal": 0, "Alarm": 1]),
                m("smokeAlarm", "air.smoke", words: ["Normal": 0, "Alarm": 1]),
            ]
        ),
    ]

    private static let lht65 = [
        m("BatV", "battery.voltage"), m("TempC_SHT", "air.temperature"),
        m("Hum_SHT", "air.humidity"), m("TempC_DS", "air.temperature@probe"),
    ]

    private static let lighting: [String: CodecVectorMapping] = [
        "tbam100": .init("browan-tbam100", [:], [browan, m("lux", "light.illuminance")]),
        "dl-par": .init(
            "decentlab-dl-par",
            [:],
            [volts, m("photosynthetically_active_radiation", "light.par")]
        ),
        "ers": .init("elsys-ers", [:], elsys),
        "ers-eye": .init("elsys-ers", [:], elsys + [m("occupancy", "place.occupied@seat")]),
        "am107": .init(
            "milesight-am107",
            [:],
            air + [
                m("battery", "battery.level"), m("illumination", "light.illuminance"),
                m("co2", "air.co2"), m("tvoc", "air.tvoc"), m("pressure", "air.pressure"),
            ]
        ),
        "r311g": .init(
            "netvox-r311g",
            [:],
            [m("Volt", "battery.voltage"), m("Illuminance", "light.illuminance")]
        ),
        "r718g": .init(
            "netvox-r718g",
            [:],
            [m("Volt", "battery.voltage"), m("Illuminance", "light.illuminance")]
        ),
        "r809a": .init(
            "netvox-r809a",
            [:],
            [
                m("OnOff", "lamp.on", words: onOff), m("Energy", "lamp.energy", 0.001),
                m("PowerOffAlarm", "supply.loss", words: ["Alarm": 1, "No alarm": 0]),
                m("Vol", "supply.voltage"), m("Current", "supply.current", 0.001),
                m("Power", "lamp.power"),
            ]
        ),
        "r831a": .init(
            "netvox-r831a",
            [:],
            [m("MotorStatus", "pump.running", words: onOff)]
        ),
        "busylight": .init(
            "plenom-busylight",
            [:],
            [m("RSSI", "link.rssi"), m("SNR", "link.snr")]
        ),
    ]

    private static let waste: [String: CodecVectorMapping] = [
        "dl-lid": .init("decentlab-dl-lid", [:], [volts, m("distance_median", "bin.distance")]),
        "dl-mes5": .init(
            "decentlab-dl-mes5",
            [:],
            [
                volts, m("temperature", "water.temperature"), m("turbidity", "water.turbidity"),
                m("suspended_solid", "water.suspended_solids", 1000),
            ]
        ),
        "ldds04": .init(
            "dragino-ldds04",
            [:],
            [
                m("BatV", "battery.voltage"), m("distance1_cm", "bin.distance@1", 10),
                m("distance2_cm", "bin.distance@2", 10), m("distance3_cm", "bin.distance@3", 10),
                m("distance4_cm", "bin.distance@4", 10),
            ]
        ),
        "ldds20": .init(
            "dragino-ldds20",
            [:],
            [dragino, m("Distance", "bin.distance")]
        ),
        "ldds75": .init("dragino-ldds75", [:], [dragino, m("Distance", "bin.distance")]),
        "llds12": .init(
            "dragino-llds12",
            [:],
            [
                dragino, m("Lidar_distance", "bin.distance", 10),
                m("Lidar_temp", "bin.temperature"),
            ]
        ),
        "filling-degree-sensor": .init(
            "teneo-filling-degree",
            [:],
            [
                m("battery", "battery.voltage"), m("distance", "bin.distance", 10),
                m("temperature", "bin.temperature"), m("relativeHumidity", "air.humidity"),
            ]
        ),
        "trashbin-sensor": .init(
            "noah-trashbin",
            ["empty_at": 0, "full_at": 100],
            [m("level", "bin.fill")]
        ),
        "lmds200": .init("dragino-lmds200", [:], [dragino, m("dis1", "bin.distance")]),
        "elt-2": .init("elsys-elt-2", [:], elsys),
        "elt-2-hp": .init("elsys-elt-2", [:], elsys),
        "elt-ultrasonic": .init("elsys-elt-2", [:], elsys),
    ]

    private static let water: [String: CodecVectorMapping] = [
        "aqs": .init("aquascope-aqs", [:], [m("valve", "water.valve", 100.0 / 255)]),
        "kfr": .init("aquascope-kfr", [:], [m("state", "water.valve", 100.0 / 255)]),
        "bvs": .init(
            "aquascope-bvs",
            [:],
            [
                m("leak", "water.leak", words: ["Y": 1, "N": 0]),
                m("valve", "water.valve", words: ["On": 100, "Off": 0]),
                m("temperature", "water.temperature"),
            ]
        ),
        "wwd": .init(
            "aquascope-wwd",
            [:],
            [
                m("leak", "water.leak"), m("battery", "battery.level"),
                m("temperature", "air.temperature"),
            ]
        ),
        "tbwl100": .init(
            "browan-tbwl100",
            [:],
            air + [browan, m("status", "water.leak")]
        ),
        "dl-ctd10": .init(
            "decentlab-dl-ctd10",
            [:],
            [
                volts, m("temperature", "water.temperature"),
                m("water_depth", "water.level", 0.001),
                m("electrical_conductivity", "water.conductivity"),
            ]
        ),
        "dl-dlr2-003": .init("decentlab-dl-dlr2-003", [:], [volts, m("input", "input.active")]),
        "dl-dlr2-011": .init(
            "decentlab-dl-dlr2-011",
            [:],
            [volts, m("ch0_input", "input.active@1"), m("ch1_input", "input.active@2")]
        ),
        "dl-ntu": .init(
            "decentlab-dl-ntu",
            [:],
            [
                volts, m("temperature", "water.temperature"),
                m("turbidity_in_ntu", "water.turbidity"),
            ]
        ),
        "dl-optod": .init(
            "decentlab-dl-optod",
            [:],
            [
                volts, m("temperature", "water.temperature"),
                m("oxygen_saturation", "water.oxygen_saturation"),
                m("oxygen_concentration", "water.dissolved_oxygen"),
            ]
        ),
        "dl-pheht": .init(
            "decentlab-dl-pheht",
            [:],
            [
                volts, m("temperature", "water.temperature"), m("ph", "water.ph"),
                m("redox", "water.orp"),
            ]
        ),
        // The probe of the vector spans one bar.
        "dl-pr26": .init(
            "decentlab-dl-pr26",
            ["highest": 1],
            [volts, m("temperature", "water.temperature"), m("pressure", "water.pressure", 100)]
        ),
        "dl-pr36ctd": .init(
            "decentlab-dl-pr36ctd",
            [:],
            [
                volts, m("pressure", "water.pressure", 100),
                m("temperature_pt1000", "water.temperature"),
                m("electrical_conductivity", "water.conductivity", 1000),
            ]
        ),
        "dl-tbrg": .init(
            "decentlab-dl-tbrg",
            [:],
            [volts, m("cumulative_precipitation", "rain.amount")]
        ),
        "dl-tp": .init(
            "decentlab-dl-tp",
            [:],
            [volts]
                // The probe has eleven depths; for others the codec says −327.68.
                + (0..<11).map { m("temperature_at_level_\($0)", "water.temperature@\($0)") }
        ),
        "dl-wrm": .init(
            "decentlab-dl-wrm",
            [:],
            decentlabAir + [m("surface_temperature", "surface.temperature")]
        ),
        "rwmr": .init(
            "develiot-rwmr",
            ["litres": 1],
            [
                m("pulseCounter1", "water.volume@1", 0.001),
                m("batteryLevel", "battery.voltage", rounding: 0.01),
                m("temperature", "air.temperature", rounding: 0.01),
            ]
        ),
        "cpl01": .init("dragino-cpl01"),
        "sw3l": .init("dragino-sw3l"),
        "lse01": .init(
            "dragino-lse01",
            [:],
            [
                dragino, m("water_SOIL", "soil.moisture"), m("temp_SOIL", "soil.temperature"),
                m("conduct_SOIL", "soil.conductivity"),
            ]
        ),
        "ems": .init("elsys-ems", [:], air + [m("waterleak", "water.leak", 1.0 / 17)]),
        "pls2-l": .init(
            "ellenex-pls2-l",
            ["raw_high": 1000, "level": 1],
            [m("level", "water.level", 0.001), m("batteryVoltage", "battery.voltage")]
        ),
        "adt1-box": .init(
            "keller-adt1",
            [:],
            [
                m("Pd (P1-PBaro)", "water.pressure", 100), m("TOB1", "water.temperature"),
                m("PBaro", "air.pressure", 1000), m("TBaro", "air.temperature"),
                m("battery_voltage", "battery.voltage"),
                m("battery_capacity_percentage", "battery.level"),
            ]
        ),
        "flood-sensor": .init(
            "mclimate-flood-sensor",
            [:],
            [
                m("flood", "water.leak"), m("boxTamper", "water.tamper"),
                m("battery", "battery.voltage"),
            ]
        ),
        // The unit stands in a member of its own, which the test takes into account.
        "p1ap": .init("moirelabs-p1ap", [:], [m("last_value", "water.pressure")]),
        "motorized-valve": .init(
            "strega-motorized-valve",
            [:],
            [
                m("Temp", "air.temperature", rounding: 0.01),
                m("Hygro", "air.humidity", rounding: 0.01),
                m("Actuator", "water.valve", 100), m("Tamper", "water.tamper"),
            ]
        ),
    ]

    private static let meters: [String: CodecVectorMapping] = [
        "emu-prof-ii": .init(
            "emu-professional-ii",
            [:],
            [
                m("Active Energy Import T1", "feeder.energy@1", 0.001),
                m("Active Energy Import T2", "feeder.energy@2", 0.001),
            ]
        ),
        "r718n1": .init(
            "netvox-r718n1",
            [:],
            [m("Volt", "battery.voltage"), m("Current", "supply.current", 0.001)]
        ),
        "r718n3": .init(
            "netvox-r718n3",
            ["factor_2": 1, "factor_3": 1],
            [
                m("Volt", "battery.voltage"), m("Current1", "supply.current@a", 0.001),
                m("Current2", "supply.current@b", 0.001),
                m("Current3", "supply.current@c", 0.001),
            ]
        ),
        "yobiiq-dsmr": .init(
            "yobiiq-dsmr",
            [:],
            [
                m("electricityDeliveredToClient", "feeder.energy", 0.001),
                m("electricityPowerDelivered", "feeder.power"),
                m("batteryVoltage", "battery.voltage"),
            ]
        ),
        "yobiiq-em2101": .init(
            "yobiiq-em2101",
            [:],
            [
                m("activeEnergyImportL1T1", "feeder.energy", 0.001),
                m("voltageL1N", "supply.voltage"), m("currentL1", "supply.current", 0.001),
                m("activePowerL1", "feeder.power"), m("frequency", "supply.frequency"),
                m("relayStatus", "lamp.on", words: ["CLOSED": 1, "OPEN": 0]),
                m("digitalInputStatus", "input.active", words: ["CLOSED": 1, "OPEN": 0]),
            ]
        ),
        "yobiiq-em4301-ct": .init(
            "yobiiq-em4301",
            [:],
            [
                m("voltageL1N", "supply.voltage@a"), m("voltageL2N", "supply.voltage@b"),
                m("voltageL3N", "supply.voltage@c"), m("currentL1", "supply.current@a", 0.001),
                m("currentL2", "supply.current@b", 0.001),
                m("currentL3", "supply.current@c", 0.001), m("frequency", "supply.frequency"),
            ]
        ),
    ]
}
