import Alerting
import ConfigurationText
import Foundation
@testable import Gateway
import Telemetry
import TestKit
import Testing

/// Under which names rules may record.
@Suite(.oneAtATime) struct SeriesOwnerTests {
    /// Names with what a fault says of them.
    private static let taken = [
        ("lamp_power_watts", "what devices measure"),
        ("water_tank_fill_ratio", "what devices measure"),
        ("device_up", "what the gateway works out"),
        ("sun_elevation_degrees", "what the gateway works out"),
        ("device_message_timestamp_seconds", "what the gateway writes of itself"),
        ("device_clock_error_seconds", "what the gateway writes of itself"),
        ("langso_doubtful_reading", "what the gateway writes of itself"),
        ("langso_store_samples", "what the gateway writes of itself"),
        ("langso_anything", "what the gateway writes of itself"),
        ("indicator_value", "what the gateway writes of itself"),
        ("ALERTS", "the state of alerts"), ("ALERTS_FOR_STATE", "the state of alerts"),
    ]

    /// Names as other people's rule files have them.
    private static let free = [
        "instance:node_cpu_utilisation:rate5m", "job:http_requests:rate5m", "up:sum", "up",
        "village:lamp_power_watts:sum", "lamp_power", "ALERTS_total", "alerts", "langso:uptime",
        "indicator", "device_uptime_seconds",
    ]

    private static func text(_ names: [String]) -> String {
        let rules = names.map { "      - {record: '\($0)', expr: vector(1)}\n" }
        return "groups:\n  - name: g\n    rules:\n" + rules.joined()
    }

    private static func check(_ text: String) throws -> RuleCheck.File {
        let folder = try TemporaryFolder("langso-names")
        let file = folder.path(of: "r.yaml")
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return try #require(RuleCheck(files: [file]).files.first)
    }

    @Test func `a rule that records under a name that is not free is refused with its place`()
        throws
    {
        let found = try Self.check(Self.text(Self.taken.map(\.0) + Self.free))
        try #require(found.faults.count == Self.taken.count, "\(found.faults)")
        for (index, (name, owner)) in Self.taken.enumerated() {
            let end =
                "r.yaml:\(index + 4):18: groups[0].rules[\(index)].record: '\(name)' is the name "
                + "of \(owner), whose samples would be lost; record under another name"
            #expect(found.faults[index].hasSuffix(end), "\(found.faults[index])")
        }
    }

    @Test func `all other names are free, and all are to promtool`() throws {
        let found = try Self.check(Self.text(Self.free))
        #expect(found.faults.isEmpty && found.rules == Self.free.count, "\(found)")
        let all = Self.text(Self.taken.map(\.0))
        #expect(throws: Never.self) { try RuleFile.parse(text: all, file: "r.yaml") }
    }

    @Test func `the alert of a name is not the series of that name`() throws {
        let found = try Self.check(
            "groups: [{name: g, rules: [{alert: lamp_power_watts, expr: up}]}]\n"
        )
        #expect(found.isGood, "\(found)")
    }

    @Test func `every rule file that ships is one that a gateway may run by`() throws {
        for name in DefaultRules.ruleFileNames {
            let text = try DefaultRules.text(of: name)
            let file = try RuleFile.forGateway(text: text, file: name)
            #expect(!file.groups.isEmpty)
        }
    }

    @Test func `a gateway with such a rule does not start, and its check says why`() async throws {
        let folder = try TemporaryFolder("langso-names")
        let settings = try PumpGateway.settings(folder, rules: Self.text(["lamp_power_watts"]))
        let faults = await #expect(throws: ConfigurationFaults.self) {
            try await GatewayUnderTest(settings)
        }
        #expect(
            faults?.description.contains("pumps.yaml:4:18: groups[0].rules[0].record: ") == true,
            "\(String(describing: faults))"
        )
    }
}
