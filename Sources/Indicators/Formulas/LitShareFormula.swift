internal import PromQL
internal import Telemetry

/// F1: the share of road length that is lit at night.
///
/// A lamp works when it is on for `lampAvailability` of the night, as far as that is known for
/// `lampCoverage` of it. A segment is lit when `workingLampShare` of its lamps work and no two
/// neighbours both fail; without lamps it is not lit. A segment whose lamps are not known well
/// enough to say either is unknown: bad for the low bound, good for the high one.
///
/// Night is where `lighting_expected` of the lamp's feeder is 1; for a lamp without feeder, where
/// the sun stands below −0.833° in its village (centre of the sun with refraction at the horizon).
/// - Source: sensors.md of the catalogue sources, F1.
struct LitShareFormula: Formula {
    let parameters: LitShareParameters

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let segments = context.facts.roads.filter {
            context.villages.contains($0.village) && $0.lengthKilometres > 0
                && (parameters.roadClass.map { [wanted = $0.roadClass] in $0 == wanted } ?? true)
        }
        guard !segments.isEmpty else {
            return .unknown(
                BilingualText(
                    vi: "chưa có đoạn đường nào trong sổ đăng ký",
                    en: "no segment of road is registered"
                )
            )
        }
        let window = GridWindow(end: context.at, parameters.grid)
        var lamps = LampNights(window: window, parameters: parameters)
        try lamps.load(Set(segments.flatMap(\.lamps)), in: context)
        let tally = segments.reduce(Tally()) { $0 + self.tally(of: $1, lamps: lamps.availability) }
        var figure = tally.figure(scale: 100)
        figure.expressions = lamps.queries
        figure.window = window.range
        figure.isSimulated = lamps.isSimulated || context.isSimulated(segments.flatMap(\.lamps))
        let dark = segments.filter(\.lamps.isEmpty).count
        if dark > 0 {
            figure.notes.append(
                BilingualText(
                    vi: "\(dark) đoạn đường không có đèn tính là không sáng",
                    en: "\(dark) segments without lamps count as not lit"
                )
            )
        }
        return figure
    }

    private func tally(
        of segment: IndicatorFacts.RoadSegment,
        lamps: [String: Availability]
    ) -> Tally {
        let known = segment.lamps.map { lamps[$0] ?? Availability(on: 0, valid: 0, expected: 0) }
        let findings = known.map {
            $0.finding(atLeast: parameters.lampAvailability, coverage: parameters.lampCoverage)
        }
        let coverage =
            known.isEmpty ? 1 : known.reduce(0) { $0 + $1.coverage } / Double(known.count)
        return .weight(segment.lengthKilometres, lit(findings), coverage: coverage)
    }

    /// Whether a segment is lit, from its lamps in their order.
    func lit(_ lamps: [Finding]) -> Finding {
        let worst = isLit(lamps.map { $0 == .good })
        let best = isLit(lamps.map { $0 != .bad })
        return worst == best ? (worst ? .good : .bad) : .unknown
    }

    private func isLit(_ works: [Bool]) -> Bool {
        guard !works.isEmpty else { return false }
        let share = Double(works.filter { $0 }.count) / Double(works.count)
        let neighboursFail = zip(works, works.dropFirst()).contains { !$0 && !$1 }
        return share >= parameters.workingLampShare && !neighboursFail
    }
}
