@testable import Gateway
import Foundation
import Telemetry
import TestKit
import Testing

@Suite struct RulePreviewReportTests {
    /// 2026-03-10T00:00:00Z.
    private static let start = Instant(milliseconds: 1_773_100_800_000)

    private static let rules = """
        groups:
          - name: thử
            rules:
              - {alert: TankLow, expr: water_tank_fill_ratio < 0.4}
              - {alert: BểĐầy, expr: water_tank_fill_ratio > 0.9}
        """

    /// A store of an hour with two tanks, one of them low from minute 20 to 39.
    private static func store(_ folder: TemporaryFolder) throws -> String {
        let path = folder.path(of: "data")
        var samples: [(labels: Labels, sample: Sample)] = []
        for minute in 0...60 {
            for (device, low) in [("bể-1", 0.25), ("bể-2", 0.35)] {
                let labels = Labels(
                    metric: "water_tank_fill_ratio",
                    ["device": device, "village": "Nà Ếch"]
                )
                let isLow = (20..<40).contains(minute)
                let time = start + .minutes(Int64(minute))
                samples.append((labels, Sample(time: time, value: isLow ? low : 0.5)))
            }
        }
        try StoreFolder(path).write(samples)
        return path
    }

    private static func request(
        _ folder: TemporaryFolder,
        minutes: ClosedRange<Int64> = 0...60,
        rules: String = rules
    ) throws -> RulePreviewReport.Request {
        let file = folder.path(of: "thử.yaml")
        try rules.write(toFile: file, atomically: true, encoding: .utf8)
        return RulePreviewReport.Request(
            file: file,
            dataFolder: try store(folder),
            times: (start + .minutes(minutes.lowerBound))...(start + .minutes(minutes.upperBound))
        )
    }

    @Test func `rules are tried over a stored hour`() throws {
        let folder = try TemporaryFolder("langso-preview")
        let request = try Self.request(folder)
        let report = try RulePreviewReport(request)
        #expect(
            report.lines == [
                "\(request.file): 2026-03-10T00:00:00.000Z to 2026-03-10T01:00:00.000Z, "
                    + "judged 61 times",
                "rule              alarms        total  longest  places",
                "TankLow  tried    2             40m    20m      2",
                "         current  1             10m    10m      1",
                "BểĐầy    tried    0             0s     0s       0",
                "         current  no such rule",
                "TankLow, only tried: bể-2 1 × 20m",
                "TankLow, both: bể-1 1 × 20m",
            ]
        )
        #expect(report.rules.first?.tried.places.first?.labels["village"] == "Nà Ếch")
    }

    @Test func `times that are not stored are refused with those that are`() throws {
        let folder = try TemporaryFolder("langso-preview")
        for minutes in [-10...30, 30...70, 100...200] as [ClosedRange<Int64>] {
            let request = try Self.request(folder, minutes: minutes)
            let error = #expect(throws: GatewayError.self) { try RulePreviewReport(request) }
            #expect(
                error?.description.hasSuffix(
                    "samples are stored from 2026-03-10T00:00:00.000Z to "
                        + "2026-03-10T01:00:00.000Z; take times between them"
                ) == true,
                "\(String(describing: error))"
            )
            try FileManager.default.removeItem(atPath: request.dataFolder)
        }
    }
}
