internal import Telemetry

/// What a device's box and place are, by column of its table and as files write it.
struct Columns: Hashable {
    /// Columns that are the box's.
    static let box = ["address", "profile", "parameters"]
    /// Columns that are the place's, beside the village.
    static let place = ["site", "feeder", "route", "zone", "latitude", "longitude"]

    private var values: [String: String]

    init(_ device: RegistrySnapshot.Device) {
        func number(_ value: Double?) -> String {
            value.map { RegistryTable.Value.text(of: $0) } ?? ""
        }
        values = [
            "address": device.address ?? "", "profile": device.profile ?? "",
            "parameters": Self.text(of: device.parameters), "village": device.village,
            "site": device.site ?? "", "feeder": device.feeder ?? "", "route": device.route ?? "",
            "zone": device.zone ?? "", "latitude": number(device.position?.latitude),
            "longitude": number(device.position?.longitude),
        ]
    }

    /// The value of a column; empty for none.
    subscript(column: String) -> String {
        get { values[column] ?? "" }
        set { values[column] = newValue }
    }

    /// Numbers by name as files write them.
    static func text(of numbers: [String: Double]) -> String {
        numbers.sorted { $0.key < $1.key }
            .map { "\($0.key)=\(RegistryTable.Value.text(of: $0.value))" }
            .joined(separator: ";")
    }

    func differences(from before: Columns) -> [DeviceChangeReport.Difference] {
        (Self.box + ["village"] + Self.place).compactMap { column in
            self[column] == before[column]
                ? nil
                : DeviceChangeReport.Difference(
                    column: column,
                    before: before[column],
                    after: self[column]
                )
        }
    }
}

/// Rows of `devices` and of `installations` that belong to one change.
struct DeviceRows {
    /// What refusals and the audit log call them.
    let name: String
    private var devices: [[String]] = []
    private var installations: [[String]] = []

    private static let deviceColumns =
        ["code", "kind", "village"] + Columns.box + Columns.place
    private static let installationColumns =
        ["device", "until", "change", "village"] + Columns.box + Columns.place
        + ["last_indices", "first_indices", "successor", "person", "reason"]

    init(name: String) { self.name = name }

    /// Adds how a device stands from now on.
    mutating func add(_ device: RegistrySnapshot.Device, _ columns: Columns) {
        devices.append(
            [device.code, device.kind.rawValue]
                + Self.deviceColumns.dropFirst(2).map { columns[$0] }
        )
    }

    /// Adds how it stood until the change.
    mutating func end(
        _ device: RegistrySnapshot.Device,
        _ columns: Columns,
        _ change: DeviceChange,
        _ ending: RegistrySnapshot.Ending
    ) {
        var values = columns
        values["device"] = device.code
        values["until"] = change.since.rfc3339
        values["change"] = ending.rawValue
        values["person"] = change.person
        values["reason"] = change.reason
        if case .replace(let box) = change.action {
            values["last_indices"] = Columns.text(of: box.lastIndices)
            values["first_indices"] = Columns.text(of: box.firstIndices)
        }
        if case .merge(let successor) = change.action, ending == .merged {
            values["successor"] = successor
        }
        installations.append(Self.installationColumns.map { values[$0] })
    }

    var files: [RegistryFile] {
        [
            file("devices", Self.deviceColumns, devices),
            file("installations", Self.installationColumns, installations),
        ]
    }

    private func file(_ table: String, _ columns: [String], _ rows: [[String]]) -> RegistryFile {
        let lines = ([columns] + rows).enumerated().map { index, values in
            RegistryFile.Row(line: index + 1, fields: values.map { .text($0) })
        }
        return RegistryFile(name: name, table: table, rows: lines)
    }
}
