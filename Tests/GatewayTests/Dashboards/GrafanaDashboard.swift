import DashboardFiles
import Foundation

/// A dashboard of Grafana: what it asks its data source, and how it shows the answers.
struct GrafanaDashboard: Decodable {
    struct Panel: Decodable {
        let id: Int
        let type: String
        let title: String
        let description: String
        let gridPos: GridPosition
        let datasource: DataSource
        let fieldConfig: FieldConfiguration
        let targets: [Target]
    }
    /// Place on a grid of 24 columns.
    struct GridPosition: Decodable {
        let x: Int
        let y: Int
        let w: Int
        let h: Int
    }
    struct DataSource: Decodable {
        let uid: String
    }
    struct FieldConfiguration: Decodable {
        struct Defaults: Decodable {
            struct Thresholds: Decodable {
                struct Step: Decodable {
                    let color: String
                    let value: Double?
                }
                let steps: [Step]
            }
            let unit: String
            let noValue: String
            let thresholds: Thresholds
        }
        let defaults: Defaults
    }
    struct Target: Decodable {
        let refId: String
        let datasource: DataSource
        let expr: String
        let instant: Bool?
        let range: Bool?
        /// Shortest step, as `1m`: the distance of the series' samples.
        let interval: String?
    }
    struct Templating: Decodable {
        let list: [Variable]
    }
    struct Variable: Decodable {
        let name: String
        let label: String
        let type: String
        /// `label_values(selector, label)` of a variable of type `query`.
        let definition: String?
        let multi: Bool?
        let includeAll: Bool?
        let allValue: String?
    }
    struct Times: Decodable {
        let from: String
        let to: String
    }

    let title: String
    let uid: String
    let schemaVersion: Int
    let tags: [String]
    let timezone: String
    let time: Times
    let panels: [Panel]
    let templating: Templating

    /// Names of the dashboards that ship.
    static let names = ["lighting", "waste", "water", "indicators", "gateway"]

    /// Reads one that ships.
    ///
    /// - Throws: what Foundation throws when it is no such JSON.
    static func shipped(_ name: String) throws -> GrafanaDashboard {
        let path = "\(DashboardFiles.grafanaFolder)/\(name).json"
        let data = try Data(contentsOf: URL(filePath: path))
        return try JSONDecoder().decode(GrafanaDashboard.self, from: data)
    }

    /// The variables that ask for values.
    var queryVariables: [Variable] { templating.list.filter { $0.type == "query" } }

    /// A text with values in the place of variables.
    ///
    /// - Parameters:
    ///   - text: an expression, or the query of a variable.
    ///   - values: by the names of the variables, without `$`.
    /// - Returns: the text; variables that have no value stand in it as they were.
    static func filled(_ text: String, _ values: [String: String]) -> String {
        // The longest first: the name of one may begin that of another.
        let sorted = values.sorted { ($0.key.count, $0.key) > ($1.key.count, $1.key) }
        return sorted.reduce(text) { $0.replacing("$\($1.key)", with: $1.value) }
    }
}
