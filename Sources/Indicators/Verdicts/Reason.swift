/// Sentences that say why a verdict is what it is.
enum Reason {
    static func noThreshold(_ figure: Figure, _ indicator: Indicator) -> BilingualText {
        let why =
            indicator.thresholdNote
            ?? BilingualText(
                vi: "ngưỡng chưa được nạp: chưa đọc được văn bản gốc",
                en: "the threshold is not loaded: its legal text was not read"
            )
        switch figure.finding {
        case true?:
            return why.joined(
                BilingualText(vi: "cơ quan xác nhận đạt", en: "an office attests that it is met")
            )
        case false?:
            return why.joined(
                BilingualText(vi: "cơ quan xác nhận chưa đạt", en: "an office attests the contrary")
            )
        case nil: return why
        }
    }

    static func compared(
        _ figure: Figure,
        _ outcome: Outcome,
        _ threshold: Double,
        _ indicator: Indicator,
        _ minimumCoverage: Double
    ) -> BilingualText {
        let value = NumberText.bilingual(figure.value ?? .nan, unit: indicator.unit)
        let limit = NumberText.bilingual(threshold, unit: indicator.unit)
        let sign = indicator.comparison.symbol
        var reason: BilingualText
        switch outcome {
        case .met:
            reason = BilingualText(
                vi: "\(value.vi), yêu cầu \(sign) \(limit.vi)",
                en: "\(value.en), required \(sign) \(limit.en)"
            )
        case .notMet:
            reason = BilingualText(
                vi: "\(value.vi), chưa đạt yêu cầu \(sign) \(limit.vi)",
                en: "\(value.en) fails the required \(sign) \(limit.en)"
            )
        case .notEnoughData, .noThreshold:
            let low = NumberText.bilingual(figure.low ?? .nan, unit: "")
            let high = figure.high.map { NumberText.bilingual($0, unit: "") }
            reason = BilingualText(
                vi: "từ \(low.vi) đến \(high?.vi ?? "không rõ") nằm hai bên ngưỡng \(limit.vi)",
                en: "\(low.en) to \(high?.en ?? "unknown") lies on both sides of \(limit.en)"
            )
        }
        if let coverage = figure.coverage {
            let known = NumberText.bilingual(100 * coverage, unit: "%")
            let needed = NumberText.bilingual(100 * minimumCoverage, unit: "%")
            reason =
                outcome == .notEnoughData
                ? reason.joined(
                    BilingualText(
                        vi: "độ phủ dữ liệu \(known.vi), cần \(needed.vi)",
                        en: "coverage \(known.en), needed \(needed.en)"
                    )
                )
                : reason.joined(
                    BilingualText(vi: "độ phủ dữ liệu \(known.vi)", en: "coverage \(known.en)")
                )
        }
        return figure.notes.reduce(reason) { $0.joined($1) }
    }

    static func missing(_ figure: Figure) -> BilingualText {
        let start = BilingualText(vi: "chưa có dữ liệu", en: "no data")
        return figure.notes.reduce(start) { $0.joined($1) }
    }

    static func attested(_ figure: Figure) -> BilingualText {
        let start = BilingualText(vi: "cơ quan xác nhận đạt", en: "attested by the office")
        return figure.notes.reduce(start) { $0.joined($1) }
    }

    static func refused(_ figure: Figure) -> BilingualText {
        let start = BilingualText(
            vi: "cơ quan xác nhận chưa đạt",
            en: "the office found it not met"
        )
        return figure.notes.reduce(start) { $0.joined($1) }
    }

    static func partAttested(_ part: BilingualText) -> BilingualText {
        BilingualText(vi: "đã xác nhận \(part.vi)", en: "attested: \(part.en)")
    }

    static func partRefused(_ part: BilingualText) -> BilingualText {
        BilingualText(
            vi: "cơ quan xác nhận chưa đạt \(part.vi)",
            en: "found not met by the office: \(part.en)"
        )
    }

    static func partMissing(_ part: BilingualText) -> BilingualText {
        BilingualText(vi: "chưa xác nhận \(part.vi)", en: "not yet attested: \(part.en)")
    }

    static func notComputed(_ error: String) -> BilingualText {
        BilingualText(vi: "không tính được: \(error)", en: "cannot be computed: \(error)")
    }
}
