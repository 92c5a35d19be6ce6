import Decoding
import Ingest
import Protobuf
import QualityControl
import RingStore
import Telemetry
import TestKit
import Testing

/// Messages of boxes that are stored again, because it became known where the boxes were.
@Suite struct RetakingTests {
    static let start = IngestFolder.now
    static let eui = "24e124713b492805"
    static let level = "water_level_metres"

    static func minutes(_ count: Int64) -> Instant { start + .minutes(count) }

    static func profile(_ head: String, _ quantity: String) -> String {
        """
        id: test-again
        manufacturer: test
        model: again
        title: Again
        kind: other
        source: test
        \(head)
        messages:
          - time: {path: time}
            json:
              - {quantity: \(quantity), path: value}
        """
    }

    /// A folder whose messages of a topic are read by one profile.
    static func open(
        _ family: Family = .plainJSON,
        _ filter: String = "boxes/+",
        profile: String = profile("families: [plain_json]", "water.level"),
        named name: String = "test-again",
        quality: QualityPolicy = QualityPolicy(),
        in place: TemporaryFolder? = nil
    ) throws -> IngestFolder {
        let rule = SubscriptionRule(
            topicFilter: try #require(TopicFilter(filter)),
            family: family,
            profile: name
        )
        let decoder = try IngestFolder.decoder(
            profiles: [ProfileText(file: "again", text: profile)],
            rules: [rule]
        )
        return try IngestFolder(
            try place ?? TemporaryFolder("langso-again"),
            decoder: decoder,
            quality: quality
        )
    }

    static func labels(_ device: String, _ village: String) -> Labels {
        ["device": device, "village": village]
    }

    /// A box that was moved from one village to another.
    static func moved(
        _ address: String,
        at time: Instant,
        to device: String = "D-1"
    ) -> IngestDirectory {
        var directory = IngestDirectory()
        directory.assign(
            address,
            [
                .init(until: time, labels: labels("D-1", "v1")),
                .init(from: time, labels: labels(device, "v2")),
            ]
        )
        return directory
    }

    static func before(_ address: String) -> IngestDirectory {
        var directory = IngestDirectory()
        directory.assign(address, labels("D-1", "v1"))
        return directory
    }

    static func say(_ value: Double, at time: Instant) -> String {
        #"{"time": "\#(time.rfc3339)", "value": \#(value)}"#
    }

    private func values(_ data: inout IngestFolder, _ village: String) throws -> [Double] {
        try data.values(["__name__": Self.level, "device": "D-1", "village": village])
    }

    @Test func `what a box said since its move leaves the old village and is in the new one`()
        throws
    {
        var data = try Self.open()
        data.storage.pipeline.replaceDirectory(Self.before("b"))
        for minute in 0..<6 {
            let time = Self.minutes(Int64(minute))
            try data.send("boxes/b", Self.say(Double(minute), at: time), at: time)
        }
        data.storage.pipeline.replaceDirectory(Self.moved("b", at: Self.minutes(3)))
        // Messages go on coming while the slices are worked off.
        var next: Int64 = 6
        let report = try data.retake(["b": Self.minutes(3)], slice: 1) { data in
            let time = Self.minutes(next)
            try data.send("boxes/b", Self.say(Double(next), at: time), at: time)
            next += 1
        }
        #expect(report.stored >= 3 && report.undecoded.isEmpty)
        #expect(try values(&data, "v1") == [0, 1, 2])
        #expect(try values(&data, "v2") == (3..<Int(next)).map(Double.init))
        let beats: Labels = [
            "__name__": IngestPipeline.heartbeatMetric, "device": "D-1", "village": "v1",
        ]
        #expect(try data.values(beats).count == 3)
        let again = try data.retake(["b": Self.minutes(3)])
        #expect(again.stored == Int(next) - 3)
        #expect(try values(&data, "v1") == [0, 1, 2])
        #expect(try values(&data, "v2").count == Int(next) - 3)
    }

    @Test func `a place has the samples of the box that was there, also where two have one time`()
        throws
    {
        var data = try Self.open()
        data.storage.pipeline.replaceDirectory(Self.before("old"))
        for (minute, box, value) in [
            (0, "old", 1.0), (10, "old", 2), (10, "new", 20), (20, "new", 30), (20, "old", 3),
            (25, "old", 4),
        ] {
            let time = Self.minutes(Int64(minute))
            try data.send("boxes/\(box)", Self.say(value, at: time), at: time)
        }
        var directory = IngestDirectory()
        let change = Self.minutes(5)
        directory.assign("old", [.init(until: change, labels: Self.labels("D-1", "v1"))])
        directory.assign("new", [.init(from: change, labels: Self.labels("D-1", "v1"))])
        data.storage.pipeline.replaceDirectory(directory)
        let report = try data.retake(["old": change, "new": change])
        #expect(report.stored == 5)
        #expect(try values(&data, "v1") == [1, 20, 30])
        #expect(try data.values(["__name__": Self.level, "device": "old"]) == [2, 3, 4])
        #expect(try data.values(["__name__": Self.level, "device": "new"]).isEmpty)
    }

    @Test func `a box with a codec is asked again, and what it said goes to its place`() throws {
        let codec = Self.profile("codec: codec.js", "water.level")
            .replacing("  - time: {path: time}\n    json:", with: "  - json:")
        var data = try Self.open(.chirpstack, "application/+/device/+/event/+", profile: codec)
        data.storage.pipeline.replaceDirectory(Self.before(Self.eui))
        func send(_ counter: Int, _ copy: String = "") throws {
            try data.send(
                "application/a/device/\(Self.eui)/event/up",
                """
                {"deduplicationId": "f\(counter)\(copy)", "devAddr": "01020304",
                 "fCnt": \(counter), "deviceInfo": {"devEui": "\(Self.eui)"}, "fPort": 5,
                 "data": "AQID"}
                """,
                at: Self.minutes(Int64(counter))
            )
        }
        func answer() -> Int {
            let calls = data.storage.pipeline.takeCodecCalls()
            data.storage.pipeline.finish(
                calls.map {
                    .init(
                        position: $0.position,
                        result: .data(Array(#"{"value": 2}"#.utf8), warningCount: 0)
                    )
                }
            )
            return calls.count
        }
        for counter in 1...4 { try send(counter) }
        try send(4, "again")
        #expect(answer() == 4)
        data.storage.pipeline.replaceDirectory(Self.moved(Self.eui, at: Self.minutes(3)))
        let report = try data.retake([Self.eui: Self.minutes(3)])
        #expect(report.awaiting == 2 && report.stored == 0)
        #expect(answer() == 2)
        #expect(try values(&data, "v1").count == 2)
        #expect(try values(&data, "v2").count == 2)
    }

    @Test func `an answer to a box that went elsewhere leaves the samples of who came after it`()
        throws
    {
        let codec = Self.profile("codec: codec.js", "water.level")
        var data = try Self.open(.chirpstack, "application/+/device/+/event/+", profile: codec)
        let (time, other) = (Self.minutes(10), "24e124713b492806")
        var directory = Self.moved(Self.eui, at: Self.minutes(5), to: "D-2")
        directory.assign(other, [.init(from: Self.minutes(5), labels: Self.labels("D-1", "v1"))])
        data.storage.pipeline.replaceDirectory(directory)
        for (eui, value) in [(other, 20.0), (Self.eui, 3)] {
            try data.send(
                "application/a/device/\(eui)/event/up",
                """
                {"deduplicationId": "f\(eui)", "devAddr": "01020304", "fCnt": 1,
                 "deviceInfo": {"devEui": "\(eui)"}, "fPort": 5, "data": "AQID"}
                """,
                at: time
            )
            let said = Array(Self.say(value, at: time).utf8)
            data.storage.pipeline.finish(
                data.storage.pipeline.takeCodecCalls().map {
                    .init(position: $0.position, result: .data(said, warningCount: 0))
                }
            )
        }
        #expect(try values(&data, "v1") == [20])
        #expect(try data.values(["__name__": Self.level, "device": "D-2"]) == [3])
    }

    @Test func `a repeated frame is one reading, and a join of before forgets no frame of now`()
        throws
    {
        let object = Self.profile("", "water.level")
            .replacing("  - time: {path: time}\n    json:", with: "  - json:")
        var data = try Self.open(.chirpstack, "application/+/device/+/event/+", profile: object)
        data.storage.pipeline.replaceDirectory(Self.before(Self.eui))
        func send(_ event: String, _ counter: Int, _ minute: Int64) throws {
            try data.send(
                "application/a/device/\(Self.eui)/event/\(event)",
                """
                {"deduplicationId": "\(event)\(minute)", "devAddr": "01020304",
                 "fCnt": \(counter), "deviceInfo": {"devEui": "\(Self.eui)"}, "fPort": 5,
                 "object": {"value": \(counter)}}
                """,
                at: Self.minutes(minute)
            )
        }
        try send("up", 7, 0)
        try send("join", 0, 1)
        try send("up", 1, 2)
        try send("up", 1, 3)
        data.storage.pipeline.replaceDirectory(Self.moved(Self.eui, at: Self.minutes(1)))
        _ = try data.retake([Self.eui: Self.minutes(1)])
        #expect(try values(&data, "v2").count == 1, "two gateways heard it")
        try send("up", 1, 4)
        #expect(try values(&data, "v2").count == 1)
        #expect(try values(&data, "v1").count == 1)
    }

    @Test func `the parts of a message about several devices are taken each for itself`() throws {
        let lines = """
            id: lines
            manufacturer: test
            model: lines
            title: Lines
            kind: other
            source: test
            families: [csv]
            csv:
              columns: [station, at, level]
              time: {column: at, format: unix}
              device: station
            messages:
              - records:
                  - {record: level, quantity: water.level}
            """
        var data = try Self.open(.csv, "lines", profile: lines, named: "lines")
        data.storage.pipeline.replaceDirectory(Self.before("b"))
        let time = Self.minutes(10)
        let seconds = time.milliseconds / 1000
        try data.send("lines", "a,\(seconds),1\nb,\(seconds),2\n", at: time)
        #expect(try values(&data, "v1").count == 1)
        data.storage.pipeline.replaceDirectory(Self.moved("b", at: Self.minutes(5)))
        let report = try data.retake(["b": Self.minutes(5)])
        #expect(report.stored == 1)
        #expect(try values(&data, "v1").isEmpty)
        #expect(try values(&data, "v2").count == 1)
        #expect(try data.values(["__name__": Self.level, "device": "a"]).count == 1)
    }

    @Test func `after a crash in any slice a new beginning makes it right`() throws {
        for count in 0..<8 {
            let place = try TemporaryFolder("langso-again")
            do {
                var data = try Self.open(in: place)
                data.storage.pipeline.replaceDirectory(Self.before("b"))
                for minute in 0..<6 {
                    let time = Self.minutes(Int64(minute))
                    try data.send("boxes/b", Self.say(Double(minute), at: time), at: time)
                }
                try data.storage.pipeline.checkpoint(at: Self.minutes(6))
                data.storage.pipeline.replaceDirectory(Self.moved("b", at: Self.minutes(3)))
                let journal = try JournalReader(folder: place.path(of: "data"))
                var retaking = Retaking(["b": Self.minutes(3)])
                for _ in 0..<count where !retaking.isDone {
                    try data.storage.pipeline.retake(
                        journal,
                        &retaking,
                        at: Self.minutes(6),
                        most: 2
                    )
                    if count % 2 == 0 { try data.storage.pipeline.checkpoint(at: Self.minutes(7)) }
                }
            }
            var data = try Self.open(in: place)
            data.storage.pipeline.replaceDirectory(Self.moved("b", at: Self.minutes(3)))
            _ = try data.retake(["b": Self.minutes(3)])
            #expect(try values(&data, "v1") == [0, 1, 2], "\(count) slices")
            #expect(try values(&data, "v2") == [3, 4, 5], "\(count) slices")
        }
    }

    // MARK: Sparkplug

    static func sparkplug(
        _ sequence: UInt64,
        _ metrics: [(name: String, alias: UInt64, value: Double?)]
    ) -> [UInt8] {
        var writer = ProtobufWriter()
        for (name, alias, value) in metrics {
            writer.nested(2) { metric in
                if !name.isEmpty { metric.bytes(1, name.utf8) }
                metric.variable(2, alias)
                metric.variable(4, value == nil ? 8 : 10)
                if let value {
                    metric.fixed64(13, value.bitPattern)
                } else {
                    metric.variable(11, 7)
                }
            }
        }
        writer.variable(3, sequence)
        return writer.bytes
    }

    @Test func `what a node said before its last birth is read by the birth of then`() throws {
        var data = try Self.open(.sparkplug, "spBv1.0/#", named: "sparkplug-street-lamp")
        let lamp = "village/n1/lamp"
        data.storage.pipeline.replaceDirectory(Self.before(lamp))
        func send(_ kind: String, _ bytes: [UInt8], _ minute: Int64) throws {
            let place = kind.hasPrefix("N") ? "n1" : "n1/lamp"
            let topic = "spBv1.0/village/\(kind)/\(place)"
            try data.send(topic, bytes: bytes, at: Self.minutes(minute))
        }
        let born = Self.sparkplug(0, [("bdSeq", 1, nil)])
        try send("NBIRTH", born, 0)
        try send("DBIRTH", Self.sparkplug(1, [("lamp/power", 11, 38)]), 0)
        try send("DDATA", Self.sparkplug(2, [("", 11, 21)]), 10)
        try send("NBIRTH", born, 20)
        try send("DBIRTH", Self.sparkplug(1, [("lamp/level", 11, 50), ("lamp/power", 12, 39)]), 20)
        try send("DDATA", Self.sparkplug(2, [("", 12, 40)]), 30)
        data.storage.pipeline.replaceDirectory(Self.moved(lamp, at: Self.minutes(5)))
        let report = try data.retake([lamp: Self.minutes(5)])
        #expect(report.undecoded.isEmpty && report.stored == 3)
        func power(_ village: String) throws -> [Double] {
            try data.values(["__name__": "lamp_power_watts", "village": village])
        }
        #expect(try power("v1") == [38])
        #expect(try power("v2") == [21, 39, 40])
        // What is remembered of now is that of the last birth.
        try send("DDATA", Self.sparkplug(3, [("", 12, 41)]), 40)
        #expect(try power("v2").last == 41)
    }

    @Test func `a device behind levels of a bridge is read by the birth of then too`() throws {
        var data = try Self.open(.sparkplug, "#", named: "sparkplug-street-lamp")
        let lamp = "west/1/village/n1/lamp"
        data.storage.pipeline.replaceDirectory(Self.before(lamp))
        func send(_ kind: String, _ bytes: [UInt8], _ minute: Int64) throws {
            let place = kind.hasPrefix("N") ? "n1" : "n1/lamp"
            let topic = "spBv1.0/village/\(kind)/\(place)"
            // One of the same name that stands behind no bridge is another.
            for prefix in ["west/1/", ""] {
                try data.send(prefix + topic, bytes: bytes, at: Self.minutes(minute))
            }
        }
        for (minute, alias) in [(0, UInt64(11)), (20, 12)] {
            try send("NBIRTH", Self.sparkplug(0, [("bdSeq", 1, nil)]), Int64(minute))
            let metrics = [("lamp/power", alias, 38.0 as Double?), ("lamp/level", 23 - alias, 50)]
            try send("DBIRTH", Self.sparkplug(1, metrics), Int64(minute))
            try send("DDATA", Self.sparkplug(2, [("", alias, 21)]), Int64(minute) + 10)
        }
        data.storage.pipeline.replaceDirectory(Self.moved(lamp, at: Self.minutes(5)))
        let report = try data.retake([lamp: Self.minutes(5)])
        #expect(report.undecoded.isEmpty && report.stored == 3, "\(report)")
        func power(_ labels: Labels) throws -> [Double] {
            try data.values(labels.setting("__name__", to: "lamp_power_watts"))
        }
        #expect(try power(["device": "D-1", "village": "v1"]) == [38])
        #expect(try power(["device": "D-1", "village": "v2"]) == [21, 38, 21])
        #expect(try power(["device": "village/n1/lamp"]).count == 4)
    }

    // MARK: What is left

    @Test func `what the new profile cannot read is counted, and among the undecodable ones`()
        throws
    {
        var data = try Self.open()
        try data.send("boxes/b", Self.say(1, at: Self.minutes(1)), at: Self.minutes(1))
        var devices = DeviceDirectory()
        devices.assign("b", .init(profile: "no-such-profile"))
        data.storage.pipeline.replaceDirectories(devices, Self.moved("b", at: Self.start))
        let report = try data.retake(["b": Self.start])
        #expect(report.stored == 0)
        #expect(report.undecoded.values.reduce(0, +) == 1, "\(report.undecoded)")
        #expect(data.storage.pipeline.deadLetters.entries.count == 1)
    }

    @Test func `a journal that does not reach back says since when it does`() throws {
        var data = try Self.open()
        data.storage.pipeline.replaceDirectory(Self.before("b"))
        let padding = String(repeating: " ", count: 60_000)
        for minute in 0..<120 {
            let time = Self.minutes(Int64(minute))
            try data.send("boxes/b", Self.say(1, at: time) + padding, at: time)
            try data.storage.pipeline.checkpoint(at: time)
        }
        data.storage.pipeline.replaceDirectory(Self.moved("b", at: Self.start))
        let report = try data.retake(["b": Self.start])
        let heldSince = try #require(report.heldSince)
        #expect(heldSince > Self.minutes(1) && report.stored > 30)
        let first = try data.samples(["__name__": Self.level, "village": "v2"]).first
        #expect(first?.time == heldSince)
    }

    @Test func `marks of readings go with them, and show what is stored`() throws {
        var policy = QualityPolicy()
        policy.quantities["water.volume"] = .init()
        policy.quantities["water.volume"]?.sentinels = [7999]
        var data = try Self.open(
            profile: Self.profile("families: [plain_json]", "water.volume"),
            quality: policy
        )
        data.storage.pipeline.replaceDirectory(Self.before("b"))
        for (minute, value) in [(1, 5.0), (2, 7999)] {
            let time = Self.minutes(Int64(minute))
            try data.send("boxes/b", Self.say(value, at: time), at: time)
        }
        var directory = IngestDirectory()
        directory.assign(
            "b",
            [
                .init(until: Self.start, labels: Self.labels("D-1", "v1")),
                .init(
                    from: Self.start,
                    labels: Self.labels("D-1", "v2"),
                    counterOffsets: ["water.volume": 100]
                ),
            ]
        )
        data.storage.pipeline.replaceDirectory(directory)
        _ = try data.retake(["b": Self.start])
        func rejected(_ village: String) throws -> [Double] {
            try data.values([
                "__name__": IngestPipeline.rejectedMetric, "reason": "sentinel",
                "village": village,
            ])
        }
        #expect(try rejected("v1").isEmpty)
        #expect(try rejected("v2") == [8099])
        let name = "water_volume_cubic_metres_total"
        #expect(try data.values(["__name__": name, "village": "v1"]).isEmpty)
        #expect(try data.values(["__name__": name, "village": "v2"]) == [105])
    }
}
