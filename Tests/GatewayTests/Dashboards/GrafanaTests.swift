import Foundation
import PromQL
import Telemetry
import Testing

/// The dashboards for Grafana: their form, and their words.
@Suite struct GrafanaTests {
    /// The variables of each dashboard, as they depend on each other, and the labels by which its
    /// panels are filtered.
    private static let variables: [String: [(name: String, label: String)]] = [
        "lighting": [("commune", "commune"), ("village", "village"), ("feeder", "feeder")],
        "waste": [("commune", "commune"), ("village", "village")],
        "water": [("commune", "commune"), ("village", "village")],
        "indicators": [("commune", "unit"), ("set", "set")],
        "gateway": [],
    ]
    /// Labels that series of some metrics do not have; what is shown of a route's rounds is held
    /// against the bins of the villages chosen.
    private static let absentLabels: [String: Set<String>] = [
        "sun_elevation_degrees": ["feeder"], "collection_planned": ["commune", "village"],
    ]

    @Test(arguments: GrafanaDashboard.names)
    func `a dashboard is one that Grafana 10 reads`(name: String) throws {
        let dashboard = try GrafanaDashboard.shipped(name)
        #expect(dashboard.uid == "langso-\(name)")
        #expect(dashboard.schemaVersion == 39)
        #expect(dashboard.tags == ["langso"])
        #expect(dashboard.timezone == "Asia/Ho_Chi_Minh")
        #expect(dashboard.templating.list.first?.type == "datasource")
        #expect(dashboard.panels.count >= 8)
        #expect(Set(dashboard.panels.map(\.id)).count == dashboard.panels.count)
        for panel in dashboard.panels {
            #expect(panel.datasource.uid == "${source}", "\(panel.title)")
            #expect(!panel.fieldConfig.defaults.unit.isEmpty, "\(panel.title)")
            let steps = panel.fieldConfig.defaults.thresholds.steps
            #expect(steps.first.map { $0.value == nil } == true, "\(panel.title)")
            #expect(!panel.targets.isEmpty, "\(panel.title)")
            #expect(Set(panel.targets.map(\.refId)).count == panel.targets.count)
            for target in panel.targets {
                #expect(target.datasource.uid == "${source}")
                #expect((target.instant == true) != (target.range == true), "\(panel.title)")
                let isOfNow = ["stat", "table"].contains(panel.type)
                #expect((target.instant == true) == isOfNow, "\(panel.title)")
            }
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `no panel lies over another`(name: String) throws {
        var taken: Set<[Int]> = []
        for panel in try GrafanaDashboard.shipped(name).panels {
            let place = panel.gridPos
            #expect(place.x + place.w <= 24, "\(panel.title)")
            for x in place.x..<(place.x + place.w) {
                for y in place.y..<(place.y + place.h) {
                    #expect(taken.insert([x, y]).inserted, "\(panel.title) at \(x), \(y)")
                }
            }
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `a dashboard speaks Vietnamese and English, and says what is simulated`(name: String)
        throws
    {
        let dashboard = try GrafanaDashboard.shipped(name)
        let titles = dashboard.panels.map(\.title)
        let labels = dashboard.templating.list.map(\.label)
        for text in [dashboard.title] + titles + labels {
            // A name that both languages share stands before a colon.
            #expect(text.contains(" / ") || text.hasPrefix("Alertmanager:"), "\(text)")
            #expect(text == text.precomposedStringWithCanonicalMapping, "\(text)")
        }
        #expect(titles.contains { $0.hasPrefix("MÔ PHỎNG / SIMULATED") })
        for panel in dashboard.panels {
            #expect(panel.fieldConfig.defaults.noValue == "chưa có dữ liệu / no data")
        }
    }

    @Test(arguments: GrafanaDashboard.names)
    func `every panel follows the variables`(name: String) throws {
        let dashboard = try GrafanaDashboard.shipped(name)
        let variables = try #require(Self.variables[name])
        #expect(dashboard.queryVariables.map(\.name) == variables.map(\.name))
        for variable in dashboard.queryVariables {
            #expect(variable.multi == true && variable.includeAll == true)
            // Also a series without the label is one of all.
            #expect(variable.allValue == ".*")
        }
        let marks = Dictionary(uniqueKeysWithValues: variables.map { ($0.name, "[\($0.name)]") })
        for panel in dashboard.panels {
            for target in panel.targets {
                let text = GrafanaDashboard.filled(target.expr, marks)
                    .replacing("$__rate_interval", with: "5m")
                #expect(!text.contains("$"), "\(target.expr)")
                for selector in try PromQLParser.parse(text).selectors {
                    for (variable, label) in variables {
                        let absent = Self.absentLabels[selector.metric ?? ""] ?? []
                        guard !absent.contains(label) else { continue }
                        let isFollowed = selector.matchers.contains {
                            $0.name == label && "\($0)".contains("[\(variable)]")
                        }
                        #expect(isFollowed, "\(panel.title): \(selector) and \(variable)")
                    }
                }
            }
        }
    }
}
