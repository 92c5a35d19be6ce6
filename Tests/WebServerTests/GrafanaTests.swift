import DashboardFiles
import Foundation
import PromQL
import Telemetry
import Testing

/// The dashboards for Grafana against our own language and our own names.
@Suite struct GrafanaTests {
    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            let title: String
            let targets: [Target]
        }
        struct Target: Decodable {
            let expr: String
        }
        struct Templating: Decodable {
            let list: [Variable]
        }
        struct Variable: Decodable {
            let name: String
            let type: String
        }
        let title: String
        let uid: String
        let panels: [Panel]
        let templating: Templating
    }

    /// Series that the gateway and its shipped rules make (architecture page, "Words of the
    /// series").
    private static let ownSeries: Set<String> = [
        "ALERTS", "bin_fullness_threshold_ratio", "collection_planned", "device_up",
        "lamp:dark_power_watts", "lighting_expected", "sun_elevation_degrees",
        "water:night_flow_baseline_cubic_metres_per_hour",
        "water:night_flow_cubic_metres_per_hour",
    ]

    private func metricNames(in expression: String) -> [String] {
        // Quoted texts and what stands in braces, brackets or a list of labels name no metric.
        var text = expression.replacing(/"[^"]*"/, with: "").replacing(/\{[^}]*\}/, with: "")
        text = text.replacing(/\[[^\]]*\]/, with: "")
        text = text.replacing(/(by|on|group_left)\s*\([^)]*\)/, with: "")
        return text.matches(of: /[A-Za-z_:][A-Za-z0-9_:]*(?!\w)(?!\s*\()/).map { String($0.output) }
    }

    @Test(arguments: ["lighting", "waste", "water"])
    func `every expression of a dashboard is PromQL over metrics that exist`(name: String) throws {
        let data = try Data(
            contentsOf: URL(filePath: "\(DashboardFiles.grafanaFolder)/\(name).json")
        )
        let dashboard = try JSONDecoder().decode(Dashboard.self, from: data)
        #expect(dashboard.uid == "langso-\(name)")
        #expect(dashboard.templating.list.first?.type == "datasource")
        #expect(dashboard.panels.count >= 8)
        let known = Self.ownSeries.union(Quantity.all.map(\.metricName))
        for panel in dashboard.panels {
            #expect(!panel.targets.isEmpty, "\(panel.title)")
            for target in panel.targets {
                let expression = target.expr.replacing("$__rate_interval", with: "5m")
                    .replacing("$village", with: "Nà Ếch|Ngàn Chi")
                #expect(!expression.contains("$"), "\(target.expr)")
                do throws(QueryError) {
                    _ = try PromQLParser.parse(expression)
                } catch {
                    Issue.record("\(panel.title): \(target.expr): \(error)")
                }
                for metric in metricNames(in: expression) where !known.contains(metric) {
                    Issue.record("\(panel.title) asks for \(metric), which nothing makes")
                }
            }
        }
    }
}
