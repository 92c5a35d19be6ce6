internal import Telemetry

/// Devices that one query can ask for together: same hold, at most so many.
struct DeviceGroup: Hashable {
    let hold: Milliseconds
    let devices: [String]

    /// The pattern of the devices' ids.
    var pattern: String { QueryText.alternation(devices) }

    /// Sorts devices into groups, in a stable order.
    static func groups(
        of devices: some Sequence<String>,
        in context: FormulaContext
    ) -> [DeviceGroup] {
        let byHold = Dictionary(grouping: Set(devices)) { context.hold(of: $0) }
        return byHold.sorted { $0.key < $1.key }.flatMap { hold, members in
            batches(members.sorted(), size: FormulaLimits.devicesPerQuery).map {
                DeviceGroup(hold: hold, devices: $0)
            }
        }
    }

    /// Cuts a list into parts of at most so many elements.
    static func batches(_ list: [String], size: Int) -> [[String]] {
        stride(from: 0, to: list.count, by: size).map {
            Array(list[$0..<min($0 + size, list.count)])
        }
    }
}
