internal import Telemetry

/// What goes wrong in the history of a simulated deployment, and in its first minutes.
///
/// Times are relative to `now`; times of day are local. A fault of a device that the size leaves
/// out is left out too.
///
/// | code | device | from | to |
/// | --- | --- | --- | --- |
/// | A1 | `MP-DEN-0005` | noon 3 days ago | open |
/// | A1 | `MP-DEN-0018` | noon 6 days ago | noon 5 days ago |
/// | A2 | `MP-DEN-0027` | 09:00 2 days ago | 15:00 that day |
/// | A9 | circuit 4 | 20:30 5 days ago | 23:40 that day |
/// | B1 | `MP-THUNG-01` | 2 h after its last round but one | its last round |
/// | B6 | `MP-THUNG-02` | its last round but one | its last round |
/// | B6 | `MP-THUNG-04` | its last round that is over for 4 h | its next round: open |
/// | B1 | both of B6 | about 39 h after they were emptied: a consequence | as the B6 |
/// | C1 | `MP-LL-02` | midnight before the last 4 nights | open |
/// | C6 low, very low | `MP-BE-01` | 08:00 3 days ago | 12:00 that day |
/// | C6 low | `MP-BE-01` | 60 min ago, under 30 % since 44 min ago | above 32 % 6 min from now |
/// | C6 high | `MP-BE-02` | above 90 % since 7.5 min ago | 45 min from now |
/// | C10 | `MP-CL-01` | 10:00 4 days ago | 12:30 that day |
/// | G1 | `MP-AP-03` | 26 h ago | open |
/// | G1 | `MP-WIFI-02` | 32 h ago | 27 h ago |
/// | G4 | `MP-AP-01` | 13:00 2 days ago | 16:00 that day |
/// | none | `MP-THUNG-05` | 03:00 of a Monday: waste pressed together, 15 points | at once |
///
/// C10 lasts longer than the two hours that criteria bear, so that the sensors refute the water of
/// the first supply. The other look-alikes are there all the time: circuit 5 dims to 50 % from
/// 23:00, and two frames of a hundred are lost, never three in a row.
public struct FaultPlan: Hashable, Sendable {
    /// The faults, in the order of the table.
    public private(set) var faults: [SimulatedFault] = []

    private typealias Point = SimulatedFault.CoursePoint

    init(_ commune: SimulatedCommune) {
        addLighting(commune)
        addWaste(commune)
        addWater(commune)
        addDevices(commune)
    }

    /// A local time of a day so many days before today.
    private static func local(
        _ commune: SimulatedCommune,
        daysAgo days: Int,
        _ hour: Int64,
        _ minute: Int64 = 0
    ) -> Instant {
        let today = CivilDate(commune.now, offset: commune.zoneOffset).daysSince1970
        let midnight = CivilDate(daysSince1970: today - days).midnight(offset: commune.zoneOffset)
        return midnight + .hours(hour) + .minutes(minute)
    }

    private mutating func add(
        _ kind: SimulatedFault.Kind,
        _ device: SimulatedDevice?,
        _ from: Instant,
        _ to: Instant?,
        isConsequence: Bool = false,
        course: [SimulatedFault.CoursePoint] = []
    ) {
        guard let device else { return }
        faults.append(
            SimulatedFault(
                kind,
                device: device,
                feeder: kind == .feederOutage ? device.feeder : nil,
                from: from,
                to: to,
                isConsequence: isConsequence,
                course: course
            )
        )
    }

    private mutating func addLighting(_ commune: SimulatedCommune) {
        func at(_ days: Int, _ hour: Int64, _ minute: Int64 = 0) -> Instant {
            Self.local(commune, daysAgo: days, hour, minute)
        }
        add(.lampOff, commune.device(.lamp, 5), at(3, 12), nil)
        add(.lampOff, commune.device(.lamp, 18), at(6, 12), at(5, 12))
        add(.lampOnByDay, commune.device(.lamp, 27), at(2, 9), at(2, 15))
        add(.feederOutage, commune.device(.feeder, 4), at(5, 20, 30), at(5, 23, 40))
    }

    private mutating func addWaste(_ commune: SimulatedCommune) {
        let now = commune.now
        let weekly = commune.routes[0]
        let emptied = weekly.rounds(endingBy: now - .hours(2), count: 2)
        add(
            .binNearlyFull,
            commune.device(.bin, 1),
            emptied[1].upperBound + .hours(2),
            emptied[0].lowerBound
        )
        // On the daily route 80 % are reached after 39 h, at 48 % a day.
        let untilFull = Milliseconds.hours(39)
        let daily = commune.routes[1]
        let past = daily.rounds(endingBy: now - .hours(3), count: 3)
        add(
            .missedCollection,
            commune.device(.bin, 2),
            past[1].lowerBound,
            past[0].lowerBound
        )
        let over = daily.rounds(endingBy: now - .hours(4), count: 2)
        let next = daily.firstRound(after: now)
        add(.missedCollection, commune.device(.bin, 4), over[0].lowerBound, next.lowerBound)
        add(
            .binNearlyFull,
            commune.device(.bin, 2),
            past[2].upperBound + untilFull,
            past[0].lowerBound,
            isConsequence: true
        )
        add(
            .binNearlyFull,
            commune.device(.bin, 4),
            over[1].upperBound + untilFull,
            next.lowerBound,
            isConsequence: true
        )
        let monday = (2...9).first { days in
            CivilDate(Self.local(commune, daysAgo: days, 3), offset: commune.zoneOffset)
                .weekday == 1
        }
        let compaction = Self.local(commune, daysAgo: monday ?? 2, 3)
        add(.binCompaction, commune.device(.bin, 5), compaction, compaction + .minutes(1))
    }

    private mutating func addWater(_ commune: SimulatedCommune) {
        let now = commune.now
        func at(_ days: Int, _ hour: Int64, _ minute: Int64 = 0) -> Instant {
            Self.local(commune, daysAgo: days, hour, minute)
        }
        // Before five in the morning tonight's flow is not judged yet.
        let isEarly = now < at(0, 5)
        add(.nightFlowRise, commune.device(.inflow, 2), at(isEarly ? 4 : 3, 0), nil)
        let low = commune.device(.tank, 1)
        add(
            .tankLow,
            low,
            at(3, 8),
            at(3, 12),
            course: [
                Point(time: at(3, 8, 40), percent: 27), Point(time: at(3, 9, 20), percent: 12),
                Point(time: at(3, 10, 20), percent: 11), Point(time: at(3, 12), percent: 52),
            ]
        )
        add(.tankVeryLow, low, at(3, 9, 20), at(3, 10, 30))
        add(
            .tankLow,
            low,
            now - .minutes(60),
            now + .minutes(40),
            course: [
                Point(time: now - .minutes(45), percent: 28),
                Point(time: now - .minutes(4), percent: 29),
                Point(time: now + .minutes(6), percent: 34.5),
                Point(time: now + .minutes(40), percent: 60),
            ]
        )
        add(
            .tankHigh,
            commune.device(.tank, 2),
            now - .minutes(50),
            now + .minutes(45),
            course: [
                Point(time: now - .minutes(18), percent: 80),
                Point(time: now - .minutes(8), percent: 93),
                Point(time: now + .minutes(25), percent: 94),
                Point(time: now + .minutes(45), percent: 62),
            ]
        )
        add(.turbidityHigh, commune.device(.station, 1), at(4, 10), at(4, 12, 30))
    }

    private mutating func addDevices(_ commune: SimulatedCommune) {
        let now = commune.now
        add(.deviceSilent, commune.device(.pressure, 3), now - .hours(26), nil)
        add(.deviceSilent, commune.device(.point, 2), now - .hours(32), now - .hours(27))
        let from = Self.local(commune, daysAgo: 2, 13)
        add(.pressureFlat, commune.device(.pressure, 1), from, from + .hours(3))
    }
}
