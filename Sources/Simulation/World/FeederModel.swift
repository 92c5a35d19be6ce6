internal import Telemetry

/// A three-phase Tasmota meter in the cabinet of a lighting circuit: `SENSOR` every 5 minutes.
///
/// It measures the lamps of its circuit, each on one of three phases, and 15 W of its own. In an
/// outage it sees no voltage, reports that twice from its capacitor, and then falls silent.
struct FeederModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    private let ordinal: Int
    private let lamps: [LampLoad]
    private let noise: SeededNoise
    private let topic: String
    private let zoneOffset: Milliseconds
    private var programme: LightingProgramme
    private var kilowattHours: Double
    private var last: Instant
    private var darkReports = 0
    private var dayStart: (day: Int, total: Double)
    private var yesterday = 0.0

    init(
        ordinal: Int,
        lamps: [LampLoad],
        programme: LightingProgramme,
        topic: String,
        noise: SeededNoise,
        clock: ReportClock,
        start: Instant,
        zoneOffset: Milliseconds
    ) {
        self.ordinal = ordinal
        self.lamps = lamps
        self.programme = programme
        self.topic = topic
        self.noise = noise
        self.clock = clock
        self.zoneOffset = zoneOffset
        last = start
        kilowattHours = 3000 + 6000 * noise.unit(0, salt: 1)
        dayStart = (CivilDate(start, offset: zoneOffset).daysSince1970, kilowattHours)
    }

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        let isOut = faults.isActive(.feederOutage, ordinal, at: time)
        let phases = isOut ? [0, 0, 0] : powers(at: time, faults)
        kilowattHours += phases.reduce(0, +) * (time - last).seconds / 3_600_000
        last = time
        startDay(of: time)
        darkReports = isOut ? darkReports + 1 : 0
        if darkReports > 2 || faults.isActive(.deviceSilent, ordinal, at: time) { return }
        outbox.send(topic, payload(phases, time), at: time, sender: ordinal)
    }

    private mutating func powers(at time: Instant, _ faults: FaultTimeline) -> [Double] {
        let level = programme.level(at: time)
        var phases = [5.0, 5.0, 5.0]
        for (place, lamp) in lamps.enumerated() {
            phases[place % 3] += lamp.state(at: time, programme: level, faults).watts
        }
        return phases
    }

    private mutating func startDay(of time: Instant) {
        let day = CivilDate(time, offset: zoneOffset).daysSince1970
        guard day > dayStart.day else { return }
        yesterday = kilowattHours - dayStart.total
        dayStart = (day, kilowattHours)
    }

    private func payload(_ phases: [Double], _ time: Instant) -> [UInt8] {
        let minute = time.milliseconds / 60_000
        let hasSupply = phases[0] > 0
        let volts = (0..<3).map { phase in
            hasSupply ? (230 + 4 * noise.signed(minute, salt: UInt64(2 + phase))).rounded() : 0
        }
        let watts = phases.map { $0.rounded() }
        let factors = watts.map { $0 > 20 ? 0.95 : $0 > 0 ? 0.42 : 0 }
        let apparent = zip(watts, factors).map { $1 > 0 ? ($0 / $1).rounded() : 0 }
        let reactive = zip(watts, apparent).map {
            (max(0, $1 * $1 - $0 * $0)).squareRoot().rounded()
        }
        let amperes = zip(apparent, volts).map { $1 > 0 ? $0 / $1 : 0 }
        var text = JSONText()
        text.append("{\"Time\":\"")
        text.appendLocalTime(time, offset: zoneOffset)
        text.append("\",\"ENERGY\":{\"TotalStartTime\":\"2025-03-01T09:00:00\",\"Total\":")
        text.append(kilowattHours, places: 3)
        text.append(",\"Yesterday\":")
        text.append(yesterday, places: 3)
        text.append(",\"Today\":")
        text.append(kilowattHours - dayStart.total, places: 3)
        for (name, values, places) in [
            ("Power", watts, 0), ("ApparentPower", apparent, 0), ("ReactivePower", reactive, 0),
            ("Factor", factors, 2), ("Voltage", volts, 0), ("Current", amperes, 3),
        ] {
            text.append(",\"")
            text.append(name)
            text.append("\":[")
            for (place, value) in values.enumerated() {
                if place > 0 { text.append(",") }
                text.append(value, places: places)
            }
            text.append("]")
        }
        text.append("}}")
        return text.bytes
    }
}
