import Knowledge
import Telemetry

/// Devices that do not exist, with what they would have reported and what a gateway knows of them.
///
/// Six tenths are lamps, twelve on a circuit, of which 3 % stay dark; two tenths bins that are
/// emptied each morning but for 10 %; the others measure flow, tanks and pressure. 2 % fall silent
/// at the start of the time that is judged. They report every quarter of an hour, bins each hour,
/// with some seconds of jitter.
struct SimulatedDevices {
    /// What they reported.
    private(set) var lines = SampleLines()
    /// What a gateway works out.
    private(set) var known: [ComputedSeries] = []

    private let reported: ClosedRange<Instant>
    private let silentFrom: Instant
    private var state: UInt64 = 7

    private static let villages = 20
    private static let routes = 10

    /// Makes devices.
    ///
    /// - Parameters:
    ///   - count: how many, about.
    ///   - reported: from when to when they report.
    ///   - silentFrom: from when on some do not.
    init(count: Int, reported: ClosedRange<Instant>, silentFrom: Instant) {
        self.reported = reported
        self.silentFrom = silentFrom
        addPlaces(circuits: (count * 6 / 10 + 11) / 12)
        for lamp in 0..<(count * 6 / 10) {
            let circuit = lamp / 12
            let labels = device("L\(lamp)", circuit, ["feeder": "f\(circuit)"])
            known.append(.constant(labels.named("device_nominal_power_watts"), 60))
            let isDark = random() < 0.03
            play(labels, every: .minutes(15)) { time, random in
                let power = Self.isNight(time) && !isDark ? 50 + 10 * random : 0
                return [("lamp_power_watts", power), ("lamp_level_target_ratio", 1)]
            }
        }
        for bin in 0..<(count * 2 / 10) {
            let labels = device("B\(bin)", bin, ["route": "r\(bin % Self.routes)"], .hours(1))
            known.append(.constant(labels.named("bin_fullness_threshold_ratio"), 0.8))
            let isMissed = random() < 0.1
            var fill = random()
            play(labels, every: .hours(1)) { time, random in
                if Self.hour(time) == 8, !isMissed { fill = 0.05 }
                fill = min(1, fill + 0.05 * random)
                return [("bin_fill_ratio", fill)]
            }
        }
        for meter in 0..<(count / 10) {
            let labels = device("M\(meter)", meter, ["zone": "z\(meter)"])
            play(labels, every: .minutes(15)) { _, random in
                [("water_flow_cubic_metres_per_hour", 2 + random)]
            }
        }
        for tank in 0..<(count / 20) {
            var level = random()
            play(device("T\(tank)", tank), every: .minutes(15)) { _, random in
                level = min(1, max(0, level + 0.1 * (random - 0.5)))
                return [("water_tank_fill_ratio", level)]
            }
        }
        for sensor in 0..<(count / 20) {
            play(device("P\(sensor)", sensor), every: .minutes(15)) { _, random in
                [("water_pressure_pascals", 250_000 + 50_000 * random)]
            }
        }
    }

    /// Adds what rules gave.
    mutating func add(_ labels: Labels, _ sample: Sample) { lines.add(labels, sample) }

    private mutating func random() -> Double {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Double(state >> 11) / Double(1 << 53)
    }

    /// The hour of the day in Vietnam.
    private static func hour(_ time: Instant) -> Int64 {
        (time.milliseconds / 3_600_000 + 7) % 24
    }

    private static func isNight(_ time: Instant) -> Bool { !(6..<18).contains(hour(time)) }

    private mutating func addPlaces(circuits: Int) {
        for circuit in 0..<circuits {
            let labels: Labels = [
                "__name__": "lighting_expected", "feeder": "f\(circuit)", "commune": "c",
                "village": "v\(circuit % Self.villages)",
            ]
            known.append(.function(labels) { Self.isNight($0) ? 1 : 0 })
        }
        for village in 0..<Self.villages {
            let labels: Labels = [
                "__name__": "sun_elevation_degrees", "commune": "c", "village": "v\(village)",
            ]
            known.append(.function(labels) { Self.isNight($0) ? -20 : 30 })
        }
        for route in 0..<Self.routes {
            let labels: Labels = ["__name__": "collection_planned", "route": "r\(route)"]
            known.append(.function(labels) { Self.hour($0) == 7 ? 1 : 0 })
        }
    }

    /// A device's labels; what a gateway knows of it is added.
    private mutating func device(
        _ name: String,
        _ place: Int,
        _ others: [String: String] = [:],
        _ interval: Milliseconds = .minutes(15)
    ) -> Labels {
        var labels = others
        labels["device"] = name
        labels["commune"] = "c"
        labels["village"] = "v\(place % Self.villages)"
        let all = Labels(labels.map { Label($0.key, $0.value) })
        let messages = Labels(metric: Self.heartbeat, ["device": name])
        func beats(_ metric: String, _ content: Heartbeat.Content) -> ComputedSeries {
            .heartbeat(all.named(metric), of: messages, now: all.named(Self.heartbeat), content)
        }
        let seconds = Double(interval.count / 1000)
        known += [
            .constant(all.named("device_info"), 1),
            .constant(all.named(ComputedSeries.expectedIntervalName), seconds),
            beats("device_last_message_timestamp_seconds", .lastMessage),
            beats("device_up", .isUp(within: max(interval * 3, .minutes(30)))),
        ]
        return all
    }

    private static let heartbeat = "device_message_bytes"

    private mutating func play(
        _ labels: Labels,
        every interval: Milliseconds,
        _ values: (Instant, Double) -> [(metric: String, value: Double)]
    ) {
        let fallsSilent = random() < 0.02
        var time = reported.lowerBound + Milliseconds(Int64(random() * Double(interval.count)))
        let end = fallsSilent ? silentFrom : reported.upperBound
        while time <= end {
            lines.add(labels.named(Self.heartbeat), Sample(time: time, value: 60))
            for (metric, value) in values(time, random()) {
                let series = labels.named(metric).setting("channel", to: "0")
                lines.add(series, Sample(time: time, value: value))
            }
            time = time + interval + Milliseconds(Int64(random() * 4_000))
        }
    }
}

extension Labels {
    fileprivate func named(_ metric: String) -> Labels {
        setting(Labels.metricNameLabel, to: metric)
    }
}
