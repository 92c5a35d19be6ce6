internal import Telemetry

/// A bin with an ultrasonic sensor: it fills by the day's rhythm, and is emptied on its route.
///
/// Milesight EM310-UDL, channels on port 85: `01 75` battery, `03 82` distance (mm, little-endian),
/// `04 00` tilt. Dragino LDDS75, 8 bytes on port 2, big-endian: battery (mV), distance (mm),
/// interrupt, temperature, whether the sensor is there.
struct BinModel: ReportingModel {
    let clock: ReportClock
    var nextReport: Int64 = 0
    private let ordinal: Int
    private let route: CollectionRoute
    private let curve: DailyCurve
    private let depthMillimetres: Double
    private let percentPerDay: Double
    private let noise: SeededNoise
    private var radio: RadioLink
    private var percent: Double
    private var last: Instant
    private var batteryPercent: Double

    /// What is left in the bin when it was emptied, in percent.
    private static let residue = 2.0
    /// How far waste falls when it is pressed together, in points: half of what a collection needs.
    private static let compaction = 15.0

    init(
        ordinal: Int,
        route: CollectionRoute,
        curve: DailyCurve,
        depthMillimetres: Double,
        percentPerDay: Double,
        radio: RadioLink,
        clock: ReportClock,
        start: Instant
    ) {
        self.ordinal = ordinal
        self.route = route
        self.curve = curve
        self.depthMillimetres = depthMillimetres
        self.percentPerDay = percentPerDay
        self.radio = radio
        self.clock = clock
        noise = radio.noise
        last = start
        let emptied = route.rounds(endingBy: start, count: 1)[0].upperBound
        percent = Self.residue + percentPerDay * curve.days(from: emptied, to: start)
        batteryPercent = 70 + 28 * noise.unit(0, salt: 0x40)
    }

    mutating func report(at time: Instant, _ faults: FaultTimeline, to outbox: inout Outbox) {
        move(to: time, faults)
        if faults.isActive(.deviceSilent, ordinal, at: time) { return }
        let tremor = 5 * noise.signed(nextReport, salt: 0x41)
        let distance = depthMillimetres * (1 - percent / 100) + tremor
        var bytes = PayloadBytes()
        let isMilesight = radio.server == .chirpStack
        if isMilesight {
            bytes.append(0x01, 0x75, UInt8(batteryPercent), 0x03, 0x82)
            bytes.appendLittle(Int64(min(max(distance, 60), depthMillimetres)), width: 2)
            bytes.append(0x04, 0x00, 0x00)
        } else {
            bytes.appendBig(Int64(3000 + 6 * batteryPercent), width: 2)
            // Nearer than 280 mm the sensor sends an error code; the waste stays below that.
            bytes.appendBig(Int64(min(max(distance, 285), depthMillimetres)), width: 2)
            bytes.append(0x00, 0x00, 0x00, 0x01)
        }
        radio.send(
            port: isMilesight ? 85 : 2,
            bytes.bytes,
            at: time,
            isImportant: faults.isTouched(ordinal, at: time),
            to: &outbox
        )
    }

    private mutating func move(to time: Instant, _ faults: FaultTimeline) {
        for day in route.local(last)...route.local(time) {
            guard let collected = collection(on: day), collected > last, collected <= time,
                !faults.isActive(.missedCollection, ordinal, at: collected)
            else { continue }
            fill(to: collected, faults)
            percent = Self.residue
        }
        fill(to: time, faults)
    }

    private mutating func fill(to time: Instant, _ faults: FaultTimeline) {
        let change = 1 + 0.02 * noise.signed(Int64(route.local(time)), salt: 0x42)
        percent += percentPerDay * change * curve.days(from: last, to: time)
        if faults.isActive(.binNearlyFull, ordinal, at: time) {
            // Somebody brought the rubbish of a feast: full within two hours.
            percent = max(percent, min(84, percent + 45 * (time - last).seconds / 3600))
        }
        if faults.begins(.binCompaction, ordinal, after: last, by: time) {
            percent -= Self.compaction
        }
        percent = min(percent, 104)
        batteryPercent = max(35, batteryPercent - 0.0002)
        last = time
    }

    /// When the crew is at this bin on a local day; nil when no round is planned.
    private func collection(on day: Int) -> Instant? {
        guard let round = route.round(on: day) else { return nil }
        let length = Double((round.upperBound - round.lowerBound).count)
        let place = 0.2 + 0.6 * noise.unit(0, salt: 0x43)
        let jitter = 600_000 * noise.signed(Int64(day), salt: 0x44)
        return round.lowerBound + Milliseconds(Int64(length * place + jitter))
    }
}
