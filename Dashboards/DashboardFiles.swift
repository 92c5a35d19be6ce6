internal import Foundation

/// Where the pages and the Grafana dashboards lie.
public enum DashboardFiles {
    /// Folder of the pages and their assets.
    public static var pagesFolder: String { path("Pages") }

    /// Folder of the Grafana dashboards.
    public static var grafanaFolder: String { path("Grafana") }

    private static func path(_ name: String) -> String {
        Bundle.module.bundleURL.appending(path: name).path(percentEncoded: false)
    }
}
