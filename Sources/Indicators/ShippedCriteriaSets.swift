internal import Foundation

/// The criteria sets that come with the gateway.
public enum ShippedCriteriaSets {
    /// Names of their files.
    public static let fileNames = ["318-nc.yaml", "318-xa.yaml", "319-km.yaml", "51-2025.yaml"]

    /// The text of one of the files.
    ///
    /// - Throws: ``IndicatorError/missingResource(name:)`` when it was not installed.
    public static func text(of name: String) throws(IndicatorError) -> String {
        let url = Bundle.module.bundleURL.appending(path: "CriteriaSets/\(name)")
        do {
            return try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw .missingResource(name: "CriteriaSets/\(name)")
        }
    }

    /// All sets, in the order of ``fileNames``.
    ///
    /// - Throws: ``IndicatorError/missingResource(name:)``, or `ConfigurationFaults` when a file
    ///   that was installed has been changed and is faulty now.
    public static func all() throws -> [CriteriaSet] {
        try fileNames.map { try CriteriaSet.parse(text: try text(of: $0), file: $0) }
    }
}
