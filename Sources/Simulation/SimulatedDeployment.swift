public import Telemetry

/// A commune that does not exist, with lamps, bins, water and faults: what its devices send.
///
/// Messages are real: the bytes that such devices send, in the envelopes of their network servers.
/// Nothing else is: every device, count and finding is marked as simulated in the registry, codes
/// begin with `MP-`, and topics have a level `mo-phong`.
///
/// The same seed, times and size give the same messages, however they are asked for: in one window
/// of two weeks or in many of a second. It knows nothing of stores and clocks; whoever drives it
/// says what time it is. One value belongs to one thread at a time.
///
/// Fourteen days of ``DeploymentSize/village`` are made in less than two seconds of one core, and
/// take as much memory as the window that is asked for.
///
/// ```swift
/// var deployment = SimulatedDeployment(seed: 1, start: now - .days(14), now: now)
/// for message in deployment.advance(to: now) { publish(message.topic, message.payload) }
/// ```
public struct SimulatedDeployment: Sendable {
    /// What goes wrong until a little after now, by plan.
    public let plan: FaultPlan
    /// Faults after the plan, as far as they have begun, oldest first; forgotten after three days.
    public private(set) var liveFaults: [SimulatedFault] = []
    /// Until when messages have been made; the start at first.
    public private(set) var last: Instant

    private let commune: SimulatedCommune
    private var timeline: FaultTimeline
    private var live: LiveFaults
    private var outbox = Outbox()
    private var lamps: [LampModel]
    private var feeders: [FeederModel]
    private var bins: [BinModel]
    private var senMLMeters: [SenMLMeterModel]
    private var axiomaMeters: [AxiomaMeterModel]
    private var inflows: [InflowModel]
    private var pressures: [PressureModel]
    private var tanks: [TankModel]
    private var stations: [QualityModel]
    private var points: [PointModel]

    /// Creates a deployment that has sent nothing yet.
    ///
    /// - Parameters:
    ///   - seed: what all that is random depends on.
    ///   - start: where its history begins; the plan of faults needs 14 days before now, and what
    ///     lies before the start does not happen.
    ///   - now: where history ends; the plan is relative to it.
    ///   - zoneOffset: local time east of UTC; seven hours in Vietnam.
    ///   - size: how many devices.
    /// - Precondition: start is not after now.
    public init(
        seed: UInt64,
        start: Instant,
        now: Instant,
        zoneOffset: Milliseconds = .hours(7),
        size: DeploymentSize = .village
    ) {
        precondition(start <= now, "the simulation starts after its own present")
        let commune = SimulatedCommune(
            seed: seed,
            start: start,
            now: now,
            zoneOffset: zoneOffset,
            size: size
        )
        self.commune = commune
        plan = FaultPlan(commune)
        timeline = FaultTimeline(deviceCount: commune.devices.count)
        for fault in plan.faults where !fault.isConsequence { timeline.insert(fault) }
        live = LiveFaults(noise: commune.noise.stream(-1), now: now)
        last = start
        lamps = commune.lampModels()
        feeders = commune.feederModels()
        bins = commune.binModels()
        senMLMeters = commune.senMLMeterModels()
        axiomaMeters = commune.axiomaMeterModels()
        inflows = commune.inflowModels()
        pressures = commune.pressureModels()
        tanks = commune.tankModels()
        stations = commune.qualityModels()
        points = commune.pointModels()
    }

    /// Files of the registry that describe the deployment, as name and CSV text with a header.
    public var registryFiles: [(name: String, text: String)] {
        RegistryText(commune).files
    }

    /// What every page about the deployment has to say, in Vietnamese.
    ///
    /// The commune is registered in regions whose published thresholds are thereby shown.
    public static let notice =
        "Dữ liệu mô phỏng: xã, thiết bị, số đo và văn bản đều không có thật; "
        + "ngưỡng của Đà Nẵng, Hải Dương, Bắc Trung Bộ chỉ để minh họa."

    /// The topics it sends on, for subscription rules.
    public var topics: [SimulatedTopic] {
        let zone = CivilClock.zone(commune.zoneOffset)
        return [
            ("application/mo-phong/device/+/event/+", "chirpstack", nil, nil),
            ("v3/mo-phong@lang-so/devices/#", "the_things_stack", nil, nil),
            ("tele/mo-phong/#", "tasmota", nil, zone),
            ("mo-phong/senml/+", "senml", "senml-water-point", nil),
            ("mo-phong/luu-luong/+", "plain_json", "json-datalogger", nil),
            ("mo-phong/chat-luong/+", "plain_json", "json-water-quality", nil),
        ].map { filter, family, profile, timeZone in
            SimulatedTopic(filter: filter, family: family, profile: profile, timeZone: timeZone)
        }
    }

    /// Makes everything that is sent in (last, end], and moves on.
    ///
    /// Costs about seven microseconds a message. An end that is not later gives nothing.
    ///
    /// - Parameter end: how far to go.
    /// - Returns: the messages in the order of their times.
    public mutating func advance(to end: Instant) -> [TimedMessage] {
        guard end > last else { return [] }
        liveFaults += live.make(until: end, commune, into: &timeline)
        Self.run(&lamps, until: end, timeline, &outbox)
        Self.run(&feeders, until: end, timeline, &outbox)
        Self.run(&bins, until: end, timeline, &outbox)
        Self.run(&senMLMeters, until: end, timeline, &outbox)
        Self.run(&axiomaMeters, until: end, timeline, &outbox)
        Self.run(&inflows, until: end, timeline, &outbox)
        Self.run(&pressures, until: end, timeline, &outbox)
        Self.run(&tanks, until: end, timeline, &outbox)
        Self.run(&stations, until: end, timeline, &outbox)
        Self.run(&points, until: end, timeline, &outbox)
        last = end
        timeline.forget(before: end)
        liveFaults.removeAll { fault in
            fault.to.map { $0 + FaultTimeline.memory < end } ?? false
        }
        return outbox.take(until: end)
    }

    private static func run<Model: ReportingModel>(
        _ models: inout [Model],
        until end: Instant,
        _ faults: FaultTimeline,
        _ outbox: inout Outbox
    ) {
        for index in models.indices {
            while true {
                let time = models[index].clock.time(of: models[index].nextReport)
                guard time <= end else { break }
                models[index].report(at: time, faults, to: &outbox)
                models[index].nextReport += 1
            }
        }
    }
}
