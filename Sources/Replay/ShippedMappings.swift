internal import ConfigurationText
internal import Foundation

/// The mappings that come with the gateway: one for each kind of recording in `real-data`.
public enum ShippedMappings {
    /// Names of their files, sorted.
    public static let fileNames = [
        "lorawan-chirpstack-v3-door-sensor.yaml",
        "lorawan-chirpstack-v3-weather-station.yaml",
        "lorawan-helium-elsys-ems.yaml",
        "street-lighting-cabinet.yaml",
        "waste-bins-2018.yaml",
        "waste-bins-2021.yaml",
        "water-dma-inflow.yaml",
        "water-quality-sonde-main-street.yaml",
        "water-quality-sonde-tony-grove.yaml",
    ]

    /// The text of one of the files.
    ///
    /// - Throws: ``ReplayError/missingResource(name:)`` when it was not installed.
    public static func text(of name: String) throws(ReplayError) -> String {
        let url = Bundle.module.bundleURL.appending(path: "Mappings/\(name)")
        do {
            return try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw .missingResource(name: "Mappings/\(name)")
        }
    }

    /// One of the mappings.
    ///
    /// - Throws: ``ReplayError/missingResource(name:)``, or `ConfigurationFaults` when a file that
    ///   was installed has been changed and is faulty now.
    public static func mapping(named name: String) throws -> ReplayMapping {
        try ReplayMapping(parsing: try text(of: name), file: name)
    }
}
