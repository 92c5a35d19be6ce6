internal import Decoding
internal import Foundation
internal import Registry
internal import Telemetry

extension RegistrySnapshot {
    /// The registry of a data folder as a gateway on it would know it; empty where there is none.
    ///
    /// - Parameters:
    ///   - folder: the data folder.
    ///   - profilesFolder: of own profiles, or nil.
    /// - Throws: `RegistryError`, or what is wrong with a profile.
    /// - Returns: the registry.
    static func stored(
        inFolder folder: String,
        profilesFolder: String?
    ) throws -> RegistrySnapshot {
        let path = "\(folder)/\(GatewayRuntime.registryFile)"
        guard FileManager.default.fileExists(atPath: path) else { return RegistrySnapshot() }
        return try RegistryDatabase(path: path).snapshot()
            .knowing(try ProfileLibrary.shipped(overlaidWith: profilesFolder))
    }

    /// The registry with how often devices of each profile report.
    func knowing(_ library: ProfileLibrary) -> RegistrySnapshot {
        var snapshot = self
        snapshot.profileIntervals = Dictionary(
            library.profiles.compactMap { profile in
                profile.expectedInterval.map { (profile.id, $0) }
            },
            uniquingKeysWith: { first, _ in first }
        )
        return snapshot
    }
}
