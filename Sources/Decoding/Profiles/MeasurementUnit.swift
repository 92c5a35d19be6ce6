/// A unit that a device may use, as UCUM, SenML, UN/CEFACT recommendation 20 or makers write it.
///
/// A value in the unit is `value × numerator ÷ denominator + offset` in the unit of its dimension
/// that quantities use. Numerator and denominator are whole where they can be, so that decimal
/// values stay exact.
///
/// - Source: UCUM 2.1; SenML registries, RFC 8428 section 12.1 and RFC 8798; 1 psi and 1 mH2O (4
///   °C) as in `device-formats/units.md`.
struct MeasurementUnit: Hashable, Sendable {
    let dimension: Dimension
    let numerator: Double
    let denominator: Double
    let offset: Double

    enum Dimension: Hashable, Sendable {
        case one, voltage, current, power, reactivePower, energy, time, length, volume, flow
        case pressure, temperature, acidity, turbidity, concentration, conductivity, illuminance
        case frequency, mass, angle, speed, powerLevel, signalRatio, parts, dust, sound
        case irradiance, photonFlux, information
    }

    /// The unit of that name, or nil.
    static func named(_ name: String) -> MeasurementUnit? { table[name] }

    /// The names of all units, sorted.
    static let names: [String] = table.keys.sorted()

    /// How values in this unit become values in another; nil when they measure different things.
    func scaling(to other: MeasurementUnit) -> Scaling? {
        guard dimension == other.dimension else { return nil }
        let (multiplier, divisor) = Scaling.reduced(
            numerator * other.denominator,
            denominator * other.numerator
        )
        return Scaling(
            multiplier: multiplier,
            divisor: divisor,
            offset: (offset - other.offset) * other.denominator / other.numerator
        )
    }

    private static let table: [String: MeasurementUnit] = {
        var units: [String: MeasurementUnit] = [:]
        func add(
            _ dimension: Dimension,
            _ names: [String],
            _ numerator: Double = 1,
            per denominator: Double = 1,
            plus offset: Double = 0
        ) {
            for name in names {
                units[name] = MeasurementUnit(
                    dimension: dimension,
                    numerator: numerator,
                    denominator: denominator,
                    offset: offset
                )
            }
        }
        add(.one, ["%", "%RH", "%EL", "/100", "P1"])
        add(.one, ["1", "/", "count", "C62", "lqi"], 100)
        add(.one, ["/10"], 10)
        add(.voltage, ["mV", "2Z"])
        add(.voltage, ["V", "VLT"], 1000)
        add(.current, ["A", "AMP"])
        add(.current, ["mA", "4K"], per: 1000)
        add(.power, ["W", "WTT"])
        add(.power, ["kW", "KWT"], 1000)
        add(.power, ["mW"], per: 1000)
        add(.reactivePower, ["var"])
        add(.reactivePower, ["kvar"], 1000)
        add(.energy, ["W.h", "Wh", "WHR"])
        add(.energy, ["kW.h", "kWh", "KWH"], 1000)
        add(.energy, ["MW.h", "MWh"], 1_000_000)
        add(.energy, ["J"], per: 3600)
        add(.time, ["s", "SEC"])
        add(.time, ["ms"], per: 1000)
        add(.time, ["min", "MIN"], 60)
        add(.time, ["h", "HUR"], 3600)
        add(.time, ["d", "DAY"], 86_400)
        add(.length, ["mm", "MMT"])
        add(.length, ["cm", "CMT"], 10)
        add(.length, ["m", "MTR"], 1000)
        add(.volume, ["L", "l", "LTR"])
        add(.volume, ["m3", "m³", "MTQ"], 1000)
        add(.volume, ["hL"], 100)
        add(.volume, ["[gal_us]", "gal"], 3_785_411_784, per: 1_000_000_000)
        add(.flow, ["L/h", "l/h"])
        add(.flow, ["L/min", "l/min"], 60)
        add(.flow, ["L/s", "l/s"], 3600)
        add(.flow, ["m3/h", "m³/h", "MQH"], 1000)
        add(.flow, ["m3/s"], 3_600_000)
        add(.pressure, ["Pa", "PAL"])
        add(.pressure, ["hPa", "mbar", "A97"], 100)
        add(.pressure, ["kPa", "KPA"], 1000)
        add(.pressure, ["bar", "BAR"], 100_000)
        add(.pressure, ["MPa"], 1_000_000)
        add(.pressure, ["psi"], 6_894_757, per: 1000)
        add(.pressure, ["m[H2O]"], 980_638, per: 100)
        add(.temperature, ["Cel", "CEL", "°C"])
        add(.temperature, ["K", "KEL"], plus: -273.15)
        add(.temperature, ["[degF]", "FAH", "°F"], 5, per: 9, plus: -160.0 / 9)
        add(.acidity, ["[pH]", "pH"])
        add(.turbidity, ["{NTU}", "NTU", "FNU", "FTU"])
        add(.concentration, ["mg/L", "mg/l", "M1"])
        add(.concentration, ["ug/L", "ug/l"], per: 1000)
        add(.concentration, ["g/L", "kg/m3"], 1000)
        add(.conductivity, ["uS/cm", "µS/cm"])
        add(.conductivity, ["mS/cm"], 1000)
        add(.conductivity, ["S/m"], 10_000)
        add(.illuminance, ["lx", "LUX"])
        add(.frequency, ["Hz", "HTZ"])
        add(.mass, ["kg", "KGM"])
        add(.mass, ["g", "GRM"], per: 1000)
        add(.mass, ["t"], 1000)
        add(.angle, ["deg", "lat", "lon", "DD", "°"])
        add(.speed, ["m/s", "MTS"])
        add(.speed, ["km/h"], 10, per: 36)
        add(.powerLevel, ["dB{mW}", "dBm"])
        add(.signalRatio, ["dB"])
        add(.parts, ["[ppb]", "ppb"])
        add(.parts, ["[ppm]", "ppm"], 1000)
        add(.dust, ["ug/m3", "µg/m³", "GQ"])
        add(.sound, ["dB[SPL]", "dBA"])
        add(.sound, ["Bspl"], 10)
        add(.irradiance, ["W/m2"])
        add(.photonFlux, ["umol/(m2.s)"])
        add(.information, ["By"])
        add(.information, ["kBy"], 1000)
        add(.information, ["MBy"], 1_000_000)
        return units
    }()
}
