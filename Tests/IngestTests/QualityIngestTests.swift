import Decoding
import Foundation
@testable import Ingest
import QualityControl
import RingStore
import Telemetry
import TestKit
import Testing

/// Marks of readings on their way into the store.
@Suite struct QualityIngestTests {
    private let start = IngestFolder.now

    private func fresh(_ policy: QualityPolicy = QualityPolicy()) throws -> IngestFolder {
        try IngestFolder(
            try TemporaryFolder("langso-quality"),
            decoder: try Self.decoder(),
            quality: policy
        )
    }

    private static func decoder() throws -> MessageDecoder {
        let plain = try #require(TopicFilter("probes/+"))
        return try IngestFolder.decoder(
            profiles: [ProfileText(file: "probe", text: probe)],
            rules: [SubscriptionRule(topicFilter: plain, family: .plainJSON, profile: "test-probe")]
        )
    }

    private static let probe = """
        id: test-probe
        manufacturer: test
        model: probe
        title: Probe
        kind: water_quality
        source: test
        families: [plain_json]
        expected_interval: 15m
        messages:
          - time: {path: time}
            json:
              - {quantity: water.ph, path: ph}
              - {quantity: water.turbidity, path: turbidity}
        """

    /// A message at a quarter of an hour after the start, with the device's own clock.
    private func send(
        _ data: inout IngestFolder,
        _ values: String,
        quarter: Int,
        clockBehind: Milliseconds = .zero
    ) throws {
        let arrived = start + .minutes(Int64(quarter) * 15)
        let measured = arrived - clockBehind
        try data.send(
            "probes/p",
            #"{"time": "\#(measured.rfc3339)", \#(values)}"#,
            at: arrived
        )
    }

    private func marks(
        _ data: inout IngestFolder,
        _ metric: String,
        _ reason: String
    ) throws -> [Int] {
        try data.samples(["__name__": metric, "device": "p", "reason": reason]).map {
            Int(($0.time - start).count / 900_000)
        }
    }

    /// A day of pH around 7, then a spike of one reading.
    private func sendSpike(_ data: inout IngestFolder, from first: Int = 0) throws {
        for quarter in first..<98 {
            let value = quarter == 96 ? 12 : 7 + Double(quarter / 2 % 3) / 10
            try send(&data, #""ph": \#(value)"#, quarter: quarter)
        }
    }

    @Test func `a spike stays in its metric and is repeated as doubtful`() throws {
        var data = try fresh()
        try sendSpike(&data)
        #expect(try data.samples(["__name__": "water_ph", "device": "p"]).count == 98)
        #expect(try marks(&data, IngestPipeline.doubtfulMetric, "spike") == [96])
        #expect(data.storage.pipeline.counters.markedReadings == ["spike": 1])
    }

    @Test func `a flat line is suspicious from where it began`() throws {
        var data = try fresh()
        for quarter in 0..<10 { try send(&data, #""turbidity": 3.5"#, quarter: quarter) }
        let marks = try marks(&data, IngestPipeline.suspiciousMetric, "flat_line")
        #expect(marks == [0, 8, 9])
        let one = try data.samples(["__name__": IngestPipeline.suspiciousMetric, "device": "p"])
        #expect(one.first == Sample(time: start, value: 3.5))
    }

    @Test func `a value that the operator calls a sentinel is kept apart`() throws {
        var policy = QualityPolicy()
        policy.quantities["water.turbidity"] = .init()
        policy.quantities["water.turbidity"]?.sentinels = [7999]
        policy.devices["p"] = ["water.ph": .init()]
        policy.devices["p"]?["water.ph"]?.range = 5...10
        var data = try fresh(policy)
        try send(&data, #""ph": 11, "turbidity": 7999"#, quarter: 0)
        try send(&data, #""ph": 7, "turbidity": 3"#, quarter: 1)
        #expect(try data.samples(["__name__": "water_ph"]).map(\.value) == [7])
        #expect(try data.samples(["__name__": "water_turbidity_ntu"]).map(\.value) == [3])
        #expect(try marks(&data, IngestPipeline.rejectedMetric, "sentinel") == [0])
        #expect(try marks(&data, IngestPipeline.rejectedMetric, "out_of_range") == [0])
        let counted = data.storage.pipeline.counters.rejectedReadings
        #expect(counted == ["sentinel": 1, "out_of_range": 1])
    }

    @Test func `a clock that is an hour behind is told until it comes right`() throws {
        var data = try fresh()
        for quarter in 0..<25 {
            try send(&data, #""ph": 7"#, quarter: quarter, clockBehind: .hours(1))
        }
        for quarter in 25..<60 { try send(&data, #""ph": 7"#, quarter: quarter) }
        let told = try data.samples(["__name__": IngestPipeline.clockErrorMetric, "device": "p"])
        #expect(told.first == Sample(time: start + .minutes(19 * 15), value: 3600))
        #expect(told.last?.value == 0)
        #expect(told.filter { $0.value == 0 }.count == 1)
        let wrong = data.storage.pipeline.counters.wrongClockMessages
        #expect(wrong == UInt64(told.count - 1))
    }

    @Test func `a clock in 2036 is wrong at once`() throws {
        var data = try fresh()
        try data.send("probes/p", #"{"time": "2036-02-07T06:28:16Z", "ph": 7}"#, at: start)
        let told = try data.samples(["__name__": IngestPipeline.clockErrorMetric, "device": "p"])
        #expect(told.count == 1)
        #expect((told.first?.value ?? 0) < -300_000_000)
    }

    @Test(arguments: [1, 30, 95, 96, 97])
    func `a restart after a checkpoint anywhere gives the same marks`(stop: Int) throws {
        let folder = try TemporaryFolder("langso-quality")
        do {
            var data = try IngestFolder(folder, decoder: try Self.decoder())
            for quarter in 0..<stop {
                let value = quarter == 96 ? 12 : 7 + Double(quarter / 2 % 3) / 10
                try send(&data, #""ph": \#(value)"#, quarter: quarter)
            }
            try data.storage.pipeline.checkpoint(at: start)
            // These are in the journal alone, and are taken again.
            for quarter in stop..<min(stop + 3, 97) {
                let value = quarter == 96 ? 12 : 7 + Double(quarter / 2 % 3) / 10
                try send(&data, #""ph": \#(value)"#, quarter: quarter)
            }
        }
        var data = try IngestFolder(folder, decoder: try Self.decoder())
        try sendSpike(&data, from: min(stop + 3, 97))
        #expect(try marks(&data, IngestPipeline.doubtfulMetric, "spike") == [96])
    }

    @Test func `memory of the checks that is damaged is named`() throws {
        let folder = try TemporaryFolder("langso-quality")
        do {
            var data = try IngestFolder(folder, decoder: try Self.decoder())
            try send(&data, #""ph": 7"#, quarter: 0)
            try data.storage.pipeline.checkpoint(at: start)
        }
        let path = folder.path(of: "data/\(IngestPipeline.qualityFile)")
        try Data([1, 2, 3]).write(to: URL(filePath: path))
        #expect(throws: IngestError.damagedQuality(path: path)) {
            _ = try IngestFolder(folder, decoder: try Self.decoder())
        }
    }
}
