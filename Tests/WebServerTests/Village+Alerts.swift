import Telemetry
import WebServer

extension Village {
    /// Twelve open alerts, four of them under one outage, and twenty of the past.
    func alerts(extra: Int = 0) -> AlertsView {
        var open = [
            outage,
            alert(
                103,
                "MissedCollection",
                "B6",
                "major",
                vi: "Chưa thu gom rác tuyến T2 ở Nà Ếch",
                en: "Route T2 in Nà Ếch was not collected",
                minutesAgo: 410
            ),
            alert(
                104,
                "NightFlowRise",
                "C1",
                "warning",
                vi: "Lưu lượng đêm vùng DMA-1 tăng: có thể rò rỉ",
                en: "Night flow of zone DMA-1 has risen: likely a leak",
                minutesAgo: 640
            ),
        ]
        open += (0..<4).map { index in
            alert(
                110 + index,
                "LampOffAtNight",
                "A1",
                "minor",
                vi: "Đèn den-0\(index + 1) ở Nà Ếch không sáng ban đêm",
                en: "Lamp den-0\(index + 1) in Nà Ếch is dark at night",
                minutesAgo: 40 - index,
                absorbedBy: 101,
                isSimulated: isSimulated
            )
        }
        open += (0..<(5 + extra)).map { index in
            alert(
                120 + index,
                "DeviceSilent",
                "G1",
                "minor",
                vi: "Thiết bị nuoc-\(index + 1) ở Ngàn Chi mất tín hiệu",
                en: "nuoc-\(index + 1) in Ngàn Chi is silent",
                minutesAgo: 25 * (index + 1),
                state: index == 4 ? "pending" : "firing"
            )
        }
        let past = (0..<20).map { index in
            alert(
                50 - index,
                "BinNearlyFull",
                "B1",
                "minor",
                vi: "Thùng rác thung-\(index % 9 + 1) ở Khe Lạc sắp đầy",
                en: "Bin thung-\(index % 9 + 1) in Khe Lạc is nearly full",
                minutesAgo: 1500 + index * 300,
                state: "resolved"
            )
        }
        return AlertsView(open: open, past: past)
    }

    private var outage: AlertView {
        var alert = alert(
            101,
            "FeederOutage",
            "A9",
            "major",
            vi: "Mất điện tuyến đèn TD-01 ở Nà Ếch",
            en: "Outage of lighting feeder TD-01 in Nà Ếch",
            minutesAgo: 42,
            isSimulated: isSimulated
        )
        alert.members = [110, 111, 112, 113]
        return alert
    }

    private func alert(
        _ number: Int,
        _ name: String,
        _ code: String,
        _ severity: String,
        vi: String,
        en: String,
        minutesAgo: Int,
        state: String = "firing",
        absorbedBy: Int? = nil,
        isSimulated: Bool = false
    ) -> AlertView {
        AlertView(
            number: number,
            state: state,
            name: name,
            code: code,
            severity: severity,
            labels: ["alertname": name, "village": "Nà Ếch"],
            summaryVi: vi,
            summaryEn: en,
            activeAt: text(minutesAgo: minutesAgo),
            firedAt: state == "pending" ? nil : text(minutesAgo: minutesAgo - 5),
            resolvedAt: state == "resolved" ? text(minutesAgo: minutesAgo - 95) : nil,
            value: "1",
            absorbedBy: absorbedBy,
            members: [],
            expression: "lamp_power_watts{village=\"Nà Ếch\"} < 10",
            isSimulated: isSimulated
        )
    }

    func ruleGroups() -> [RuleGroupView] {
        let alert = RuleAlertView(
            labels: ["alertname": "FeederOutage", "feeder": "TD-01"],
            annotations: ["summary": "Outage of TD-01"],
            state: "firing",
            activeAt: text(minutesAgo: 42),
            value: "1e+00"
        )
        let rule = RuleView(
            type: "alerting",
            name: "FeederOutage",
            query: "supply_loss == 1",
            duration: 300,
            keepFiringFor: 0,
            labels: ["code": "A9"],
            annotations: ["summary": "Outage"],
            alerts: [alert],
            state: "firing",
            health: "ok",
            lastError: nil,
            evaluationTime: 0.002,
            lastEvaluation: now.rfc3339
        )
        return [
            RuleGroupView(
                name: "lighting",
                file: "lighting.yaml",
                interval: 60,
                limit: 0,
                evaluationTime: 0.004,
                lastEvaluation: now.rfc3339,
                rules: [rule]
            )
        ]
    }
}
