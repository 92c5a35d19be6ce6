internal import Telemetry

/// What the readings of several frames say for a profile: a distance changes slowly, a total only
/// rises, a temperature is near that of the day.
///
/// Bytes that are read as something else than they are jump over the whole range of it. A change is
/// measured against that range, since no list of quantities says how fast each of them may be.
struct PhysicsEvidence {
    /// How well the readings behave, 0 to 1; nil where there is nothing to tell by.
    private(set) var score: Double?
    /// Bits for the profile, below zero against it.
    private(set) var bits = 0.0
    /// What was found.
    private(set) var reasons: [GuessReason] = []

    /// Bits that readings which behave, or do not, say at most: they are few and alike.
    static let mostBits = 6.0
    /// Steps from frame to frame from which on all bits count.
    static let convincingSteps = 4.0
    /// A change of this share of the quantity's range is what chance would give: the mean distance
    /// of two uniform numbers.
    static let chanceChange = 1.0 / 3
    /// Kelvin within which temperatures of air are near each other, and beyond which nothing is.
    static let nearKelvin = 10.0
    static let farKelvin = 30.0

    private struct Series {
        let quantity: Quantity
        var values: [Double] = []
    }

    /// Weighs messages of one device in the order of their times.
    ///
    /// - Parameters:
    ///   - messages: as one profile reads them.
    ///   - airTemperature: of the day, in degrees Celsius; nil, or no number, when nobody knows.
    init(_ messages: [DecodedMessage], airTemperature: Double?) {
        let series = Self.series(messages)
        var sum = 0.0
        var weight = 0.0
        var stepCount = 0
        func add(_ fit: Double, _ reason: GuessReason) {
            sum += fit
            weight += 1
            reasons.append(reason)
        }
        for one in series {
            let id = one.quantity.id
            if id == "air.temperature", let airTemperature, airTemperature.isFinite,
                let last = one.values.last
            {
                let distance = abs(last - airTemperature)
                let fit = (Self.farKelvin - distance) / (Self.farKelvin - Self.nearKelvin)
                let isNear = distance <= Self.nearKelvin
                add(
                    min(1, max(0, fit)),
                    GuessReason(isNear ? .nearDay : .farFromDay, quantity: id, value: distance)
                )
            }
            let steps = zip(one.values, one.values.dropFirst())
            let count = one.values.count - 1
            guard count > 0 else { continue }
            stepCount = max(stepCount, count)
            switch one.quantity.kind {
            case .counter:
                let falls = steps.count { $1 < $0 }
                let code: GuessReason.Code = falls == 0 ? .rises : .falls
                add(
                    1 - min(1, 2 * Double(falls) / Double(count)),
                    GuessReason(code, quantity: id, value: Double(count))
                )
            case .gauge:
                let span = one.quantity.range.upperBound - one.quantity.range.lowerBound
                let mean = steps.reduce(0) { $0 + abs($1.1 - $1.0) } / Double(count)
                let fit = 1 - min(1, mean / span / Self.chanceChange)
                let code: GuessReason.Code = fit >= 0.5 ? .slowChange : .jumps
                add(fit, GuessReason(code, quantity: id, value: Double(count)))
            case .state: continue
            }
        }
        guard weight > 0 else { return }
        let fit = sum / weight
        score = fit
        let share = max(
            min(1, Double(stepCount) / Self.convincingSteps),
            reasons.contains { $0.code == .nearDay || $0.code == .farFromDay } ? 0.5 : 0
        )
        bits = Self.mostBits * (2 * fit - 1) * share
    }

    /// The accepted readings by quantity and channel, in the order of time; those of the radio link
    /// are the network's.
    private static func series(_ messages: [DecodedMessage]) -> [Series] {
        var series: [Series] = []
        var places: [String: Int] = [:]
        for message in messages {
            for reading in message.readings
            where reading.quality == .accepted && !reading.quantity.id.hasPrefix("link.") {
                let key = "\(reading.quantity.id)\u{1F}\(reading.channel ?? "")"
                let place = places[key] ?? series.count
                if place == series.count {
                    places[key] = place
                    series.append(Series(quantity: reading.quantity))
                }
                series[place].values.append(reading.value)
            }
        }
        return series
    }
}
