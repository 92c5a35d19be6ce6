internal import Telemetry

extension RegistrySnapshot {
    /// Reads the rows of all tables.
    init(tables: [String: [[Cell]]]) throws(RegistryError) {
        let villageOfDevice = Dictionary(
            uniqueKeysWithValues: try Self.read(tables, Tables.devices) {
                (row: StoredRow) throws(RegistryError) in
                (try row.text("code"), try row.text("village"))
            }
        )
        self.init(
            units: try Self.read(tables, Tables.units, Unit.init),
            villages: try Self.read(tables, Tables.villages, Village.init),
            memberships: try Self.read(tables, Tables.memberships, Membership.init),
            sites: try Self.read(tables, Tables.sites, Site.init),
            feeders: try Self.read(tables, Tables.feeders, Feeder.init),
            lightingProgrammes: try Self.read(tables, Tables.lighting, LightingProgramme.init),
            routes: try Self.read(tables, Tables.routes, Route.init),
            collections: try Self.read(tables, Tables.collections, Collection.init),
            zones: try Self.read(tables, Tables.zones, Zone.init),
            devices: try Self.read(tables, Tables.devices, Device.init),
            endedInstallations: try Self.read(
                tables,
                Tables.installations,
                EndedInstallation.init
            ),
            roads: try Self.read(tables, Tables.roads, RoadSegment.init),
            supplies: try Self.supplies(tables),
            laboratoryResults: try Self.read(tables, Tables.laboratory, LaboratoryResult.init),
            points: try Self.read(tables, Tables.points) { (row: StoredRow) throws(RegistryError) in
                try PublicPoint(row, villageOfDevice)
            },
            counts: try Self.read(tables, Tables.counts, RegistryCount.init),
            attestations: try Self.read(tables, Tables.attestations, Attestation.init)
        )
    }

    static func read<Item>(
        _ tables: [String: [[Cell]]],
        _ table: Table,
        _ item: (StoredRow) throws(RegistryError) -> Item
    ) throws(RegistryError) -> [Item] {
        let rows = tables[table.name] ?? []
        var items: [Item] = []
        items.reserveCapacity(rows.count)
        for cells in rows { items.append(try item(StoredRow(table: table, cells: cells))) }
        return items
    }

    private static func supplies(
        _ tables: [String: [[Cell]]]
    ) throws(RegistryError) -> [WaterSupply] {
        var villages: [String: [ServedVillage]] = [:]
        for cells in tables[Tables.supplyVillages.name] ?? [] {
            let row = StoredRow(table: Tables.supplyVillages, cells: cells)
            villages[try row.text("supply"), default: []].append(
                ServedVillage(
                    village: try row.text("village"),
                    households: try row.optionalWhole("households"),
                    people: try row.optionalWhole("people")
                )
            )
        }
        // By supply and role, as "w1 meter".
        var devices: [String: [String]] = [:]
        for cells in tables[Tables.supplyDevices.name] ?? [] {
            let row = StoredRow(table: Tables.supplyDevices, cells: cells)
            let key = "\(try row.text("supply")) \(try row.text("role"))"
            devices[key, default: []].append(try row.text("device"))
        }
        return try read(tables, Tables.supplies) { (row: StoredRow) throws(RegistryError) in
            let code = try row.text("code")
            return WaterSupply(
                code: code,
                name: try row.text("name"),
                villages: villages[code] ?? [],
                meters: devices["\(code) meter"] ?? [],
                qualityDevices: devices["\(code) quality"] ?? [],
                lossShare: try row.optionalDecimal("loss_share"),
                isChlorinated: try row.flag("chlorinated")
            )
        }
    }
}
