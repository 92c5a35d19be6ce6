import Decoding
@testable import Ingest
import RingStore
import Telemetry
import TestKit
import Testing

@Suite struct IngestPipelineTests {
    private let fill: Labels = ["__name__": "bin_fill_ratio", "device": "B-1"]
    private let topic = "bins/bin-1"
    private var now: Instant { IngestFolder.now }

    private func fresh() throws -> IngestFolder {
        try IngestFolder(try TemporaryFolder("langso-ingest"))
    }

    @Test func `a reading becomes a sample with the labels of the registry`() throws {
        var data = try fresh()
        try data.send(topic, #"{"time": "2026-03-09T20:00:00Z", "fill": 40}"#)
        let samples = try data.samples(["__name__": "bin_fill_ratio", "village": "v1"])
        #expect(samples.map(\.value) == [0.4])
        #expect(samples.map(\.time.milliseconds) == [1_773_086_400_000])
        let beat = try data.samples(["__name__": IngestPipeline.heartbeatMetric, "device": "B-1"])
        #expect(beat.map(\.value) == [1_773_086_400])
    }

    @Test func `a device that is not registered is known by its address`() throws {
        var data = try fresh()
        try data.send("bins/other", #"{"fill": 10}"#)
        let samples = try data.samples(["__name__": "bin_fill_ratio", "device": "other"])
        #expect(samples == [Sample(time: now, value: 0.1)])
    }

    @Test func `the same message twice is one sample`() throws {
        var data = try fresh()
        let text = #"{"time": "2026-03-09T20:00:00Z", "fill": 40}"#
        try data.send(topic, text)
        try data.send(topic, text, at: now + .minutes(1))
        #expect(try data.samples(fill).count == 1)
        #expect(data.storage.pipeline.counters.unchangedSamples == 2)
    }

    @Test func `a message without a clock that is delivered again is not measured again`() throws {
        var data = try fresh()
        try data.send(topic, #"{"fill": 40}"#)
        try data.send(topic, #"{"fill": 40}"#, flags: .duplicate, at: now + .seconds(5))
        #expect(try data.samples(fill) == [Sample(time: now, value: 0.4)])
        #expect(data.storage.pipeline.counters.duplicateMessages == 1)
    }

    @Test func `members that no field reads are counted under the profile`() throws {
        var data = try fresh()
        try data.send(topic, #"{"fill": 40}"#)
        #expect(data.storage.pipeline.counters.unreadMembers.isEmpty)
        try data.send(topic, #"{"fill": 41, "odd": 1, "more": {"a": true, "b": null}}"#)
        try data.send("bins/other", #"{"fill": 10, "odd": "x"}"#)
        #expect(data.storage.pipeline.counters.unreadMembers == ["test-bin": 3])
    }

    @Test func `a value that the broker kept is no new measurement`() throws {
        var data = try fresh()
        try data.send(topic, #"{"fill": 40}"#, flags: .retained)
        #expect(try data.samples(fill).isEmpty)
        #expect(data.storage.pipeline.counters.lastKnownMessages == 1)
        try data.send(topic, #"{"time": "2026-03-09T20:00:00Z", "fill": 40}"#, flags: .retained)
        #expect(try data.samples(fill).count == 1)
    }

    @Test func `a reading out of range is kept apart and counted`() throws {
        var data = try fresh()
        try data.send(topic, #"{"fill": 4000}"#)
        #expect(try data.samples(fill).isEmpty)
        let rejected = try data.samples([
            "__name__": IngestPipeline.rejectedMetric, "metric": "bin_fill_ratio",
            "reason": "out_of_range", "device": "B-1",
        ])
        #expect(rejected == [Sample(time: now, value: 40)])
        #expect(data.storage.pipeline.counters.rejectedReadings == ["out_of_range": 1])
    }

    @Test func `a clock in 2036 gives the time of arrival and a note`() throws {
        var data = try fresh()
        try data.send(topic, #"{"time": "2036-02-07T06:28:16Z", "fill": 40}"#)
        #expect(try data.samples(fill).map(\.time) == [now])
        #expect(data.storage.pipeline.counters.notes["impossible_time"] == 1)
    }

    @Test func `samples of the gateway's own keep every bit`() throws {
        var data = try fresh()
        let labels: Labels = ["__name__": "ALERTS", "alertname": "A"]
        let marker = Double(bitPattern: Sample.staleMarkerBits)
        try data.send(own: LabelledSamples([(labels, Sample(time: now, value: marker))]))
        let bits = try data.samples(labels).map(\.value.bitPattern)
        #expect(bits == [Sample.staleMarkerBits])
    }

    @Test func `the earliest change is told once, apart from older ones`() throws {
        var data = try fresh()
        let evening = Instant(milliseconds: 1_773_082_800_000)
        func send() throws {
            for (hour, fill) in [("20", 40), ("19", 30), ("21", 50)] {
                try data.send(topic, #"{"time": "2026-03-09T\#(hour):00:00Z", "fill": \#(fill)}"#)
            }
        }
        try send()
        let first = data.storage.pipeline.takeChanges(next: evening + .minutes(30))
        #expect(first.earliest == evening && first.earliestBefore == nil)
        // What is there already changes nothing.
        try send()
        let none = data.storage.pipeline.takeChanges(next: evening + .minutes(30))
        #expect(none == ChangedTimes(since: evening + .minutes(30)))
        for hour in ["18", "22"] {
            try data.send(topic, #"{"time": "2026-03-09T\#(hour):00:00Z", "fill": 1}"#)
        }
        let second = data.storage.pipeline.takeChanges(next: evening)
        #expect(second.earliest == evening + .hours(3))
        #expect(second.earliestBefore == evening - .hours(1))
    }

    @Test func `series above the limit are refused, those that are there go on`() throws {
        var data = try fresh()
        for number in 0..<600 { try data.send("bins/n\(number)", #"{"fill": 1}"#) }
        let counters = data.storage.pipeline.counters
        #expect(counters.refusedSamples == ["too_many_series": 200])
        let refusal = counters.firstRefusals["too_many_series"]
        #expect(refusal?.contains("1000 are kept already, and the label device has 500") == true)
        try data.send("bins/n1", #"{"fill": 2}"#, at: now + .minutes(1))
        let samples = try data.samples(["__name__": "bin_fill_ratio", "device": "n1"])
        #expect(samples.map(\.value) == [0.01, 0.02])
    }

    @Test func `a changed registry gives later samples other labels`() throws {
        var data = try fresh()
        try data.send(topic, #"{"fill": 1}"#)
        var directory = IngestDirectory()
        directory.assign("bin-1", ["device": "B-1", "village": "v2"])
        data.storage.pipeline.replaceDirectory(directory)
        try data.send(topic, #"{"fill": 2}"#, at: now + .minutes(1))
        #expect(try data.samples(["__name__": "bin_fill_ratio", "village": "v1"]).count == 1)
        #expect(try data.samples(["__name__": "bin_fill_ratio", "village": "v2"]).count == 1)
    }

    @Test func `a frame that two deliveries carry is stored once`() throws {
        var data = try fresh()
        // ChirpStack v4, EM310-UDL: distance 1 000 mm; the second delivery is minutes later.
        func uplink(_ second: Int, _ counter: Int, _ id: String) -> String {
            """
            {"deduplicationId": "\(id)", "time": "2026-03-09T20:00:\(10 + second)Z",
             "deviceInfo": {"devEui": "24e124713b492805", "deviceProfileName": "milesight"},
             "devAddr": "01020304", "fCnt": \(counter), "fPort": 85, "data": "A4LoAw=="}
            """
        }
        var devices = DeviceDirectory()
        devices.assign("24e124713b492805", .init(profile: "milesight-em310-udl"))
        data.storage.pipeline.decoder.replaceDirectory(devices)
        let topic = "application/a/device/24e124713b492805/event/up"
        try data.send(topic, uplink(0, 7, "a"))
        try data.send(topic, uplink(5, 7, "b"))
        try data.send(topic, uplink(9, 8, "c"))
        let samples = try data.samples(["__name__": "bin_distance_metres"])
        #expect(samples.count == 2)
        #expect(data.storage.pipeline.counters.duplicateMessages == 1)
    }
}
