import RemoteWrite
import Telemetry
import TestKit
import Testing

@Suite struct WriteRequestTests {
    private static let lamp = RemoteWriteMessage(series: [
        .init(
            labels: [("__name__", "lamp"), ("village", "Nà Ếch")],
            samples: [(1.5, 1000), (-0.0, -5), (0, 0)]
        )
    ])

    @Test(arguments: RemoteWriteVersion.allCases)
    func `samples and labels come as they were sent`(version: RemoteWriteVersion) throws {
        var message = Self.lamp
        message.hasUnknownFields = true
        let request = try WriteRequest(
            packed: message.packed(version).span,
            version: version
        )
        #expect(request.series.count == 1)
        #expect(request.series[0].labels == Labels(metric: "lamp", ["village": "Nà Ếch"]))
        #expect(request.series[0].range == 0..<3)
        #expect(request.samples.map(\.time.milliseconds) == [1000, -5, 0])
        let bits = request.samples.map(\.value.bitPattern)
        #expect(bits == [1.5, -0.0, 0].map(\.bitPattern))
        #expect(request.refusals.isEmpty)
    }

    @Test func `a message of the first version written by hand is read`() throws {
        let bytes: [UInt8] =
            [0x0A, 0x1D]  // timeseries, 29 bytes
            + [0x0A, 0x0D, 0x0A, 0x08] + Array("__name__".utf8) + [0x12, 0x01, 0x75]
            + [0x12, 0x0C, 0x09, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F, 0x10, 0xD0, 0x0F]
        let request = try WriteRequest(message: bytes, version: .first)
        #expect(request.series.map(\.labels) == [Labels(metric: "u", [:])])
        #expect(request.samples == [Sample(time: Instant(milliseconds: 2000), value: 1)])
    }

    @Test func `a block with copies that overlap themselves is unpacked`() throws {
        // "aaaaaaaaaa": a literal of one byte, then nine bytes from one byte back, and what a
        // two-byte and a four-byte offset give of it.
        let block: [UInt8] = [22, 0x00, 0x61, 0x15, 0x01, 0x16, 0x05, 0x00, 0x17, 0x05, 0, 0, 0]
        let unpacked = try SnappyBlock.unpack(block.span, limit: 100)
        #expect(unpacked == [UInt8](repeating: 0x61, count: 22))
    }

    @Test func `a block that says it is larger than the limit is refused before it is unpacked`() {
        let block = RemoteWriteMessage.variable(1 << 31) + [0x00, 0x61]
        #expect(throws: RemoteWriteError.tooLarge(bytes: 1 << 31, limit: 1 << 20)) {
            try SnappyBlock.unpack(block.span, limit: 1 << 20)
        }
        #expect(throws: RemoteWriteError.malformedBlock) {
            try SnappyBlock.unpack([5, 0x00, 0x61].span, limit: 100)
        }
        #expect(throws: RemoteWriteError.malformedBlock) {
            try SnappyBlock.unpack([UInt8]().span, limit: 100)
        }
    }

    @Test(arguments: RemoteWriteVersion.allCases)
    func `what cannot be taken is named, and the rest is taken`(
        version: RemoteWriteVersion
    ) throws {
        let long = String(repeating: "x", count: WriteRequest.maximumValueBytes + 1)
        let many = (0..<WriteRequest.maximumLabels).map { ("l\(100 + $0)", "v") }
        let cases: [(WriteRefusals.Reason, [(String, String)])] = [
            (.noMetricName, [("village", "a")]),
            (.emptyLabelName, [("", "a"), ("__name__", "x")]),
            (.emptyLabelValue, [("__name__", "x"), ("a", "")]),
            (.unsortedLabels, [("__name__", "x"), ("b", "1"), ("a", "1")]),
            (.unsortedLabels, [("__name__", "x"), ("a", "1"), ("a", "2")]),
            (.tooManyLabels, [("__name__", "x")] + many),
            (.longLabel, [("__name__", "x"), ("a", long)]),
        ]
        for (reason, labels) in cases {
            var message = Self.lamp
            message.series.insert(.init(labels: labels, samples: [(1, 1), (2, 2)]), at: 0)
            let request = try WriteRequest(message: message.bytes(version), version: version)
            #expect(request.refusals.counts == [reason: 2], "\(labels)")
            #expect(request.refusals.sampleCount == 2)
            #expect(request.refusals.sentence.hasPrefix("not taken: 2 samples of "))
            #expect(request.series.count == 1)
            #expect(request.series[0].range == 0..<3)
            #expect(request.samples.count == 3)
        }
    }

    @Test(arguments: RemoteWriteVersion.allCases)
    func `native histograms are refused and exemplars passed over`(
        version: RemoteWriteVersion
    ) throws {
        var message = Self.lamp
        message.series[0].histograms = 2
        message.series[0].exemplars = 3
        let request = try WriteRequest(message: message.bytes(version), version: version)
        #expect(request.histogramCount == 2)
        #expect(request.exemplarCount == 3)
        #expect(request.refusals.counts == [.histogram: 2])
        #expect(request.samples.count == 3)
    }

    @Test func `a small body cannot ask for much memory`() throws {
        // A sample takes two bytes, a label two, a symbol two, a reference one.
        let samples = RemoteWriteMessage.field(1, Self.many([0x12, 0]))
        #expect(throws: RemoteWriteError.tooMany("samples", limit: WriteRequest.maximumSamples)) {
            try WriteRequest(message: samples, version: .first)
        }
        let symbols = Self.many([0x22, 0])
        #expect(throws: RemoteWriteError.tooMany("symbols", limit: WriteRequest.maximumSymbols)) {
            try WriteRequest(message: symbols, version: .second)
        }
        let sample = RemoteWriteMessage.field(2, [])
        let labels = RemoteWriteMessage.field(1, Self.many([0x0A, 0]) + sample)
        let first = try WriteRequest(message: labels, version: .first)
        #expect(first.refusals.counts == [.tooManyLabels: 1])
        let references = RemoteWriteMessage.field(1, [UInt8](repeating: 0, count: 2_000_000))
        let second = try WriteRequest(
            message: RemoteWriteMessage.field(4, [])
                + RemoteWriteMessage.field(5, references + sample),
            version: .second
        )
        #expect(second.refusals.counts == [.tooManyLabels: 1])
        let name = String(repeating: "é", count: 200_000)
        let long = RemoteWriteMessage(series: [
            .init(labels: [("__name__", name)], samples: [(1, 1)])
        ])
        let told = try WriteRequest(message: long.bytes(.first), version: .first)
        #expect(told.refusals.sentence.utf8.count < 400)
    }

    /// Two bytes so often that there is one too many.
    private static func many(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](repeatElement(bytes, count: 1_000_001).joined())
    }

    @Test func `references without a symbol are refused`() {
        let series = RemoteWriteMessage.field(5, RemoteWriteMessage.field(1, [1, 7]))
        let message = series + RemoteWriteMessage.field(4, []) + RemoteWriteMessage.field(4, [0x61])
        #expect(throws: RemoteWriteError.self) {
            try WriteRequest(message: message, version: .second)
        }
        let odd =
            RemoteWriteMessage.field(5, RemoteWriteMessage.field(1, [1]))
            + RemoteWriteMessage.field(4, [])
        #expect(throws: RemoteWriteError.self) { try WriteRequest(message: odd, version: .second) }
        let first = RemoteWriteMessage.field(4, [0x61])
        #expect(throws: RemoteWriteError.self) {
            try WriteRequest(message: first, version: .second)
        }
    }

    @Test(arguments: [("x", nil), ("x", RemoteWriteVersion.second)])
    func `an empty message is an empty request`(_: String, version: RemoteWriteVersion?) throws {
        let request = try WriteRequest(message: [], version: version ?? .first)
        #expect(request.series.isEmpty)
        #expect(request.samples.isEmpty)
    }

    @Test(arguments: RemoteWriteVersion.allCases)
    func `a message of any content comes back as it was`(version: RemoteWriteVersion) throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("remote write: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        for _ in 0..<50 {
            let message = RemoteWriteMessage.random(&random)
            let request = try WriteRequest(
                packed: message.packed(version).span,
                version: version
            )
            #expect(request.refusals.isEmpty)
            #expect(request.series.count == message.series.count)
            for (read, sent) in zip(request.series, message.series) {
                #expect(read.labels.sorted.map(\.name) == sent.labels.map(\.0))
                #expect(read.labels.sorted.map(\.value) == sent.labels.map(\.1))
                let samples = request.samples[read.range]
                #expect(samples.map(\.time.milliseconds) == sent.samples.map(\.time))
                #expect(
                    samples.map(\.value.bitPattern) == sent.samples.map(\.value.bitPattern)
                )
            }
        }
    }

    @Test(arguments: RemoteWriteVersion.allCases)
    func `a damaged message is read or refused, whatever the damage`(
        version: RemoteWriteVersion
    ) throws {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        print("damaged remote write: seed \(seed)")
        var random = SeededGenerator(seed: seed)
        let whole = Self.lamp.bytes(version)
        for length in whole.indices {
            _ = try? WriteRequest(message: Array(whole[..<length]), version: version)
        }
        var refused = 0
        for _ in 0..<5000 {
            var bytes = RemoteWriteMessage.random(&random).bytes(version)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: bytes.indices, using: &random)
                bytes[place] = UInt8.random(in: 0...255, using: &random)
            }
            do {
                let request = try WriteRequest(message: bytes, version: version)
                let covered = request.series.reduce(0) { $0 + $1.range.count }
                #expect(covered == request.samples.count)
            } catch {
                refused += 1
                #expect(error.description.hasPrefix("cannot read the message: "))
            }
            var block = RemoteWriteMessage.packed(bytes)
            block[Int.random(in: block.indices, using: &random)] ^= 0x55
            _ = try? WriteRequest(packed: block.span, version: version)
        }
        #expect(refused > 100)
    }

    @Test func `headers say which message comes`() throws {
        let second = "application/x-protobuf;proto=io.prometheus.write.v2.Request"
        let known: [(String?, String?, RemoteWriteVersion)] = [
            // As Prometheus takes it: who says nothing means the first.
            (nil, "snappy", .first), ("", nil, .first),
            ("application/x-protobuf", "snappy", .first),
            ("application/x-protobuf", nil, .first),
            ("Application/X-Protobuf; proto=prometheus.WriteRequest", "Snappy", .first),
            (second, "snappy", .second),
            (second + "; charset=utf-8", "snappy", .second),
        ]
        for (type, encoding, version) in known {
            let read = try RemoteWriteVersion(contentType: type, contentEncoding: encoding)
            #expect(read == version, "\(type ?? "")")
        }
        let unknown: [(String, String?)] = [
            ("application/json", "snappy"), (";", "snappy"), ("application/x-protobuf", "gzip"),
            ("application/x-protobuf;proto=io.prometheus.write.v3.Request", "snappy"),
        ]
        for (type, encoding) in unknown {
            #expect(throws: RemoteWriteError.self, "\(type) \(encoding ?? "")") {
                try RemoteWriteVersion(contentType: type, contentEncoding: encoding)
            }
        }
    }
}

extension RemoteWriteMessage {
    /// A message with a few series of sorted labels.
    static func random(_ random: inout SeededGenerator) -> RemoteWriteMessage {
        let series = (0..<Int.random(in: 1...5, using: &random)).map { index in
            let names = ["a", "device", "làng", "z"].filter { _ in Bool.random(using: &random) }
            let labels = names.map { ($0, "v\(Int.random(in: 0...9, using: &random))") }
            let samples = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                (
                    value: Double(bitPattern: UInt64.random(in: 0 ... .max, using: &random)),
                    time: Int64.random(in: -10...4_000_000_000_000, using: &random)
                )
            }
            let metric = ("__name__", "metric_\(index)")
            return Series(
                labels: ([metric] + labels).sorted {
                    $0.0.utf8.lexicographicallyPrecedes($1.0.utf8)
                },
                samples: samples
            )
        }
        return RemoteWriteMessage(series: series)
    }
}
