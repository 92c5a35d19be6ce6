internal import Telemetry

/// What ran through a water meter by any instant: never less than before.
struct MeterCounter: Sendable {
    private let curve: DailyCurve
    private let cubicMetresPerDay: Double
    private var base: (time: Instant, cubicMetres: Double)

    init(curve: DailyCurve, cubicMetresPerDay: Double, from time: Instant, cubicMetres: Double) {
        self.curve = curve
        self.cubicMetresPerDay = cubicMetresPerDay
        base = (time, cubicMetres)
    }

    /// The register at an instant that is not before the base.
    func cubicMetres(at time: Instant) -> Double {
        base.cubicMetres + cubicMetresPerDay * curve.days(from: base.time, to: time)
    }

    /// Moves the base on, so that nothing has to be counted from the beginning.
    mutating func rebase(to time: Instant) {
        guard time > base.time else { return }
        base = (time, cubicMetres(at: time))
    }
}

/// A meter that speaks SenML, every hour: register, temperature and leak flag.
struct SenMLMeterModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    let code: String
    let topic: String
    let noise: SeededNoise
    var counter: MeterCounter

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        counter.rebase(to: time)
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        var text = JSONText(reserving: 200)
        text.append("[{\"bn\":\"")
        text.append(code)
        text.append(":\",\"bt\":")
        text.append(time.milliseconds / 1000)
        text.append(",\"n\":\"volume\",\"u\":\"m3\",\"v\":")
        text.append(counter.cubicMetres(at: time), places: 3)
        text.append("},{\"n\":\"temp\",\"u\":\"Cel\",\"v\":")
        text.append(24.5 + noise.signed(nextReport, salt: 1), places: 1)
        text.append("},{\"n\":\"leak\",\"vb\":false}]")
        outbox.send(topic, text.bytes, at: time, sender: ordinal)
    }
}

/// An Axioma Qalcosonic W1, twice a day: register and fifteen hours before, on port 100.
///
/// Bytes, little-endian: 0–3 time, 4 status, 5–8 register (L), 9–12 time of the log, 13–16 register
/// then, 17–46 fifteen hourly differences (L).
struct AxiomaMeterModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    let ordinal: Int
    var radio: RadioLink
    var counter: MeterCounter

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        let hour = Instant(milliseconds: time.milliseconds / 3_600_000 * 3_600_000)
        let log = hour - .hours(15)
        counter.rebase(to: log)
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        func litres(_ instant: Instant) -> Int64 {
            Int64(counter.cubicMetres(at: instant) * 1000)
        }
        var bytes = PayloadBytes()
        bytes.appendLittle(time.milliseconds / 1000 - 1, width: 4)
        bytes.append(0)
        bytes.appendLittle(litres(time), width: 4)
        bytes.appendLittle(log.milliseconds / 1000, width: 4)
        bytes.appendLittle(litres(log), width: 4)
        for number in 1...15 {
            let end = log + .hours(Int64(number))
            bytes.appendLittle(litres(end) - litres(end - .hours(1)), width: 2)
        }
        radio.send(
            port: 100,
            bytes.bytes,
            at: time,
            isImportant: faults.isTouched(ordinal, at: time),
            to: &outbox
        )
    }
}
