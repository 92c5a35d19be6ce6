internal import Telemetry

/// The logger at the inlet of a zone: flow in L/s, every 15 minutes, one record a message.
///
/// Some flow remains at night: tanks that fill, and pipes that are not tight. A new leak adds to it
/// at all hours.
struct InflowModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    let code: String
    let topic: String
    let noise: SeededNoise
    let curve: DailyCurve
    /// Mean flow in litres per second.
    let meanLitresPerSecond: Double

    /// What a leak adds to the flow of the night.
    static let leakShare = 0.35
    /// Lowest weight of the day's curve of water, from 02:00 to 04:00.
    private static let nightWeight = 0.31

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        var flow = meanLitresPerSecond * curve.weight(at: time)
        flow *= 1 + 0.03 * noise.signed(nextReport, salt: 1)
        if faults.isActive(.nightFlowRise, ordinal, at: time) {
            flow += Self.leakShare * Self.nightWeight * meanLitresPerSecond
        }
        var text = JSONText(reserving: 160)
        text.append("{\"device\":\"")
        text.append(code)
        text.append("\",\"records\":[{\"time\":\"")
        text.append(time - .seconds(1), zone: "Z")
        text.append("\",\"flow_l_s\":")
        text.append(flow, places: 3)
        text.append("}]}")
        outbox.send(topic, text.bytes, at: time, sender: ordinal)
    }
}

/// A pressure sensor in the network, Milesight EM500-PP: every 10 minutes on port 85.
///
/// Pressure falls as people draw water. `01 75` battery, `03 7b` pressure (kPa, little-endian).
struct PressureModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    var radio: RadioLink
    let curve: DailyCurve
    /// Pressure at rest in kPa.
    let restKilopascals: Double
    var last: Int64 = 0

    init(
        clock: ReportClock,
        ordinal: Int,
        radio: RadioLink,
        curve: DailyCurve,
        restKilopascals: Double
    ) {
        self.clock = clock
        self.ordinal = ordinal
        self.radio = radio
        self.curve = curve
        self.restKilopascals = restKilopascals
    }

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        if last == 0 || !faults.isActive(.pressureFlat, ordinal, at: time) {
            let noise = radio.noise.signed(nextReport, salt: 0x50)
            var pressure = Int64(restKilopascals - 38 * curve.weight(at: time) + 7 * noise)
            // Water is never still: a value that repeats by chance is no sign of a stuck sensor.
            if pressure == last { pressure += noise < 0 ? -1 : 1 }
            last = pressure
        }
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        var bytes = PayloadBytes()
        bytes.append(0x01, 0x75, UInt8(70 + ordinal % 30), 0x03, 0x7B)
        bytes.appendLittle(last, width: 2)
        radio.send(
            port: 85,
            bytes.bytes,
            at: time,
            isImportant: faults.isTouched(ordinal, at: time),
            to: &outbox
        )
    }
}

/// A station of water quality: JSON every 15 minutes, read by `json-water-quality`.
struct QualityModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    let topic: String
    let noise: SeededNoise
    let curve: DailyCurve

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        let demand = curve.weight(at: time)
        var turbidity = 0.38 + 0.12 * demand + 0.09 * noise.signed(nextReport, salt: 1)
        if faults.isActive(.turbidityHigh, ordinal, at: time) {
            // Above the limit of 2 NTU with certainty, as after a scour of the pipe.
            turbidity = 3.1 + 0.7 * noise.signed(nextReport, salt: 1)
        }
        var text = JSONText(reserving: 240)
        text.append("{\"time\":\"")
        text.append(time - .seconds(1), zone: "Z")
        for (key, value, places) in [
            ("temperature_c", 25 + 1.5 * noise.signed(nextReport / 8, salt: 2), 2),
            ("ph", 7.25 + 0.12 * noise.signed(nextReport, salt: 3), 3),
            ("turbidity_ntu", turbidity, 3),
            ("chlorine_mg_l", 0.52 - 0.05 * demand + 0.04 * noise.signed(nextReport, salt: 4), 3),
            ("conductivity_us_cm", 236 + 9 * noise.signed(nextReport, salt: 5), 1),
            ("battery_v", 3.62 + 0.02 * noise.signed(nextReport, salt: 6), 2),
        ] {
            text.append(key == "temperature_c" ? "\",\"" : ",\"")
            text.append(key)
            text.append("\":")
            text.append(value, places: places)
        }
        text.append(",\"state\":\"ok\"}")
        outbox.send(topic, text.bytes, at: time, sender: ordinal)
    }
}

/// A Tasmota node behind a public wifi point: `STATE` every 15 minutes.
///
/// It reports through the very network that it stands for, so silence is the point's outage. It
/// has no sensor and sends no `SENSOR`.
struct PointModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    let topic: String
    let noise: SeededNoise
    let zoneOffset: Milliseconds
    let startedAt: Instant

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        let seconds = (time - startedAt).count / 1000
        let signal = -58 + Int64(8 * noise.signed(nextReport, salt: 1))
        var text = JSONText(reserving: 200)
        text.append("{\"Time\":\"")
        text.appendLocalTime(time, offset: zoneOffset)
        text.append("\",\"Uptime\":\"")
        text.append(
            "\(seconds / 86_400)T\(CivilClock.text(seconds % 86_400))\",\"UptimeSec\":\(seconds)"
        )
        text.append(
            ",\"Heap\":26,\"SleepMode\":\"Dynamic\",\"Sleep\":50,\"LoadAvg\":19,\"MqttCount\":1,"
                + "\"Wifi\":{\"AP\":1,\"SSId\":\"MO-PHONG\",\"RSSI\":\(2 * (signal + 100)),"
                + "\"Signal\":\(signal),\"LinkCount\":1}}"
        )
        outbox.send(topic, text.bytes, at: time, sender: ordinal)
    }
}
