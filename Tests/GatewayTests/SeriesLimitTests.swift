import Foundation
@testable import Gateway
import RingStore
import Telemetry
import TestKit
import Testing

/// Too many series: the new ones are refused, counted and told once, the others go on.
@Suite(.oneAtATime) struct SeriesLimitTests {
    private static let start = GatewayRuntime.systemClock()

    private func entries(_ numbers: Range<Int>, second: Int64 = 0) -> LabelledSamples {
        let time = Self.start + .seconds(second)
        return LabelledSamples(
            numbers.map { number in
                (
                    ["__name__": "given", "message": "\(number)"],
                    Sample(time: time, value: Double(number))
                )
            }
        )
    }

    @Test func `the label whose values are too many is in the log once, and in the metrics`()
        async throws
    {
        let folder = try TemporaryFolder("langso-series")
        let rule = try GatewayUnderTest.plain("logger/+", profile: "json-datalogger")
        var settings = try GatewayUnderTest.settings(folder, port: 1, subscriptions: [rule])
        settings.store.maximumSeries = 600
        let errors = ErrorLog()
        let gateway = try await GatewayUnderTest(settings, errors: errors)
        let access = gateway.runtime.access
        let before = try await gateway.get("/metrics").text
        #expect(!before.contains("langso_ingest_refused_samples_total{"))
        for first in [0, 700] {
            let samples = entries(first..<(first + 700))
            let reason = await OwnThread.run { access.writeVisibly(samples) }
            #expect(reason == nil)
        }
        let later = entries(0..<1, second: 1)
        #expect(await OwnThread.run { access.writeVisibly(later) } == nil)
        let text = try await gateway.get("/metrics").text
        let refused = try #require(
            text.split(separator: "\n").first {
                $0.hasPrefix(#"langso_ingest_refused_samples_total{reason="too_many_series"} "#)
            }
        )
        #expect(Int(refused.split(separator: " ")[1]) ?? 0 >= 800)
        let worst = try #require(
            text.split(separator: "\n").first {
                $0.hasPrefix(#"langso_store_worst_label_values{label="message"} "#)
            }
        )
        #expect(Double(worst.split(separator: " ")[1]) ?? 0 > 300)
        for tier in ["raw", "5m", "1h", "1d"] {
            #expect(text.contains("langso_store_budget_bytes{tier=\"\(tier)\"} "))
        }
        let told = errors.lines.filter { $0.contains("and the label message has ") }
        #expect(told.count == 1, "\(errors.lines)")
        let last = try await gateway.query(
            #"given{message="0"} + count_over_time(given{message="0"}[1m])"#,
            at: Self.start + .seconds(1)
        )
        #expect(last.count == 1 && last[0].contains("=> 2 "), "\(last)")
        try await gateway.stop()
    }
}
