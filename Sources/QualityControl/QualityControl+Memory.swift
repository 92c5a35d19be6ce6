internal import Telemetry

/// What the checks remember, as bytes, so that they go on after a restart as if there was none.
///
/// All numbers with their lowest byte first. A version (1 byte), now 2; number of series (4), and
/// for each: device, quantity, channel as texts (2 bytes of length, 65535 for no text, and UTF-8);
/// time of the last reading (8); the resting value's bits (8), since when (8), how often (4);
/// whether spikes are looked for (1), and then: number of the half hour (8), the 48 readings' bits
/// (4 each), deviation (4), 8 steps (4 each), place of the next (1), level (8), readings away from
/// it (1), and two of these with time and value (8 and 8 each); whether shifts are looked for (1,
/// not in version 1), and then: 8 steps (4 each), place of the next (1), time and value of the last
/// (8 and 8), since when it is away (8; the earliest time for not), mean, variance (8 each), time
/// learned (8) and readings (4). Then number of clocks (4), and for each: device, 20 delays (4
/// each), count, next, whether it is wrong (1 each).
extension QualityControl {
    private static let version: UInt8 = 2
    private static let versionWithoutShifts: UInt8 = 1

    /// The state of all series and clocks; empty while there are none.
    public var memory: [UInt8] {
        guard !series.isEmpty || !clocks.isEmpty else { return [] }
        var bytes = [Self.version]
        bytes.reserveCapacity(series.count * 64 + spikes.count * 320 + clocks.count * 128)
        LittleEndian.put(UInt32(series.count), &bytes)
        for index in series.indices {
            Self.put(keys[index].address, &bytes)
            Self.put(keys[index].quantity, &bytes)
            Self.put(keys[index].channel, &bytes)
            put(series[index], &bytes)
        }
        LittleEndian.put(UInt32(clocks.count), &bytes)
        for index in clocks.indices {
            Self.put(clockAddresses[index], &bytes)
            let clock = clocks[index]
            for place in 0..<ClockCheck.messageCount {
                LittleEndian.put(clock.delays[place], &bytes)
            }
            bytes += [clock.count, clock.next, clock.isWrong ? 1 : 0]
        }
        return bytes
    }

    /// Takes what ``memory`` gave; without series that were last heard long before the newest.
    ///
    /// What is known before is dropped: places given earlier must not be used any more.
    /// - Returns: false when the bytes are no memory of this version; nothing is known then.
    public mutating func recall(_ memory: [UInt8]) -> Bool {
        forgetAll()
        guard !memory.isEmpty else { return true }
        var rest = memory[...]
        let version = rest.popFirst()
        guard version == Self.version || version == Self.versionWithoutShifts,
            takeSeries(&rest, hasShifts: version == Self.version), takeClocks(&rest), rest.isEmpty
        else {
            forgetAll()
            return false
        }
        dropOld()
        return true
    }

    private mutating func forgetAll() {
        keys = []
        series = []
        spikes = []
        shifts = []
        places = [:]
        clockAddresses = []
        clocks = []
        clockPlaces = [:]
    }

    private mutating func dropOld() {
        guard let newest = series.map(\.last).max() else { return }
        let earliest = newest - Self.forgottenAfter
        guard series.contains(where: { $0.last < earliest }) else { return }
        let (oldKeys, oldSeries, oldSpikes, oldShifts) = (keys, series, spikes, shifts)
        (keys, series, spikes, shifts, places) = ([], [], [], [], [:])
        for index in oldSeries.indices where oldSeries[index].last >= earliest {
            var state = oldSeries[index]
            if state.spike >= 0 {
                spikes.append(oldSpikes[Int(state.spike)])
                state.spike = Int32(spikes.count - 1)
            }
            if state.shift >= 0 {
                shifts.append(oldShifts[Int(state.shift)])
                state.shift = Int32(shifts.count - 1)
            }
            note(oldKeys[index], state)
        }
    }

    private mutating func note(_ key: Key, _ state: SeriesState) {
        places[key] = Int32(series.count)
        keys.append(key)
        series.append(state)
    }

    private static func put(_ text: String?, _ bytes: inout [UInt8]) {
        guard let text else { return LittleEndian.put(UInt16.max, &bytes) }
        // Longer names than this are refused by the decoder.
        let cut = text.utf8.prefix(Int(UInt16.max) - 1)
        LittleEndian.put(UInt16(cut.count), &bytes)
        bytes += cut
    }

    private func put(_ state: SeriesState, _ bytes: inout [UInt8]) {
        LittleEndian.put(state.last.milliseconds, &bytes)
        LittleEndian.put(state.flat.value.bitPattern, &bytes)
        LittleEndian.put(state.flat.since.milliseconds, &bytes)
        LittleEndian.put(state.flat.count, &bytes)
        bytes.append(state.spike >= 0 ? 1 : 0)
        if state.spike >= 0 { Self.put(spikes[Int(state.spike)], &bytes) }
        bytes.append(state.shift >= 0 ? 1 : 0)
        if state.shift >= 0 { Self.put(shifts[Int(state.shift)], &bytes) }
    }

    private static func put(_ steps: RecentSteps, _ bytes: inout [UInt8]) {
        for place in 0..<RecentSteps.count {
            LittleEndian.put(steps.sizes[place].bitPattern, &bytes)
        }
        bytes.append(steps.next)
    }

    private static func put(_ sample: Sample, _ bytes: inout [UInt8]) {
        LittleEndian.put(sample.time.milliseconds, &bytes)
        LittleEndian.put(sample.value.bitPattern, &bytes)
    }

    private static func put(_ check: SpikeCheck, _ bytes: inout [UInt8]) {
        LittleEndian.put(check.spread.newest, &bytes)
        for place in 0..<RollingSpread.slotCount {
            LittleEndian.put(check.spread.values[place].bitPattern, &bytes)
        }
        LittleEndian.put(check.spread.deviation.bitPattern, &bytes)
        put(check.steps, &bytes)
        LittleEndian.put(check.level.bitPattern, &bytes)
        bytes.append(check.awayCount)
        for place in 0..<2 { put(check.away[place], &bytes) }
    }

    private static func put(_ check: ShiftCheck, _ bytes: inout [UInt8]) {
        put(check.steps, &bytes)
        put(check.last, &bytes)
        LittleEndian.put((check.awaySince ?? .distantPast).milliseconds, &bytes)
        LittleEndian.put(check.mean.bitPattern, &bytes)
        LittleEndian.put(check.variance.bitPattern, &bytes)
        LittleEndian.put(check.learned.count, &bytes)
        LittleEndian.put(check.count, &bytes)
    }

    // MARK: Reading

    private mutating func takeSeries(_ rest: inout ArraySlice<UInt8>, hasShifts: Bool) -> Bool {
        guard let count: UInt32 = LittleEndian.take(&rest), count <= Self.maximumSeries else {
            return false
        }
        for _ in 0..<count {
            guard let address = Self.takeText(&rest), let quantity = Self.takeText(&rest),
                let channel = Self.takeText(&rest), let address, let quantity,
                let last: Int64 = LittleEndian.take(&rest),
                let value: UInt64 = LittleEndian.take(&rest),
                let since: Int64 = LittleEndian.take(&rest),
                let equal: UInt32 = LittleEndian.take(&rest), let hasSpike = rest.popFirst()
            else { return false }
            var state = SeriesState()
            state.last = Instant(milliseconds: last)
            state.flat = FlatLineCheck(
                value: Double(bitPattern: value),
                since: Instant(milliseconds: since),
                count: equal
            )
            if hasSpike == 1 {
                guard let check = Self.takeSpikeCheck(&rest) else { return false }
                spikes.append(check)
                state.spike = Int32(spikes.count - 1)
            }
            if hasShifts {
                guard let hasShift = rest.popFirst() else { return false }
                if hasShift == 1 {
                    guard let check = Self.takeShiftCheck(&rest) else { return false }
                    shifts.append(check)
                    state.shift = Int32(shifts.count - 1)
                }
            }
            note(Key(address: address, quantity: quantity, channel: channel), state)
        }
        return true
    }

    private static func takeSpikeCheck(_ rest: inout ArraySlice<UInt8>) -> SpikeCheck? {
        guard let newest: Int64 = LittleEndian.take(&rest) else { return nil }
        var values = InlineArray<48, Float>(repeating: .nan)
        for place in 0..<RollingSpread.slotCount {
            guard let bits: UInt32 = LittleEndian.take(&rest) else { return nil }
            values[place] = Float(bitPattern: bits)
        }
        guard let deviation: UInt32 = LittleEndian.take(&rest) else { return nil }
        guard let steps = takeSteps(&rest), let level: UInt64 = LittleEndian.take(&rest),
            let awayCount = rest.popFirst(), awayCount <= 2
        else { return nil }
        var away = InlineArray<2, Sample>(repeating: Sample(time: .distantPast, value: 0))
        for place in 0..<2 {
            guard let sample = takeSample(&rest) else { return nil }
            away[place] = sample
        }
        return SpikeCheck(
            spread: RollingSpread(
                values: values,
                newest: newest,
                deviation: Float(bitPattern: deviation)
            ),
            steps: steps,
            level: Double(bitPattern: level),
            awayCount: awayCount,
            away: away
        )
    }

    private static func takeShiftCheck(_ rest: inout ArraySlice<UInt8>) -> ShiftCheck? {
        guard let steps = takeSteps(&rest), let last = takeSample(&rest),
            let since: Int64 = LittleEndian.take(&rest),
            let mean: UInt64 = LittleEndian.take(&rest),
            let variance: UInt64 = LittleEndian.take(&rest),
            let learned: Int64 = LittleEndian.take(&rest),
            let count: UInt32 = LittleEndian.take(&rest)
        else { return nil }
        let awaySince = Instant(milliseconds: since)
        return ShiftCheck(
            steps: steps,
            last: last,
            awaySince: awaySince == .distantPast ? nil : awaySince,
            mean: Double(bitPattern: mean),
            variance: Double(bitPattern: variance),
            learned: Milliseconds(learned),
            count: count
        )
    }

    private static func takeSteps(_ rest: inout ArraySlice<UInt8>) -> RecentSteps? {
        var sizes = InlineArray<8, Float>(repeating: 0)
        for place in 0..<RecentSteps.count {
            guard let bits: UInt32 = LittleEndian.take(&rest) else { return nil }
            sizes[place] = Float(bitPattern: bits)
        }
        guard let next = rest.popFirst(), next < RecentSteps.count else { return nil }
        return RecentSteps(sizes: sizes, next: next)
    }

    private static func takeSample(_ rest: inout ArraySlice<UInt8>) -> Sample? {
        guard let time: Int64 = LittleEndian.take(&rest),
            let bits: UInt64 = LittleEndian.take(&rest)
        else { return nil }
        return Sample(time: Instant(milliseconds: time), value: Double(bitPattern: bits))
    }

    private mutating func takeClocks(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let count: UInt32 = LittleEndian.take(&rest), count <= Self.maximumClocks else {
            return false
        }
        for _ in 0..<count {
            guard let address = Self.takeText(&rest), let address else { return false }
            var delays = InlineArray<20, Int32>(repeating: 0)
            for place in 0..<ClockCheck.messageCount {
                guard let delay: Int32 = LittleEndian.take(&rest) else { return false }
                delays[place] = delay
            }
            guard let known = rest.popFirst(), known <= ClockCheck.messageCount,
                let next = rest.popFirst(), next < ClockCheck.messageCount,
                let isWrong = rest.popFirst()
            else { return false }
            clockPlaces[address] = Int32(clocks.count)
            clockAddresses.append(address)
            clocks.append(
                ClockCheck(delays: delays, count: known, next: next, isWrong: isWrong == 1)
            )
        }
        return true
    }

    /// A text that may be missing; nil when the bytes end too early or are no UTF-8.
    private static func takeText(_ rest: inout ArraySlice<UInt8>) -> String?? {
        guard let length: UInt16 = LittleEndian.take(&rest) else { return nil }
        guard length < .max else { return .some(nil) }
        guard rest.count >= Int(length) else { return nil }
        let bytes = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        return String(validating: bytes, as: UTF8.self).map { .some($0) }
    }
}
