internal import PromQL
internal import Telemetry

/// The finding of the competent office, in date and for every village of the unit.
struct AttestationFormula: Formula {
    let key: String
    /// The indicator itself as a key, as `318-NC:17.9`.
    let indicatorKey: String

    func figure(in context: FormulaContext) throws(QueryError) -> Figure {
        let keyed = context.facts.attestations.filter {
            ($0.key == key || $0.key == indicatorKey) && $0.validFrom <= context.date
        }
        let inDate = keyed.filter { $0.validTo.map { context.date <= $0 } ?? true }
        let cover = AreaCover(
            of: context.villages,
            from: inDate,
            facts: context.facts,
            area: \.area,
            date: \.validFrom
        )
        var figure = Figure()
        figure.isSimulated = cover.records.contains(where: \.isSimulated)
        figure.notes = cover.records.map {
            BilingualText(
                vi: "\($0.document), \($0.validFrom)",
                en: "\($0.document), \($0.validFrom)"
            )
        }
        if cover.records.contains(where: { !$0.passes }) {
            figure.finding = false
        } else if cover.villages == context.villages {
            figure.finding = true
        } else if !cover.records.isEmpty {
            figure.notes.append(
                BilingualText(
                    vi: "chưa xác nhận cho mọi thôn của đơn vị",
                    en: "not attested for every village of the unit"
                )
            )
        } else {
            let isExpired = !keyed.isEmpty
            figure.notes.append(
                BilingualText(
                    vi: isExpired ? "văn bản xác nhận đã hết hiệu lực" : "chưa có văn bản xác nhận",
                    en: isExpired
                        ? "the attestation is out of date" : "no attestation is registered"
                )
            )
        }
        return figure
    }
}
