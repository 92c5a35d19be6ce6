extension Quantity {
    /// What weather stations, air sensors and road sensors measure beside the common quantities.
    static let surroundings: [Row] = [
        gauge(
            "air.tvoc",
            "air_tvoc_parts_per_billion",
            "[ppb]",
            0...65_535,
            "Volatile organic compounds in air."
        ),
        gauge("air.iaq", "air_quality_index", "1", 0...500, "Air quality index of the device."),
        flag("air.smoke", "air_smoke", "Smoke as the device reports it."),
        gauge("wind.gust", "wind_gust_metres_per_second", "m/s", 0...150, "Strongest wind."),
        gauge(
            "light.irradiance",
            "light_irradiance_watts_per_square_metre",
            "W/m2",
            0...2000,
            "Power of sunlight on a surface."
        ),
        gauge(
            "light.par",
            "light_par_micromoles_per_square_metre_second",
            "umol/(m2.s)",
            0...5000,
            "Photons that plants use, 400 to 700 nm."
        ),
        gauge(
            "surface.temperature",
            "surface_temperature_celsius",
            "Cel",
            -60...120,
            "Temperature of a road or another surface."
        ),
        gauge("soil.temperature", "soil_temperature_celsius", "Cel", -40...80, "Soil temperature."),
        gauge(
            "soil.conductivity",
            "soil_conductivity_siemens_per_metre",
            "uS/cm",
            0...200_000,
            over: 10_000,
            "Conductivity of soil."
        ),
        gauge(
            "leaf.moisture",
            "leaf_moisture_ratio",
            "%",
            0...100,
            over: 100,
            "Wetness of a leaf."
        ),
        gauge("leaf.temperature", "leaf_temperature_celsius", "Cel", -40...80, "Leaf temperature."),
        gauge(
            "water.suspended_solids",
            "water_suspended_solids_milligrams_per_litre",
            "mg/L",
            0...500_000,
            "Suspended solids."
        ),
    ]

    /// What counters of people, contacts, and probes of public Wi-Fi and cameras report.
    static let publicPlaces: [Row] = [
        counter(
            "people.entered",
            "people_entered_total",
            "1",
            4_294_967_295,
            "People who came in."
        ),
        counter("people.left", "people_left_total", "1", 4_294_967_295, "People who went out."),
        gauge("people.present", "people_present", "1", 0...100_000, "People in an area."),
        flag("place.occupied", "place_occupied", "Whether somebody is there."),
        flag("input.active", "input_active", "State of a contact or digital input."),
        counter("pulse.count", "pulses_total", "1", 4_294_967_295, "Pulses at an input."),
        gauge(
            "net.latency",
            "net_latency_seconds",
            "ms",
            0...600_000,
            over: 1000,
            "Time that an answer took."
        ),
        gauge("net.loss", "net_loss_ratio", "%", 0...100, over: 100, "Probes without answer."),
        gauge("net.clients", "net_clients", "1", 0...100_000, "Clients of an access point."),
        counter("net.received", "net_received_bytes_total", "By", 1e19, "Bytes received."),
        counter("net.sent", "net_sent_bytes_total", "By", 1e19, "Bytes sent."),
        flag("camera.recording", "camera_recording", "Whether a camera records."),
    ]
}
