internal import Indicators
internal import Registry
internal import Telemetry

extension RegistrySnapshot {
    /// What the indicators need of the registry.
    func indicatorFacts(zoneOffset: Milliseconds) -> IndicatorFacts {
        IndicatorFacts(
            villages: villages.map {
                .init(
                    code: $0.code,
                    name: $0.name,
                    households: $0.households,
                    people: $0.people
                )
            },
            units: units.map { .init(code: $0.code, name: $0.name, regions: $0.regions) },
            memberships: memberships.map {
                .init(unit: $0.unit, village: $0.village, from: $0.from, to: $0.to)
            },
            devices: devicesInService.map {
                .init(
                    id: $0.code,
                    village: $0.village,
                    feeder: $0.feeder,
                    expectedInterval: knownInterval(of: $0)?.span,
                    isSimulated: $0.isSimulated
                )
            },
            roads: roads.map {
                .init(
                    id: $0.code,
                    village: $0.village,
                    roadClass: $0.roadClass,
                    lengthKilometres: $0.lengthKilometres,
                    lamps: $0.lamps
                )
            },
            supplies: supplies.map { fact(of: $0) },
            points: points.map { .init(device: $0.device, village: $0.village, kind: $0.kind) },
            counts: counts.map {
                .init(
                    key: $0.key,
                    area: $0.area,
                    numerator: $0.numerator,
                    denominator: $0.denominator ?? 1,
                    date: $0.date,
                    validTo: $0.validTo,
                    source: $0.source ?? "",
                    isSimulated: $0.isSimulated
                )
            },
            attestations: attestations.map {
                .init(
                    key: $0.key,
                    area: $0.area,
                    passes: $0.passes,
                    validFrom: $0.from,
                    validTo: $0.to,
                    document: $0.document,
                    isSimulated: $0.isSimulated
                )
            },
            zoneOffset: zoneOffset
        )
    }

    private func fact(of supply: WaterSupply) -> IndicatorFacts.WaterSupply {
        func counts(_ field: (ServedVillage) -> Int?) -> [String: Int] {
            Dictionary(
                supply.villages.compactMap { served in
                    field(served).map { (served.village, $0) }
                },
                uniquingKeysWith: { $1 }
            )
        }
        return IndicatorFacts.WaterSupply(
            code: supply.code,
            villages: Set(supply.villages.map(\.village)),
            households: counts(\.households),
            people: counts(\.people),
            meters: supply.meters,
            lossShare: supply.lossShare,
            qualityDevices: supply.qualityDevices,
            isChlorinated: supply.isChlorinated,
            laboratoryResults: laboratoryResults.filter { $0.supply == supply.code }.map {
                .init(
                    passes: $0.passes,
                    validFrom: $0.from,
                    validTo: $0.to,
                    document: $0.document,
                    isSimulated: $0.isSimulated
                )
            }
        )
    }
}
