internal import Telemetry

/// A tank with a submersible level sensor, Milesight EM500-SWL: every 10 minutes on port 85.
///
/// People draw from it; a pump starts at 45 % and stops at 80 %. A planned fault gives the level a
/// course of its own, from where it stands; afterwards the pump takes over again. Channels: `01 75`
/// battery, `03 77` level (cm, little-endian).
struct TankModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    private let ordinal: Int
    private let heightCentimetres: Double
    private let curve: DailyCurve
    private var radio: RadioLink
    private var percent: Double
    private var isPumping = false
    private var last: Instant
    /// Where the level stood when the course of a fault began.
    private var courseStart: (fault: Instant, percent: Double)?

    /// Mean draw and the pump's delivery, in percent of the height an hour: at the highest demand
    /// (1.9 times the mean) the pump still gains.
    private static let drawPerHour = 6.0
    private static let deliveryPerHour = 16.0

    init(
        clock: ReportClock,
        ordinal: Int,
        radio: RadioLink,
        curve: DailyCurve,
        heightCentimetres: Double,
        start: Instant
    ) {
        self.clock = clock
        self.ordinal = ordinal
        self.radio = radio
        self.curve = curve
        self.heightCentimetres = heightCentimetres
        percent = 50 + 25 * radio.noise.unit(0, salt: 0x60)
        last = start
    }

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        move(to: time, faults)
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        let ripple = 0.3 * radio.noise.signed(nextReport, salt: 0x61)
        var bytes = PayloadBytes()
        bytes.append(0x01, 0x75, 92, 0x03, 0x77)
        let level = (percent + ripple) / 100 * heightCentimetres
        bytes.appendLittle(Int64(level.rounded()), width: 2)
        radio.send(
            port: 85,
            bytes.bytes,
            at: time,
            isImportant: faults.isTouched(ordinal, at: time),
            to: &outbox
        )
    }

    private mutating func move(to time: Instant, _ faults: FaultTimeline) {
        defer { last = time }
        if let fault = faults.course(ordinal, at: time) {
            if courseStart?.fault != fault.from { courseStart = (fault.from, percent) }
            percent = fault.percent(at: time, startingFrom: courseStart?.percent ?? percent)
            isPumping = percent < 45
            return
        }
        let hours = (time - last).seconds / 3600
        if percent < 45 { isPumping = true }
        if percent > 80 { isPumping = false }
        percent -= Self.drawPerHour * curve.weight(at: time) * hours
        if isPumping { percent += Self.deliveryPerHour * hours }
        percent = min(max(percent, 0), 100)
    }
}
