import Registry

extension RegistrySnapshot {
    /// Everything in it, for comparing two snapshots.
    var everything: [[AnyHashable]] {
        [
            units, villages, memberships, sites, feeders, lightingProgrammes, routes, collections,
            zones, devices, endedInstallations, roads, supplies, laboratoryResults, points, counts,
            attestations,
        ]
    }
}
