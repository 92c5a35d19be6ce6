internal import PromQL
internal import Telemetry

/// F6: the share of households on water from central supplies that is clean.
///
/// `100 · Σ households(w) · ok(w) / households`. A supply is ok only when a laboratory's result is
/// on file, in date and good, and the sensors do not veto it. A supply with sensors that are not
/// known well enough is unknown; one without sensors stands on its laboratory alone.
/// - Source: sensors.md of the catalogue sources, F6.
struct CleanWaterFormula: Formula {
    let parameters: CleanWaterParameters

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let supplies = context.facts.supplies.filter { Self.households($0, context) > 0 }
        guard let households = context.households else {
            let names = context.unknown(\.households)
            return .unknown(
                BilingualText(
                    vi: "sổ đăng ký chưa có số hộ của: \(names)",
                    en: "the number of households is not registered of: \(names)"
                )
            )
        }
        guard !supplies.isEmpty, households > 0 else {
            return .unknown(
                BilingualText(
                    vi: "chưa có công trình cấp nước tập trung hoặc số hộ trong sổ đăng ký",
                    en: "no central supply, or no count of households, is registered"
                )
            )
        }
        var veto = WaterVeto(parameters: parameters.veto)
        var tally = Tally()
        var withoutVeto = 0.0
        var watched = 0.0
        var known = 0.0
        var notes: [BilingualText] = []
        for supply in supplies.sorted(by: { $0.code < $1.code }) {
            let connected = Self.households(supply, context)
            let sensors = try veto.finding(of: supply, in: context)
            let laboratory = supply.laboratoryPasses(on: context.date)
            if laboratory == true { withoutVeto += connected }
            if let sensors {
                watched += connected
                known += connected * sensors.coverage
            }
            let state = Self.state(laboratory: laboratory, sensors: sensors)
            tally = tally + .weight(connected, state, coverage: 1)
            notes += Self.notes(supply, laboratory: laboratory, sensors: sensors)
        }
        tally = tally + Self.unconnected(context)
        var figure = tally.figure(scale: 100)
        figure.coverage = watched > 0 ? known / watched : nil
        figure.expressions = veto.queries
        figure.window = GridWindow(end: context.at, parameters.veto.grid).range
        figure.isSimulated =
            veto.isSimulated || context.isSimulated(supplies.flatMap(\.qualityDevices))
            || supplies.flatMap(\.laboratoryResults).contains(where: \.isSimulated)
        let share = NumberText.bilingual(100 * withoutVeto / tally.total, unit: "%")
        figure.notes =
            [
                BilingualText(
                    vi: "không xét cảm biến: \(share.vi)",
                    en: "without the sensors' veto: \(share.en)"
                )
            ] + notes + Self.limitNotes(context)
        return figure
    }

    /// Connected households of a supply in the unit's villages.
    private static func households(
        _ supply: IndicatorFacts.WaterSupply,
        _ context: FormulaContext
    ) -> Double {
        supply.households.reduce(0) {
            context.villages.contains($1.key) ? $0 + Double($1.value) : $0
        }
    }

    /// Households on no central supply: they are known not to have its water, but for those of
    /// villages where it is not known how many are connected.
    private static func unconnected(_ context: FormulaContext) -> Tally {
        var tally = Tally()
        for village in context.villages.sorted() {
            let serving = context.facts.supplies.filter { $0.villages.contains(village) }
            let connected = serving.reduce(0) { $0 + ($1.households[village] ?? 0) }
            let rest = max((context.facts.villages[village]?.households ?? 0) - connected, 0)
            let isKnown = serving.allSatisfy { $0.households[village] != nil }
            tally = tally + .weight(Double(rest), isKnown ? .bad : .unknown, coverage: 1)
        }
        return tally
    }

    private static func state(laboratory: Bool?, sensors: WaterVeto.SensorFinding?) -> Finding {
        guard laboratory == true else { return .bad }
        return sensors?.state ?? .good
    }

    private static func notes(
        _ supply: IndicatorFacts.WaterSupply,
        laboratory: Bool?,
        sensors: WaterVeto.SensorFinding?
    ) -> [BilingualText] {
        let name = supply.code
        var notes: [BilingualText] = []
        switch laboratory {
        case nil:
            notes.append(
                BilingualText(
                    vi: "\(name): không có kết quả xét nghiệm còn hiệu lực",
                    en: "\(name): no laboratory result in date"
                )
            )
        case false?:
            notes.append(
                BilingualText(
                    vi: "\(name): kết quả xét nghiệm không đạt",
                    en: "\(name): the laboratory found it bad"
                )
            )
        default: break
        }
        guard let sensors else { return notes }
        if sensors.state == .bad {
            let share = NumberText.bilingual(100 * sensors.badShare, unit: "%")
            let hours = NumberText.bilingual(sensors.longestBreak.seconds / 3600, unit: "")
            notes.append(
                BilingualText(
                    vi: "\(name): cảm biến bác bỏ, vượt giới hạn \(share.vi) thời gian, "
                        + "dài nhất \(hours.vi) giờ",
                    en:
                        "\(name): vetoed by sensors, "
                        + "outside the limits for \(share.en) of the time, "
                        + "\(hours.en) h at the longest"
                )
            )
        } else if sensors.state == .unknown {
            notes.append(
                BilingualText(
                    vi: "\(name): cảm biến chưa đủ dữ liệu",
                    en: "\(name): not enough data of its sensors"
                )
            )
        }
        return notes
    }

    /// What to know about the limits that the veto used.
    static func limitNotes(_ context: FormulaContext) -> [BilingualText] {
        guard let limits = context.waterLimits else {
            return [
                BilingualText(
                    vi: "chưa nạp giới hạn chất lượng nước: cảm biến không được xét",
                    en: "no limits of water quality are loaded: the sensors were not asked"
                )
            ]
        }
        if limits.isInForce(on: context.date) { return [] }
        let last = limits.validTo.map { "\($0)" } ?? ""
        return [
            BilingualText(
                vi: "giới hạn theo \(limits.source), hết hiệu lực \(last), bản mới chưa nạp",
                en: "limits of \(limits.source), out of force since \(last), newer not loaded"
            )
        ]
    }
}
