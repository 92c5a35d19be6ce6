public import Telemetry

/// Judges readings as they come: range, sentinel, spike, flat line, stuck counter, level shift,
/// rate of change, and the clocks of devices.
///
/// One thread owns it. It knows no clock but the times it is given, so that the same readings in
/// the same order get the same marks. A reading that is not later than the last one of its series
/// is held against range and sentinels alone and changes nothing: late and repeated readings do no
/// harm. A rejected reading changes nothing either.
///
/// Memory is fixed for each series: some 150 bytes, its name twice among them, 310 more where
/// spikes are looked for, and 100 where shifts are. Judging costs 15 ns, 60 where spikes are looked
/// for, and 1 µs more when a half hour ends; it allocates nothing.
public struct QualityControl: Sendable {
    /// Most series that are remembered; readings of series above it are held against range and
    /// sentinels alone, and counted in ``uncheckedSeries``.
    public static let maximumSeries = 20_000
    /// Most devices whose clocks are watched.
    public static let maximumClocks = 50_000
    /// How long before the newest reading a series was last heard that is not remembered over a
    /// restart.
    public static let forgottenAfter = Milliseconds.days(30)

    /// Where the state of a series, or of a device's clock, is kept.
    public struct Place: Hashable, Sendable {
        fileprivate let index: Int32
        fileprivate let limits: Int32
    }

    struct Key: Hashable, Sendable {
        let address: String
        let quantity: String
        let channel: String?
    }

    struct SeriesState: Sendable {
        var last = Instant.distantPast
        var flat = FlatLineCheck()
        /// Index into ``QualityControl/spikes``; −1 without.
        var spike: Int32 = -1
        /// Index into ``QualityControl/shifts``; −1 without.
        var shift: Int32 = -1
    }

    let policy: QualityPolicy
    /// Series refused because there were ``maximumSeries``.
    public private(set) var uncheckedSeries: UInt64 = 0
    var keys: [Key] = []
    var series: [SeriesState] = []
    var spikes: [SpikeCheck] = []
    var shifts: [ShiftCheck] = []
    var places: [Key: Int32] = [:]
    var clockAddresses: [String] = []
    var clocks: [ClockCheck] = []
    var clockPlaces: [String: Int32] = [:]
    /// Series that are counted in ``uncheckedSeries``, as far as they are remembered.
    private var refused: Set<Key> = []
    private var limits: [QualityLimits] = []
    private var limitsPlaces: [QualityLimits: Int32] = [:]

    /// Creates checks that have seen nothing.
    public init(policy: QualityPolicy = QualityPolicy()) {
        self.policy = policy
    }

    /// Where a series is judged; nil when nothing is checked of it.
    ///
    /// Costs a look-up by text; keep the place.
    /// - Parameters:
    ///   - quantity: what is measured.
    ///   - channel: which of several equal sensors.
    ///   - address: the device as messages name it.
    ///   - device: its code, by which the policy names it.
    /// - Returns: the place, good until ``recall(_:)``.
    public mutating func place(
        of quantity: Quantity,
        channel: String?,
        address: String,
        device: String
    ) -> Place? {
        let wanted = policy.limits(of: quantity, device: device)
        guard wanted.checksAnything else { return nil }
        let number = limitsNumber(of: wanted)
        guard wanted.hasMemory else { return Place(index: -1, limits: number) }
        let key = Key(address: address, quantity: quantity.id, channel: channel)
        guard let index = places[key] ?? insert(key) else {
            noteUnchecked(key)
            return Place(index: -1, limits: number)
        }
        if wanted.spikeFactor != nil, series[Int(index)].spike < 0 {
            series[Int(index)].spike = Int32(spikes.count)
            spikes.append(SpikeCheck())
        }
        if wanted.leastShift != nil, series[Int(index)].shift < 0 {
            series[Int(index)].shift = Int32(shifts.count)
            shifts.append(ShiftCheck())
        }
        return Place(index: index, limits: number)
    }

    /// Judges the next reading of a series; its value is in the quantity's unit.
    public mutating func judge(_ sample: Sample, at place: Place) -> Judgement {
        let limits = Int(place.limits)
        if let range = self.limits[limits].range, !range.contains(sample.value) {
            return Judgement(reason: .outOfRange)
        }
        if self.limits[limits].sentinels.contains(sample.value) {
            return Judgement(reason: .sentinel)
        }
        let index = Int(place.index)
        guard index >= 0, sample.time > series[index].last else { return .accepted }
        let last = series[index].last
        series[index].last = sample.time
        var judgement = Judgement.accepted
        let before = series[index].flat.value
        if let fastest = self.limits[limits].fastestChangePerHour, !before.isNaN {
            let hours = (sample.time - last).seconds / 3600
            if abs(sample.value - before) > fastest * hours { judgement.reason = .rateOfChange }
        }
        if let least = self.limits[limits].leastShift, series[index].shift >= 0,
            shifts[Int(series[index].shift)].judge(sample, after: last, least: least)
        {
            judgement.reason = .levelShift
        }
        let span = self.limits[limits].flatAfter
        let isFlat = series[index].flat.judge(
            sample,
            after: last,
            span: span ?? .zero,
            least: self.limits[limits].flatReadings
        )
        if let span, isFlat {
            judgement.reason = self.limits[limits].isCounter ? .stuckCounter : .flatLine
            let flat = series[index].flat
            let wasFlat = flat.count > self.limits[limits].flatReadings && last - flat.since >= span
            if !wasFlat { judgement.restBegan = flat.since }
        }
        if let factor = self.limits[limits].spikeFactor, series[index].spike >= 0 {
            let spike = Int(series[index].spike)
            let found = spikes[spike].judge(sample, factor: factor)
            if found > 0 { judgement.firstSpike = spikes[spike].away[0] }
            if found > 1 { judgement.secondSpike = spikes[spike].away[1] }
        }
        return judgement
    }

    /// Where the clock of a device is watched; nil when there are ``maximumClocks`` already.
    public mutating func clockPlace(of address: String) -> Place? {
        if let known = clockPlaces[address] { return Place(index: known, limits: -1) }
        guard clocks.count < Self.maximumClocks else { return nil }
        let index = Int32(clocks.count)
        clockPlaces[address] = index
        clockAddresses.append(address)
        clocks.append(ClockCheck())
        return Place(index: index, limits: -1)
    }

    /// Judges the clock of a device by its next message.
    ///
    /// - Parameters:
    ///   - measured: what the device's clock said.
    ///   - arrived: when the message came.
    ///   - isPossible: whether the decoder took the time for one that can be.
    ///   - place: where the device's clock is watched.
    /// - Returns: by how much the clock is behind, negative when it is ahead; zero when it has come
    ///   right; nil when nothing is to be said.
    public mutating func judgeClock(
        measured: Instant,
        arrived: Instant,
        isPossible: Bool,
        at place: Place
    ) -> Milliseconds? {
        clocks[Int(place.index)]
            .judge(measured: measured, arrived: arrived, isPossible: isPossible)
    }

    private mutating func limitsNumber(of wanted: QualityLimits) -> Int32 {
        if let known = limitsPlaces[wanted] { return known }
        limits.append(wanted)
        limitsPlaces[wanted] = Int32(limits.count - 1)
        return Int32(limits.count - 1)
    }

    /// Counts a series once, however often it is asked for; of those beyond ``maximumSeries`` that
    /// are not remembered each time.
    private mutating func noteUnchecked(_ key: Key) {
        guard !refused.contains(key) else { return }
        uncheckedSeries += 1
        if refused.count < Self.maximumSeries { refused.insert(key) }
    }

    private mutating func insert(_ key: Key) -> Int32? {
        guard series.count < Self.maximumSeries else { return nil }
        let index = Int32(series.count)
        places[key] = index
        keys.append(key)
        series.append(SeriesState())
        return index
    }
}
