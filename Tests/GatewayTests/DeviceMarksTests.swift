@testable import Gateway
import Ingest
import Registry
import Simulation
import Telemetry
import TestKit
import Testing
import WebServer

/// The list of devices says what was refused or marked, and why.
@Suite struct DeviceMarksTests {
    @Test func `the last reading with each mark is shown with its reason`() throws {
        let folder = try TemporaryFolder("langso-marks")
        let now = Instant(milliseconds: 1_773_100_800_000)
        let size = DeploymentSize(lamps: 12)
        var store = try DemoStore(folder, from: now - .minutes(5), to: now, size: size)
        let device = try #require(store.deployment.registry.devices.first?.code)
        let marks: [(String, String, String, Double)] = [
            (IngestPipeline.rejectedMetric, "out_of_range", "water_ph", 15),
            (IngestPipeline.doubtfulMetric, "spike", "water_pressure_pascals", 400_000),
            (IngestPipeline.suspiciousMetric, "flat_line", "water_ph", 7),
        ]
        var samples = LabelledSamples()
        for (name, reason, metric, value) in marks {
            let labels: Labels = [
                "__name__": name, "device": device, "reason": reason, "metric": metric,
            ]
            for minute in [3, 1] {
                let time = now - .minutes(Int64(minute))
                samples.append(labels, Sample(time: time, value: value - Double(minute - 1)))
            }
        }
        try store.store(samples, at: now)
        let views = DevicesBuilder(
            registry: store.deployment.registry,
            zoneOffset: .hours(7),
            source: store.source(at: now),
            now: now
        ).views
        let view = try #require(views.first { $0.code == device })
        #expect(view.marks.map(\.reason) == ["flat_line", "out_of_range", "spike"])
        #expect(view.marks.map(\.quality) == [3, 1, 2])
        #expect(view.marks.map(\.value) == [7, 15, 400], "in the unit of the quantity")
        #expect(view.marks.allSatisfy { $0.time == (now - .minutes(1)).rfc3339 })
        #expect(view.readings.allSatisfy { !$0.metric.hasPrefix("langso_") })
        let others = views.filter { $0.code != device }
        #expect(others.allSatisfy { $0.marks.isEmpty })
    }

    @Test func `of the series before and after a move the newest is shown, and no ended one`()
        throws
    {
        let folder = try TemporaryFolder("langso-marks")
        let now = Instant(milliseconds: 1_773_100_800_000)
        let size = DeploymentSize(lamps: 12)
        var store = try DemoStore(folder, from: now - .minutes(5), to: now, size: size)
        let device = try #require(store.deployment.registry.devices.first?.code)
        let marker = Double(bitPattern: Sample.staleMarkerBits)
        var samples = LabelledSamples()
        for (metric, village, minute, value) in [
            ("water_ph", "a", 4, 6.0), ("water_ph", "b", 2, 7), ("water_ph", "c", 3, 8),
            ("water_turbidity_ntu", "a", 4, 1), ("water_turbidity_ntu", "a", 2, marker),
            (IngestPipeline.heartbeatMetric, "a", 1, 1),
            (IngestPipeline.heartbeatMetric, "a", 0, marker),
            (IngestPipeline.heartbeatMetric, "b", 3, 1),
        ] {
            samples.append(
                ["__name__": metric, "device": device, "village": village, "kind": "moved"],
                Sample(time: now - .minutes(Int64(minute)), value: value)
            )
        }
        try store.store(samples, at: now)
        let views = DevicesBuilder(
            registry: store.deployment.registry,
            zoneOffset: .hours(7),
            source: store.source(at: now),
            now: now
        ).views
        let view = try #require(views.first { $0.code == device })
        let acidity = view.readings.filter { $0.metric == "water_ph" }
        #expect(acidity.map(\.value) == [7])
        #expect(!view.readings.contains { $0.metric == "water_turbidity_ntu" })
        let heard = try #require(view.lastMessageAt.flatMap { Instant(rfc3339: $0) })
        #expect(heard >= now - .minutes(1))
    }
}
