import Telemetry
import WebServer

extension Village {
    /// The scorecards of four criteria sets; each has all four outcomes.
    func indicators() -> IndicatorsView {
        let sets = [
            ("318-XA@2022", "Xã nông thôn mới giai đoạn 2021-2025", "New-rural commune, 2021-2025"),
            (
                "318-NC@2022", "Xã nông thôn mới nâng cao giai đoạn 2021-2025",
                "Advanced new-rural commune, 2021-2025"
            ),
            (
                "319-KM@2022", "Xã nông thôn mới kiểu mẫu giai đoạn 2021-2025",
                "Model new-rural commune, 2021-2025"
            ),
            (
                "51-2025@2026", "Xã nông thôn mới giai đoạn 2026-2030",
                "New-rural commune, 2026-2030"
            ),
        ]
        return IndicatorsView(computedAt: now.rfc3339, scorecards: sets.map(scorecard))
    }

    private func scorecard(id: String, vi: String, en: String) -> ScorecardView {
        let verdicts = verdicts(id)
        return ScorecardView(
            unit: "tien-yen",
            unitName: Self.commune,
            set: id,
            titleVi: vi,
            titleEn: en,
            source: "Quyết định 318/QĐ-TTg",
            criteriaMet: 1,
            criteria: 19,
            indicatorsMet: 1,
            indicators: verdicts.count,
            outcomes: ["met": 1, "not_met": 1, "not_enough_data": 1, "no_threshold": 2],
            isSimulated: isSimulated,
            verdicts: verdicts
        )
    }

    private func verdicts(_ set: String) -> [VerdictView] {
        var lit = verdict(set, "2.4", "met", "Tỷ lệ đèn đường sáng đúng giờ", "Lamps lit on time")
        (lit.value, lit.low, lit.high, lit.coverage) = (96.42, 94.1, 97.85, 0.9625)
        (lit.thresholdVi, lit.thresholdEn) = ("≥ 90,5 %", "≥ 90.5 %")
        lit.thresholdSource = ("QĐ 1921/QĐ-UBND (V)")
        lit.isSimulated = isSimulated
        lit.expressions = [
            "avg(lamp_on{village=\"Nà Ếch\"})", "sum by (village) (lamp_power_watts)",
        ]
        var waste = verdict(
            set,
            "17.5",
            "not_met",
            "Tỷ lệ chất thải rắn sinh hoạt được thu gom đúng lịch",
            "Household waste collected on schedule"
        )
        (waste.value, waste.low, waste.high, waste.coverage) = (71.5, 71.5, 71.5, 1)
        (waste.thresholdVi, waste.thresholdEn) = ("≥ 80 %", "≥ 80 %")
        waste.thresholdSource = ("318/QĐ-TTg, Phụ lục II (S)")
        waste.expressions = ["count(bin_fill_ratio > 0.8)"]
        var water = verdict(
            set,
            "17.3",
            "not_enough_data",
            "Tỷ lệ hộ được sử dụng nước sạch theo quy chuẩn",
            "Households with clean water to the standard"
        )
        (water.low, water.high, water.coverage) = (38, 100, 0.38)
        (water.thresholdVi, water.thresholdEn) = ("≥ 65 %", "≥ 65 %")
        water.thresholdSource = ("QĐ 211/QĐ-TTg (S)")
        water.isNameVerified = false
        let litres = verdict(
            set,
            "18.1",
            "no_threshold",
            "Lượng nước cấp mỗi người một ngày",
            "Water for each person a day"
        )
        var plan = verdict(
            set,
            "1.1",
            "no_threshold",
            "Có quy hoạch chung xây dựng xã còn thời hạn",
            "A construction plan of the commune is in force"
        )
        plan.evidence = "attestation"
        return [plan, lit, water, waste, litres]
    }

    private func verdict(
        _ set: String,
        _ code: String,
        _ outcome: String,
        _ vi: String,
        _ en: String
    ) -> VerdictView {
        let criterion = String(code.prefix { $0 != "." })
        return VerdictView(
            id: set,
            code: code,
            criterion: criterion,
            criterionVi: ["1": "Quy hoạch", "2": "Giao thông"][criterion] ?? "Môi trường",
            criterionEn: ["1": "Planning", "2": "Transport"][criterion] ?? "Environment",
            nameVi: vi,
            nameEn: en,
            isNameVerified: true,
            evidence: "sensor",
            outcome: outcome,
            reasonVi: "Tính từ số liệu của 60 đèn trong 30 ngày.",
            reasonEn: "Computed from 60 lamps over 30 days.",
            value: nil,
            low: nil,
            high: nil,
            coverage: nil,
            unit: "%",
            thresholdVi: nil,
            thresholdEn: nil,
            thresholdSource: nil,
            expressions: [],
            from: text(minutesAgo: 30 * 1440),
            to: now.rfc3339,
            isSimulated: false
        )
    }
}
