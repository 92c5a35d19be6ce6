internal import ConfigurationText
internal import Decoding
internal import Registry
internal import Telemetry
internal import WebServer

/// The row of the registry that an adopted device gets.
struct AdoptedRow {
    /// Whether the registry has no device of the code yet.
    let isNew: Bool
    private let cells: [(column: String, value: String)]
    private let code: String

    /// Makes the row.
    ///
    /// - Parameters:
    ///   - request: what somebody chose.
    ///   - profile: the profile of the choice.
    ///   - address: how messages name the device.
    ///   - registry: as it is.
    /// - Throws: `AdoptionRefusal` for what does not go with the registry.
    init(
        _ request: AdoptionRequest,
        _ profile: DeviceProfile,
        address: String,
        registry: RegistrySnapshot
    ) throws {
        let stored = registry.device(request.code)
        if let other = stored?.address, other != address {
            throw AdoptionRefusal(.init(.otherAddress, request.code, other))
        }
        if let holder = registry.devices.first(where: { $0.address == address }),
            holder.code != request.code
        {
            throw AdoptionRefusal(.init(.addressTaken, address, holder.code))
        }
        let kind =
            request.kind ?? stored?.kind.rawValue
            ?? RegistrySnapshot.DeviceKind(profile.kind).rawValue
        let village = try Self.village(request, stored, registry)
        let parameters = (request.parameters ?? [:]).sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }
            .joined(separator: ";")
        let more: [(String, String?)] = [
            ("name", request.name), ("site", request.site), ("feeder", request.feeder),
            ("route", request.route), ("zone", request.zone),
            ("parameters", parameters.isEmpty ? nil : parameters),
        ]
        cells =
            [
                ("code", request.code), ("address", address), ("kind", kind),
                ("profile", profile.id), ("village", village),
            ] + more.compactMap { column, value in value.map { (column, $0) } }
        code = request.code
        isNew = stored == nil
    }

    private static func village(
        _ request: AdoptionRequest,
        _ stored: RegistrySnapshot.Device?,
        _ registry: RegistrySnapshot
    ) throws -> String {
        if let village = request.village {
            guard registry.villages.contains(where: { $0.code == village }) else {
                throw AdoptionRefusal(.init(.unknownVillage, village))
            }
            return village
        }
        if let code = request.site {
            guard let site = registry.site(code) else {
                throw AdoptionRefusal(.init(.unknownSite, code))
            }
            return site.village
        }
        guard let village = stored?.village else { throw AdoptionRefusal(.init(.noVillage)) }
        return village
    }

    /// Imports the row, by all rules of an import.
    ///
    /// - Throws: `AdoptionRefusal` for what the registry refuses, `RegistryError`.
    func write(
        to database: RegistryDatabase,
        by person: String,
        at now: Instant,
        _ mode: ImportMode
    ) throws {
        let file = RegistryFile(
            name: "adoption of \(code)",
            table: "devices",
            rows: [
                RegistryFile.Row(line: 1, fields: cells.map { .text($0.column) }),
                RegistryFile.Row(line: 2, fields: cells.map { .text($0.value) }),
            ]
        )
        let report = try database.importFiles([file], by: person, at: now, mode: mode)
        guard report.refused.isEmpty else {
            throw AdoptionRefusal(
                report.refused.map { fault in
                    fault.field == "code"
                        ? AdoptionNote(.badCode, code)
                        : AdoptionNote(.registryCell, fault.field, fault.message)
                }
            )
        }
    }
}
