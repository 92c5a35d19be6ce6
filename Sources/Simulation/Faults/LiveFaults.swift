internal import Telemetry

/// Goes on inventing faults after `now`, so that a demonstration shows something every few minutes.
///
/// Each kind has slots of its own length; each slot begins at most one fault, on a device that is
/// well. Kinds are those whose alerts open and clear within about an hour:
///
/// | kind | slot | lasts | on |
/// | --- | --- | --- | --- |
/// | lamp off or, by day, on | 12 min | 50–60 min, by day 65–80 min | lamps in turn |
/// | device silent | 25 min | 65–85 min | lamps in turn, from the other end |
/// | tank low or high | 50 min | 40 min | tanks in turn |
/// | turbidity | 90 min | 60–75 min | stations in turn |
/// | flat pressure | 100 min | 85 min | pressure sensors in turn |
///
/// No fault is made at dusk and dawn, nor on a device that had one within 45 minutes. What remains
/// is about eight faults an hour (196 on the first day of seed 1), so that an alert opens or clears
/// every three to four minutes.
struct LiveFaults: Sendable {
    private enum Series: Int, CaseIterable {
        case lamp, silence, tank, turbidity, pressure

        var slot: Milliseconds {
            switch self {
            case .lamp: .minutes(12)
            case .silence: .minutes(25)
            case .tank: .minutes(50)
            case .turbidity: .minutes(90)
            case .pressure: .minutes(100)
            }
        }

        /// Planned faults of the first minutes come first.
        var delay: Milliseconds {
            switch self {
            case .lamp: .minutes(4)
            case .silence: .minutes(9)
            case .tank: .minutes(65)
            case .turbidity: .minutes(20)
            case .pressure: .minutes(30)
            }
        }
    }

    private let noise: SeededNoise
    private let now: Instant
    /// Number of the next slot of each series.
    private var next = [Int64](repeating: 0, count: Series.allCases.count)

    init(noise: SeededNoise, now: Instant) {
        self.noise = noise
        self.now = now
    }

    /// Makes the faults of all slots that begin by an instant, in the order of their slots.
    ///
    /// The order matters: whether a device is well depends on the faults made before.
    mutating func make(
        until end: Instant,
        _ commune: SimulatedCommune,
        into timeline: inout FaultTimeline
    ) -> [SimulatedFault] {
        var made: [SimulatedFault] = []
        while true {
            let starts = Series.allCases.map { series in
                (series, now + series.delay + series.slot * next[series.rawValue])
            }
            guard let (series, start) = starts.min(by: { $0.1 < $1.1 }), start <= end else {
                return made
            }
            let slot = next[series.rawValue]
            next[series.rawValue] += 1
            guard let fault = fault(series, slot, start, commune),
                !timeline.isTouched(
                    fault.ordinal,
                    from: fault.from,
                    to: fault.to ?? fault.from,
                    margin: .minutes(45)
                )
            else { continue }
            timeline.insert(fault)
            made.append(fault)
        }
    }

    private func fault(
        _ series: Series,
        _ slot: Int64,
        _ start: Instant,
        _ commune: SimulatedCommune
    ) -> SimulatedFault? {
        let noise = noise.stream(series.rawValue)
        let chance = noise.unit(slot)
        let from = start + Milliseconds(Int64(chance * 180_000))
        func minutes(_ least: Double, _ most: Double) -> Milliseconds {
            Milliseconds(Int64(60_000 * (least + (most - least) * noise.unit(slot, salt: 1))))
        }
        switch series {
        case .lamp: return lampFault(noise, slot, from, chance, commune)
        case .silence:
            // From the last lamp downwards, while the lamps' own faults go upwards.
            guard let lamp = commune.member(.lamp, -1 - 7 * slot) else { return nil }
            return SimulatedFault(
                .deviceSilent,
                device: lamp,
                from: from,
                to: from + minutes(65, 85)
            )
        case .tank:
            guard let tank = commune.member(.tank, slot) else { return nil }
            return tankFault(tank, isLow: chance < 0.5, from)
        case .turbidity:
            guard let station = commune.member(.station, slot) else { return nil }
            return SimulatedFault(
                .turbidityHigh,
                device: station,
                from: from,
                to: from + minutes(60, 75)
            )
        case .pressure:
            guard let sensor = commune.member(.pressure, slot) else { return nil }
            return SimulatedFault(
                .pressureFlat,
                device: sensor,
                from: from,
                to: from + .minutes(85)
            )
        }
    }

    /// A lamp that fails: dark by night, burning by day; none where dusk or dawn comes between.
    private func lampFault(
        _ noise: SeededNoise,
        _ slot: Int64,
        _ from: Instant,
        _ chance: Double,
        _ commune: SimulatedCommune
    ) -> SimulatedFault? {
        // A step that has no factor in common with most counts visits all lamps.
        let first = Int64(noise.index(0, below: 1000, salt: 2))
        guard let lamp = commune.member(.lamp, first + 17 * slot),
            var programme = commune.programme(ofLamp: lamp.ordinal)
        else { return nil }
        let isLit = programme.level(at: from) > 0
        let length = Milliseconds(Int64((isLit ? 50 + 10 * chance : 65 + 15 * chance) * 60_000))
        // Twenty minutes each side are the rules' own tolerance.
        let before = programme.level(at: from - .minutes(25)) > 0
        let after = programme.level(at: from + length + .minutes(35)) > 0
        guard before == isLit, after == isLit else { return nil }
        return SimulatedFault(
            isLit ? .lampOff : .lampOnByDay,
            device: lamp,
            from: from,
            to: from + length
        )
    }

    private func tankFault(
        _ tank: SimulatedDevice,
        isLow: Bool,
        _ from: Instant
    ) -> SimulatedFault {
        let level = isLow ? 26.0 : 93
        return SimulatedFault(
            isLow ? .tankLow : .tankHigh,
            device: tank,
            from: from,
            to: from + .minutes(40),
            course: [
                SimulatedFault.CoursePoint(time: from + .minutes(9), percent: level),
                SimulatedFault.CoursePoint(time: from + .minutes(31), percent: level),
                SimulatedFault.CoursePoint(time: from + .minutes(40), percent: 60),
            ]
        )
    }
}
