extension Quantity {
    /// One row for each quantity.
    ///
    /// - Source: LwM2M/uCIFI objects 3416, 3418, 3424, 3435; TALQ 2.7.1; Smart Data Models; SenML
    ///   unit registry. Ranges are plausibility limits of instruments, not legal limits.
    static let rows: [Row] =
        lighting + waste + water + environment + device
        + surroundings + publicPlaces

    private static let lighting: [Row] = [
        flag("lamp.on", "lamp_on", "Whether the lamp gives light."),
        gauge("lamp.level", "lamp_level_ratio", "%", 0...100, over: 100, "Dimming level now."),
        gauge(
            "lamp.level_target",
            "lamp_level_target_ratio",
            "%",
            0...100,
            over: 100,
            "Dimming level commanded."
        ),
        gauge("lamp.power", "lamp_power_watts", "W", 0...2000, "Active power of one lamp."),
        counter(
            "lamp.energy",
            "lamp_energy_joules_total",
            "kW.h",
            1e6,
            times: 3_600_000,
            "Energy used by one lamp."
        ),
        counter(
            "lamp.burning_time",
            "lamp_burning_seconds_total",
            "h",
            2e5,
            times: 3600,
            "Hours the lamp has burned."
        ),
        counter(
            "lamp.switch_count",
            "lamp_switch_total",
            "1",
            4_294_967_295,
            "Times the lamp was switched on."
        ),
        flag("lamp.failure", "lamp_failure", "Lamp failure as the device reports it."),
        flag("lamp.day_burning", "lamp_day_burning", "Lamp on by day as the device reports it."),
        flag("lamp.cycling", "lamp_cycling", "Cycling lamp as the device reports it."),
        flag("gear.failure", "gear_failure", "Control gear failure as the device reports it."),
        gauge(
            "gear.temperature",
            "gear_temperature_celsius",
            "Cel",
            -40...120,
            "Temperature of the control gear."
        ),
        gauge(
            "feeder.power",
            "feeder_power_watts",
            "W",
            -100_000...1_000_000,
            "Active power of a lighting feeder or of one of its phases."
        ),
        counter(
            "feeder.energy",
            "feeder_energy_joules_total",
            "kW.h",
            1e9,
            times: 3_600_000,
            "Energy delivered through a lighting feeder."
        ),
        gauge("supply.voltage", "supply_voltage_volts", "V", 0...500, "Supply voltage."),
        gauge("supply.current", "supply_current_amperes", "A", 0...1000, "Supply current."),
        gauge("supply.frequency", "supply_frequency_hertz", "Hz", 40...70, "Supply frequency."),
        gauge(
            "supply.power_factor",
            "supply_power_factor_ratio",
            "1",
            -1...1,
            "Power factor."
        ),
        gauge(
            "supply.power_reactive",
            "supply_power_reactive_vars",
            "var",
            -1_000_000...1_000_000,
            "Reactive power."
        ),
        flag("supply.loss", "supply_loss", "Loss of supply as the device reports it."),
        gauge("light.illuminance", "light_illuminance_lux", "lx", 0...200_000, "Illuminance."),
    ]

    private static let waste: [Row] = [
        gauge("bin.fill", "bin_fill_ratio", "%", 0...100, over: 100, "How full a bin is."),
        gauge(
            "bin.distance",
            "bin_distance_metres",
            "mm",
            0...10_000,
            over: 1000,
            "Distance from the sensor to the surface of the waste."
        ),
        gauge(
            "bin.height",
            "bin_height_metres",
            "mm",
            200...6000,
            over: 1000,
            "Inner height of a bin."
        ),
        gauge("bin.tilt", "bin_tilt_degrees", "deg", 0...180, "Tilt against upright."),
        flag("bin.tilted", "bin_tilted", "Bin tilted or fallen as the device reports it."),
        flag("bin.lid_open", "bin_lid_open", "Lid open as the device reports it."),
        flag("bin.moved", "bin_moved", "Bin moved as the device reports it."),
        gauge(
            "bin.temperature",
            "bin_temperature_celsius",
            "Cel",
            -40...120,
            "Temperature inside a bin."
        ),
        flag("bin.fire", "bin_fire", "Fire as the device reports it."),
        gauge("bin.weight", "bin_weight_kilograms", "kg", 0...5000, "Weight of the content."),
        counter("bin.empty_count", "bin_emptied_total", "1", 1e9, "Times the bin was emptied."),
        gauge(
            "bin.fill_threshold",
            "bin_reported_fullness_threshold_ratio",
            "%",
            0...100,
            over: 100,
            "Level from which a bin calls itself full, as the device reports it."
        ),
        flag("bin.fault", "bin_fault", "Fault of a bin's sensor as the device reports it."),
        flag("bin.tamper", "bin_tamper", "Tampering with a bin as the device reports it."),
        flag(
            "bin.contents_tamper",
            "bin_contents_tamper",
            "Tampering with what is in a bin, or theft of it, as the device reports it."
        ),
        flag(
            "bin.collection_late",
            "bin_collection_late",
            "More days since the last collection than the device allows, as it reports."
        ),
    ]

    private static let water: [Row] = [
        counter(
            "water.volume",
            "water_volume_cubic_metres_total",
            "m3",
            1e9,
            "Water delivered through a meter."
        ),
        counter(
            "water.volume_reverse",
            "water_volume_reverse_cubic_metres_total",
            "m3",
            1e9,
            "Water that ran backwards through a meter."
        ),
        gauge(
            "water.flow",
            "water_flow_cubic_metres_per_hour",
            "m3/h",
            -10_000...10_000,
            "Water flow."
        ),
        gauge(
            "water.pressure",
            "water_pressure_pascals",
            "kPa",
            -100...4000,
            times: 1000,
            "Water pressure, gauge."
        ),
        gauge("water.level", "water_level_metres", "m", -100...1000, "Level above a datum."),
        gauge(
            "water.tank_fill",
            "water_tank_fill_ratio",
            "%",
            0...120,
            over: 100,
            "Level of a tank as a share of its usable height."
        ),
        gauge(
            "water.temperature",
            "water_temperature_celsius",
            "Cel",
            -5...100,
            "Water temperature."
        ),
        gauge("water.ph", "water_ph", "[pH]", 0...14, "pH of water."),
        gauge("water.turbidity", "water_turbidity_ntu", "{NTU}", 0...10_000, "Turbidity."),
        gauge(
            "water.chlorine_free",
            "water_chlorine_free_milligrams_per_litre",
            "mg/L",
            0...20,
            "Free chlorine."
        ),
        gauge(
            "water.conductivity",
            "water_conductivity_siemens_per_metre",
            "uS/cm",
            0...200_000,
            over: 10_000,
            "Conductivity at 25 °C."
        ),
        gauge("water.orp", "water_orp_volts", "mV", -2000...2000, over: 1000, "Redox potential."),
        gauge(
            "water.dissolved_oxygen",
            "water_dissolved_oxygen_milligrams_per_litre",
            "mg/L",
            0...50,
            "Dissolved oxygen."
        ),
        gauge(
            "water.oxygen_saturation",
            "water_oxygen_saturation_ratio",
            "%",
            0...300,
            over: 100,
            "Dissolved oxygen as a share of what water at its temperature can hold."
        ),
        gauge(
            "water.tds",
            "water_tds_milligrams_per_litre",
            "mg/L",
            0...100_000,
            "Total dissolved solids."
        ),
        flag("water.leak", "water_leak", "Leak as the device reports it."),
        flag("water.burst", "water_burst", "Burst as the device reports it."),
        flag("water.backflow", "water_backflow", "Backflow as the device reports it."),
        flag("water.tamper", "water_tamper", "Tampering as the device reports it."),
        flag("water.pipe_empty", "water_pipe_empty", "Dry pipe as the device reports it."),
        gauge("water.valve", "water_valve_ratio", "%", 0...100, over: 100, "Valve opening."),
        flag("pump.running", "pump_running", "Whether a pump runs."),
    ]

    private static let environment: [Row] = [
        gauge("air.temperature", "air_temperature_celsius", "Cel", -60...80, "Air temperature."),
        gauge(
            "air.humidity",
            "air_humidity_ratio",
            "%",
            0...100,
            over: 100,
            "Relative humidity of air."
        ),
        gauge(
            "air.pressure",
            "air_pressure_pascals",
            "hPa",
            300...1100,
            times: 100,
            "Pressure of air."
        ),
        gauge(
            "air.co2",
            "air_co2_parts_per_million",
            "[ppm]",
            0...40_000,
            "Carbon dioxide in air."
        ),
        gauge(
            "air.pm1",
            "air_pm1_micrograms_per_cubic_metre",
            "ug/m3",
            0...10_000,
            "Particles up to 1 µm."
        ),
        gauge(
            "air.pm2_5",
            "air_pm2_5_micrograms_per_cubic_metre",
            "ug/m3",
            0...10_000,
            "Particles up to 2.5 µm."
        ),
        gauge(
            "air.pm10",
            "air_pm10_micrograms_per_cubic_metre",
            "ug/m3",
            0...10_000,
            "Particles up to 10 µm."
        ),
        gauge("air.noise", "air_noise_decibels", "dB[SPL]", 0...140, "Sound pressure level."),
        counter("rain.amount", "rain_millimetres_total", "mm", 1e6, "Rain fallen."),
        gauge("wind.speed", "wind_speed_metres_per_second", "m/s", 0...100, "Wind speed."),
        gauge("wind.direction", "wind_direction_degrees", "deg", 0...360, "Wind direction."),
        gauge(
            "soil.moisture",
            "soil_moisture_ratio",
            "%",
            0...100,
            over: 100,
            "Soil moisture."
        ),
    ]

    private static let device: [Row] = [
        gauge("battery.voltage", "battery_voltage_volts", "V", 0...60, "Battery voltage."),
        gauge(
            "battery.level",
            "battery_level_ratio",
            "%",
            0...100,
            over: 100,
            "Battery charge."
        ),
        flag("battery.low", "battery_low", "Battery low as the device reports it."),
        flag("device.online", "device_online", "Whether the device is connected."),
        flag("device.fault", "device_fault", "A fault that the device reports of itself."),
        counter("device.uptime", "device_uptime_seconds_total", "s", 1e10, "Time since start."),
        counter("device.restart_count", "device_restarts_total", "1", 1e9, "Starts counted."),
        gauge(
            "link.rssi",
            "link_rssi_decibel_milliwatts",
            "dB{mW}",
            -150...0,
            "Strength of the last frame at the best gateway."
        ),
        gauge(
            "link.snr",
            "link_snr_decibels",
            "dB",
            -30...30,
            "Signal to noise of the last frame at the best gateway."
        ),
        gauge("link.quality", "link_quality", "1", 0...255, "Zigbee link quality."),
        counter(
            "link.frame_count",
            "link_frames_total",
            "1",
            4_294_967_295,
            "Uplink frame counter."
        ),
        gauge("location.lat", "location_latitude_degrees", "deg", -90...90, "Latitude."),
        gauge("location.lon", "location_longitude_degrees", "deg", -180...180, "Longitude."),
        flag("door.open", "door_open", "Whether a door stands open."),
    ]

    static func flag(_ id: String, _ metric: String, _ help: String) -> Row {
        Row(
            id: id,
            metricName: metric,
            unit: "1",
            range: 0...1,
            kind: .state,
            metricMultiplier: 1,
            metricDivisor: 1,
            help: help
        )
    }

    static func gauge(
        _ id: String,
        _ metric: String,
        _ unit: String,
        _ range: ClosedRange<Double>,
        times multiplier: Double = 1,
        over divisor: Double = 1,
        _ help: String
    ) -> Row {
        Row(
            id: id,
            metricName: metric,
            unit: unit,
            range: range,
            kind: .gauge,
            metricMultiplier: multiplier,
            metricDivisor: divisor,
            help: help
        )
    }

    static func counter(
        _ id: String,
        _ metric: String,
        _ unit: String,
        _ highest: Double,
        times multiplier: Double = 1,
        _ help: String
    ) -> Row {
        Row(
            id: id,
            metricName: metric,
            unit: unit,
            range: 0...highest,
            kind: .counter,
            metricMultiplier: multiplier,
            metricDivisor: 1,
            help: help
        )
    }
}
