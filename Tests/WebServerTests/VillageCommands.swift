import WebServer

/// Commands of a village: takes every one but those to lamp-9, and has done a few.
struct VillageCommands: CommandBackend {
    static let token = "c8f1d1a0b7e64f2a9d35"
    static let person = "Hoàng Văn A"

    private static func note(_ words: String) -> CommandNoteView {
        CommandNoteView(code: "cmd_other", values: [words], words: words)
    }

    func operatorName(of token: String) -> String? { token == Self.token ? Self.person : nil }

    func submit(_ request: CommandRequest, by person: String) async throws -> CommandView {
        if request.device == "lamp-9" { throw CommandNotGiven([Self.note("lamp-9")]) }
        return view(request.reason, person, "sent")
    }

    func targets(for person: String) async -> CommandTargetsView {
        let devices = (1...2).map { number in
            CommandTargetsView.Device(
                device: "den-\(number)",
                name: "Đèn \(number)",
                labels: ["feeder": "F1", "kind": "lamp", "village": "Nà Ếch"],
                actions: number == 1 ? ["switch_on", "switch_off", "dim"] : ["read"]
            )
        }
        return CommandTargetsView(operator: person, devices: devices)
    }

    func list(limit: Int) async -> CommandsView {
        let states = ["confirmed", "unconfirmed", "sent"]
        return CommandsView(
            commands: states.prefix(limit).map { view("<b>thử</b> \($0)", "A", $0) },
            refused: [
                RefusedCommandView(
                    at: "2026-01-01T00:00:09Z",
                    by: "B",
                    action: "dim",
                    level: 140,
                    target: "{feeder=\"F1\"}",
                    reason: "quá sáng",
                    refusal: [Self.note("quá 100")]
                )
            ]
        )
    }

    func command(_ id: Int) async -> CommandView? { id == 7 ? view("bảy", "A", "sent") : nil }

    private func view(_ reason: String, _ person: String, _ state: String) -> CommandView {
        let order = CommandOrderView(
            device: "den-1",
            state: state,
            changedAt: "2026-01-01T00:00:05Z",
            detail: state == "confirmed"
                ? CommandNoteView(
                    code: "cmd_reported_value",
                    values: ["lamp.on", "1.0"],
                    words: "it reported lamp.on = 1.0"
                ) : nil,
            confirms: "lamp.on",
            deadlineSeconds: 60,
            messages: [.init(topic: "cmnd/den-1/POWER", payload: "ON", qos: 1)]
        )
        return CommandView(
            id: 7,
            action: "switch_on",
            level: nil,
            target: "{feeder=\"F1\"}",
            by: person,
            reason: reason,
            acceptedAt: "2026-01-01T00:00:00Z",
            orders: [order],
            omitted: ["den-2": Self.note("chỉ nêu read")]
        )
    }
}
