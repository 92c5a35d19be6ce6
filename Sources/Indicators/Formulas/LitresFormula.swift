internal import PromQL
internal import Telemetry

/// F2: litres of water that meet the standard, a person and day.
///
/// The difference of each totaliser between the first and the last point at which it is known, over
/// the days between, over the people served. A gap between the two costs coverage but no volume:
/// the totaliser counted on. A fall is an exchanged or rolled-over register that starts from zero.
/// Before the first and after the last point nothing flowed for the low bound, and nothing limits
/// what may have flowed for the high one. Meters that were never heard are taken to deliver as the
/// others of their supply do, in the value only.
///
/// Litres of a supply that the sensors veto (F6) do not meet the standard and count as none; the
/// figure without the veto is said beside. A supply across several units is shared out by the
/// people it serves in each.
/// - Source: sensors.md of the catalogue sources, F2.
struct LitresFormula: Formula {
    let parameters: LitresParameters

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let supplies = context.facts.supplies.filter { Self.people($0, context) > 0 }
        guard !supplies.isEmpty else {
            return .unknown(
                BilingualText(
                    vi: "chưa có số người được cấp nước trong sổ đăng ký",
                    en: "no people served by a water supply are registered"
                )
            )
        }
        // Without them the litres would be shared out among too few people.
        let uncounted = context.facts.supplies.filter { supply in
            !supply.villages.isDisjoint(with: context.villages)
                && supply.villages.contains { supply.people[$0] == nil }
        }
        guard uncounted.isEmpty else {
            let names = uncounted.map(\.code).sorted().joined(separator: ", ")
            return .unknown(
                BilingualText(
                    vi: "sổ đăng ký chưa đủ số người được cấp nước của: \(names)",
                    en: "the number of people served is not registered everywhere for: \(names)"
                )
            )
        }
        let window = GridWindow(end: context.at, parameters.grid)
        var veto = WaterVeto(parameters: parameters.veto)
        var queries: [Figure.Query] = []
        var counted = Tally()
        var unvetoed = Tally()
        var notes: [BilingualText] = []
        var isSimulated = false
        for supply in supplies.sorted(by: { $0.code < $1.code }) {
            let meters = try Self.meters(supply, window, context, &queries, &isSimulated)
            let isVetoed = try veto.finding(of: supply, in: context)?.state == .bad
            let tally = Self.tally(supply, meters, people: Self.people(supply, context))
            unvetoed = unvetoed + tally
            counted = counted + (isVetoed ? Self.emptied(tally) : tally)
            if isVetoed {
                notes.append(
                    BilingualText(
                        vi: "\(supply.code): cảm biến bác bỏ chất lượng, không tính lượng nước",
                        en: "\(supply.code): vetoed by its sensors, its litres do not count"
                    )
                )
            }
        }
        var figure = counted.figure(scale: 1)
        figure.expressions = queries + veto.queries
        figure.window = window.range
        figure.isEstimate = supplies.contains { $0.lossShare != nil }
        figure.isSimulated =
            isSimulated || veto.isSimulated || context.isSimulated(supplies.flatMap(\.meters))
        figure.notes = notes + Self.notes(supplies, unvetoed: unvetoed, counted: counted)
        return figure
    }

    /// What a totaliser says about the window.
    private struct Meter {
        /// Mean flow between the first and the last known point.
        var litresPerDay = 0.0
        /// Share of the window's points at which it is known, 0 to 1.
        var coverage = 0.0
        /// Share of the window between its first and its last known point, 0 to 1.
        var spanned = 0.0

        /// Reads a totaliser's points in cubic metres; nil when they span no time.
        init?(_ samples: [Sample], window: GridWindow) {
            let known = samples.filter(\.value.isFinite)
            guard let first = known.first, let last = known.last, first.time < last.time else {
                return nil
            }
            let cubicMetres = zip(known, known.dropFirst()).reduce(0) { sum, pair in
                let rise = pair.1.value - pair.0.value
                return sum + (rise >= 0 ? rise : max(pair.1.value, 0))
            }
            let seconds = (last.time - first.time).seconds
            litresPerDay = cubicMetres * 1000 / seconds * 86_400
            coverage = Double(known.count) / Double(window.pointCount)
            spanned = seconds / (window.lastPoint - window.firstPoint).seconds
        }
    }

    private static func people(
        _ supply: IndicatorFacts.WaterSupply,
        _ context: FormulaContext
    ) -> Double {
        supply.people.reduce(0) {
            context.villages.contains($1.key) ? $0 + Double(max($1.value, 0)) : $0
        }
    }

    private static func meters(
        _ supply: IndicatorFacts.WaterSupply,
        _ window: GridWindow,
        _ context: FormulaContext,
        _ queries: inout [Figure.Query],
        _ isSimulated: inout Bool
    ) throws(QueryError) -> [Meter] {
        var meters: [Meter] = []
        for group in DeviceGroup.groups(of: supply.meters, in: context) {
            let totaliser =
                "last_over_time(water_volume_cubic_metres_total{device=~\"\(group.pattern)\"}"
                + "[\(QueryText.duration(group.hold))])"
            let query = Figure.Query(text: totaliser, at: context.at, step: window.step)
            queries.append(query)
            for series in try context.runner.range(query, window: window) {
                if series.labels["simulated"] == "true" { isSimulated = true }
                if let meter = Meter(series.samples, window: window) { meters.append(meter) }
            }
        }
        return meters
    }

    /// A supply's litres a day for the people it serves in the unit.
    private static func tally(
        _ supply: IndicatorFacts.WaterSupply,
        _ meters: [Meter],
        people: Double
    ) -> Tally {
        let served = supply.people.values.reduce(0) { $0 + Double(max($1, 0)) }
        // The unit's part of the supply, and what remains of the metered volume after losses.
        let part = people / served * (1 - (supply.lossShare ?? 0))
        let expected = Double(max(supply.meters.count, meters.count))
        guard expected > 0 else {
            return Tally(total: people, isUnbounded: true)
        }
        let litres = meters.reduce(0) { $0 + $1.litresPerDay }
        let lowLitres = meters.reduce(0) { $0 + $1.litresPerDay * $1.spanned }
        let coverage = meters.reduce(0) { $0 + $1.coverage } / expected
        return Tally(
            numerator: litres * part,
            known: people * Double(meters.count) / expected,
            low: lowLitres * part,
            high: litres * part,
            total: people,
            covered: people * coverage,
            isUnbounded: Double(meters.count) < expected
                || meters.contains { $0.spanned < 1 }
        )
    }

    /// The same people with no litre that counts, which is certain.
    private static func emptied(_ tally: Tally) -> Tally {
        Tally(known: tally.total, total: tally.total, covered: tally.covered)
    }

    private static func notes(
        _ supplies: [IndicatorFacts.WaterSupply],
        unvetoed: Tally,
        counted: Tally
    ) -> [BilingualText] {
        var notes: [BilingualText] = []
        if unvetoed != counted, let value = unvetoed.figure(scale: 1).value {
            let litres = NumberText.bilingual(value, unit: "l")
            notes.append(
                BilingualText(
                    vi: "không xét cảm biến: \(litres.vi)",
                    en: "without the sensors' veto: \(litres.en)"
                )
            )
        }
        for supply in supplies {
            guard let loss = supply.lossShare else { continue }
            let share = NumberText.bilingual(100 * loss, unit: "%")
            notes.append(
                BilingualText(
                    vi: "\(supply.code): ước tính, tổn thất giả định \(share.vi)",
                    en: "\(supply.code): an estimate, with an assumed loss of \(share.en)"
                )
            )
        }
        return notes
    }
}
