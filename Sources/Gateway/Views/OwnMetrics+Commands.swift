internal import Commands
internal import Decoding
internal import Metering
internal import Telemetry

extension OwnMetrics {
    /// What became of commands to devices; without values where nobody may give any.
    var commandFamilies: [MetricFamily] {
        let kinds = commands == nil ? [] : ProfileCommands.Kind.allCases
        let ends = CommandState.allCases.filter(\.isFinal)
        let totals = kinds.flatMap { kind in
            ends.map { state in
                let count = commands?.results[.init(kind: kind, state: state)] ?? 0
                return MetricFamily.Point(
                    labels: Labels([
                        Label("kind", kind.rawValue), Label("result", state.rawValue),
                    ]),
                    value: Double(count)
                )
            }
        }
        let open = commands.map { [MetricFamily.Point(value: Double($0.open))] } ?? []
        return [
            MetricFamily(
                .counter,
                "langso_commands_total",
                "Commands to devices that ended, by what was asked and how it ended.",
                totals
            ),
            MetricFamily(
                .gauge,
                "langso_commands_open",
                "Commands to devices that are not done.",
                open
            ),
            MetricFamily(
                .counter,
                "langso_commands_refused_total",
                "Commands that operators asked for and did not get.",
                commands.map { [MetricFamily.Point(value: Double($0.refusals))] } ?? []
            ),
            MetricFamily(
                .gauge,
                "langso_commands_closed",
                "Whether commands are closed because their record cannot be kept (1) or not (0).",
                areCommandsClosed || commands != nil
                    ? [MetricFamily.Point(value: areCommandsClosed ? 1 : 0)] : []
            ),
        ]
    }
}
