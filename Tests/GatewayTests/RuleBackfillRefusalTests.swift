import Alerting
import ConfigurationText
import Foundation
@testable import Gateway
import MQTT
import RingStore
import Telemetry
import TestKit
import Testing

/// What `langso rules backfill` refuses, and where it ends.
@Suite struct RuleBackfillRefusalTests {
    /// 2026-03-10T00:00:00Z.
    private static let start = Instant(milliseconds: 1_773_100_800_000)
    private static let day = 1_440

    private static func minute(_ minute: Int) -> Instant { start + .minutes(Int64(minute)) }

    /// The smallest store, with a random reading of some tanks each minute.
    private static func store(_ folder: TemporaryFolder, tanks: Int, minutes: Int) throws
        -> String
    {
        let path = folder.path(of: "data")
        let least = StoreSettings.minimumRawTierBytes
        let settings = StoreSettings(rawTierBytes: least, maximumSeries: 100)
        var generator = SeededGenerator(seed: 7)
        var samples: [(labels: Labels, sample: Sample)] = []
        for minute in 0...minutes {
            for tank in 0..<tanks {
                let labels = Labels(metric: "water_tank_fill_ratio", ["device": "bể-\(tank)"])
                let value = Double.random(in: 0..<1, using: &generator)
                samples.append((labels, Sample(time: Self.minute(minute), value: value)))
            }
        }
        try StoreFolder(path, settings: settings).write(samples)
        return path
    }

    private static func request(
        _ folder: TemporaryFolder,
        _ data: String,
        _ times: ClosedRange<Instant>,
        rules: [String],
        isDryRun: Bool = false
    ) throws -> RuleBackfillReport.Request {
        let file = folder.path(of: "rules.yaml")
        let text = "groups: [{name: g, rules: [\(rules.joined(separator: ", "))]}]\n"
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return RuleBackfillReport.Request(
            files: [file],
            dataFolder: data,
            times: times,
            isDryRun: isDryRun,
            now: minute(100_000)
        )
    }

    private static func settings(_ data: String) -> GatewaySettings {
        GatewaySettings(
            name: "X",
            dataFolder: data,
            broker: BrokerSettings(host: "127.0.0.1", port: 1, clientID: "x"),
            subscriptions: []
        )
    }

    @Test func `rules that record what is measured or worked out are refused`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, tanks: 1, minutes: 60)
        let before = try StoreFolder.content(data)
        let names = [
            "water_tank_fill_ratio", "sun_elevation_degrees", "langso_store_samples", "ALERTS",
        ]
        for name in names {
            let request = try Self.request(
                folder,
                data,
                Self.minute(10)...Self.minute(20),
                rules: ["{record: \(name), expr: vector(1)}"]
            )
            let faults = #expect(throws: ConfigurationFaults.self) {
                try RuleBackfillReport(request)
            }
            #expect(faults?.description.contains("'\(name)' is the name of") == true)
        }
        #expect(try StoreFolder.content(data) == before)
    }

    @Test func `without files the settings must be named`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, tanks: 1, minutes: 60)
        let request = RuleBackfillReport.Request(
            dataFolder: data,
            times: Self.minute(10)...Self.minute(20),
            now: Self.minute(100)
        )
        let error = #expect(throws: GatewayError.self) { try RuleBackfillReport(request) }
        #expect(
            error?.description.contains("name the gateway's settings with --config") == true
        )
    }

    @Test func `a rule of a file that the gateway has elsewhere is refused`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, tanks: 1, minutes: 60)
        let own = folder.path(of: "own")
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        let text = "groups: [{name: h, rules: [{record: 'tank:x', expr: vector(2)}]}]\n"
        try text.write(toFile: "\(own)/rules.yaml", atomically: true, encoding: .utf8)
        var request = try Self.request(
            folder,
            data,
            Self.minute(10)...Self.minute(20),
            rules: ["{record: 'tank:x', expr: vector(1)}"]
        )
        var settings = Self.settings(data)
        settings.rulesFolder = own
        request.settings = settings
        #expect(throws: AlertingError.self) { try RuleBackfillReport(request) }
        // The file itself, by another path.
        request.files = ["\(own)/../own/rules.yaml"]
        #expect(try RuleBackfillReport(request).total.written == 11)
    }

    @Test func `rules that look back further than samples are kept are refused`() throws {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, tanks: 1, minutes: 60_000)
        let horizon = try StoreSnapshot.open(folder: data).statistics.horizon
        #expect(horizon > Self.start)
        let first = horizon + .hours(1)
        func run(from start: Instant) throws -> RuleBackfillReport {
            try RuleBackfillReport(
                try Self.request(
                    folder,
                    data,
                    start...(start + .minutes(9)),
                    rules: ["{record: mean, expr: 'avg_over_time(water_tank_fill_ratio[1h])'}"],
                    isDryRun: true
                )
            )
        }
        let error = #expect(throws: AlertingError.self) { try run(from: first - .minutes(2)) }
        #expect(
            error
                == .historyForgotten(
                    rule: "mean",
                    reach: .hours(1),
                    keptSince: horizon,
                    earliest: first
                )
        )
        #expect(try run(from: first).total.written > 0)
    }

    @Test func `when older samples give way it ends and says up to when the past is written`()
        throws
    {
        let folder = try TemporaryFolder("langso-backfill")
        let data = try Self.store(folder, tanks: 3, minutes: 2 * Self.day)
        let rules = (1...12).map { number in
            "{record: 'tank:\(number)', expr: water_tank_fill_ratio / \(number).7}"
        }
        var request = try Self.request(
            folder,
            data,
            Self.minute(10)...Self.minute(2 * Self.day),
            rules: rules
        )
        // Of a small journal the half is full soon, and the store's file is written then.
        let least = JournalSettings.minimumSegmentBytes
        var settings = Self.settings(data)
        settings.journal = JournalSettings(sizeBytes: 3 * least, segmentBytes: least)
        request.settings = settings
        let error = #expect(throws: GatewayError.self) { try RuleBackfillReport(request) }
        guard case .backfillEnded(let time, let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("langso store resize"), "\(reason)")
        #expect(error?.description.contains("written up to \(time.rfc3339)") == true)
        #expect(time > Self.minute(10) && time < Self.minute(2 * Self.day))
    }
}
