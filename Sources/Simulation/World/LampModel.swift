internal import Telemetry

/// What a lamp takes at any instant; a circuit's meter sums up the same.
struct LampLoad: Sendable {
    /// What the lamp does.
    struct State: Sendable {
        var level: Int
        var watts: Double
        var isFailed = false
        var burnsByDay = false
        var hasSupply = true
    }

    /// Power at full level, in watts.
    let nominalWatts: Double
    /// Place among the devices.
    let ordinal: Int
    /// Place of the circuit's meter among the devices: outages are noted there.
    let feederOrdinal: Int
    let noise: SeededNoise

    /// The state for a level that the programme asks for.
    func state(at time: Instant, programme level: Int, _ faults: FaultTimeline) -> State {
        if faults.isActive(.feederOutage, feederOrdinal, at: time) {
            return State(level: level, watts: 0, hasSupply: false)
        }
        if level > 0, faults.isActive(.lampOff, ordinal, at: time) {
            // The control gear goes on drawing a little behind a dead module.
            return State(level: level, watts: standby(time) + 0.4, isFailed: true)
        }
        if level == 0, faults.isActive(.lampOnByDay, ordinal, at: time) {
            return State(level: 100, watts: burning(100, time), burnsByDay: true)
        }
        return State(level: level, watts: level > 0 ? burning(level, time) : standby(time))
    }

    private func burning(_ level: Int, _ time: Instant) -> Double {
        // The driver's own losses do not dim: 5 % of nominal power remain.
        let wanted = nominalWatts * (0.05 + 0.95 * Double(level) / 100)
        return wanted * (1 + 0.02 * noise.signed(time.milliseconds / 60_000, salt: 1))
    }

    private func standby(_ time: Instant) -> Double {
        0.5 + 0.1 * noise.signed(time.milliseconds / 60_000, salt: 2)
    }
}

/// A street lamp with a LoRaWAN controller: 23 bytes every 15 minutes on port 10.
///
/// Bytes, big-endian: 0 type 1, 1–4 time, 5 level, 6 flags, 7–8 power (0.1 W), 9–12 energy (Wh),
/// 13–14 voltage (0.1 V), 15–16 current (mA), 17 power factor (%), 18 temperature + 60, 19–21
/// burning hours, 22 driver status. Profile `lorawan-luminaire`.
struct LampModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    private let load: LampLoad
    private var programme: LightingProgramme
    private var radio: RadioLink
    private var wattSeconds: Double
    private var burningSeconds: Double
    private var last: Instant
    private var hadSupply = true

    init(
        load: LampLoad,
        programme: LightingProgramme,
        radio: RadioLink,
        clock: ReportClock,
        start: Instant
    ) {
        self.load = load
        self.programme = programme
        self.radio = radio
        self.clock = clock
        last = start
        // One to three years of nights behind it.
        burningSeconds = (4000 + 9000 * load.noise.unit(0, salt: 3)) * 3600
        wattSeconds = burningSeconds * load.nominalWatts * 0.93
    }

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        integrate(to: time, faults)
        let level = programme.level(at: time)
        let state = load.state(at: time, programme: level, faults)
        let isLastGasp = hadSupply && !state.hasSupply
        hadSupply = state.hasSupply
        // Without supply every third controller has charge left for one frame.
        guard state.hasSupply || isLastGasp && load.ordinal % 3 == 0 else { return }
        if faults.isActive(.deviceSilent, load.ordinal, at: time) { return }
        radio.send(
            port: 10,
            payload(state, time),
            at: time,
            isImportant: faults.isTouched(load.ordinal, at: time)
                || faults.isTouched(load.feederOrdinal, at: time),
            to: &outbox
        )
    }

    /// Adds up energy and hours in steps of five minutes, as the circuit's meter does.
    private mutating func integrate(to time: Instant, _ faults: FaultTimeline) {
        while last < time {
            let end = min(last + .minutes(5), time)
            let seconds = (end - last).seconds
            let level = programme.level(at: last)
            let state = load.state(at: last, programme: level, faults)
            wattSeconds += state.watts * seconds
            if state.watts > 2 { burningSeconds += seconds }
            last = end
        }
    }

    private func payload(_ state: LampLoad.State, _ time: Instant) -> [UInt8] {
        let minute = time.milliseconds / 60_000
        let isLit = state.level > 0 && state.hasSupply
        let volts = state.hasSupply ? 229 + 4 * load.noise.signed(minute, salt: 4) : 0
        let factor = state.watts > 5 ? 0.95 : 0.4
        let flags: [(Bool, UInt8)] = [
            (isLit, 0x03), (state.isFailed, 0x04), (state.burnsByDay, 0x10),
            (!state.hasSupply, 0x20),
        ]
        let warmth = (state.watts > 5 ? 46.0 : 26) + 3 * load.noise.signed(minute, salt: 5)
        var bytes = PayloadBytes()
        bytes.appendBig(1, width: 1)
        bytes.appendBig(time.milliseconds / 1000 - 1, width: 4)
        bytes.appendBig(Int64(state.level), width: 1)
        bytes.appendBig(flags.reduce(0) { $1.0 ? $0 | Int64($1.1) : $0 }, width: 1)
        bytes.appendBig(Int64((state.watts * 10).rounded()), width: 2)
        bytes.appendBig(Int64(wattSeconds / 3600), width: 4)
        bytes.appendBig(Int64((volts * 10).rounded()), width: 2)
        let milliamperes = volts > 0 ? state.watts / volts / factor * 1000 : 0
        bytes.appendBig(Int64(milliamperes.rounded()), width: 2)
        bytes.appendBig(Int64(factor * 100), width: 1)
        bytes.appendBig(Int64(warmth) + 60, width: 1)
        bytes.appendBig(Int64(burningSeconds / 3600), width: 3)
        bytes.appendBig(0, width: 1)
        return bytes.bytes
    }
}
