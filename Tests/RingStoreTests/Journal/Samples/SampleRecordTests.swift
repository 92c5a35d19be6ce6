import RingStore
import Telemetry
import TestKit
import Testing

/// How samples lie in a record, seen from outside: what a journal writes, a reader reads.
@Suite struct SampleRecordTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let village: Labels = ["__name__": "đèn", "village": "Nà Ếch"]

    /// Labels of any number.
    private static func labels(_ number: UInt32) -> Labels {
        ["__name__": "metric", "number": "\(number)"]
    }

    /// The payloads that a journal of usual size makes of samples.
    private func payloads(
        _ samples: [NumberedSample],
        labels: (UInt32) -> Labels = labels
    ) throws -> [[UInt8]] {
        var journal = try Journal.create(
            folder: folder.path,
            settings: JournalSettings(),
            at: JournalBench.start
        )
        let batch = RecordBatch()
        try journal.append(samples, receivedAt: JournalBench.start, to: batch, labels: labels)
        var payloads: [[UInt8]] = []
        batch.forEach { payloads.append(JournalRecord($0).payload) }
        return payloads
    }

    /// Hands a payload to a reader as the journal would.
    private static func read(
        _ payload: [UInt8],
        _ reader: inout SampleRecordReader
    ) throws -> [NumberedSample] {
        let batch = RecordBatch()
        try batch.append(kind: .samples, receivedAt: JournalBench.start, payload: payload)
        try batch.forEach { record in try reader.read(record) }
        return reader.samples
    }

    private static func isSame(_ left: [NumberedSample], _ right: [NumberedSample]) -> Bool {
        left.elementsEqual(right) {
            $0.series == $1.series && $0.sample.time == $1.sample.time
                && $0.sample.value.bitPattern == $1.sample.value.bitPattern
        }
    }

    private static func sample(_ series: UInt32, _ time: Int64, _ bits: UInt64) -> NumberedSample {
        NumberedSample(
            series: series,
            sample: Sample(time: Instant(milliseconds: time), value: Double(bitPattern: bits))
        )
    }

    // MARK: What comes back

    @Test func `every number, time and bit pattern at the limits comes back`() throws {
        let numbers: [UInt32] = [0, 1, 2, 130, 127, 128, 32_767, 40_000, 3_999_999, 5]
        let times: [Int64] = [
            0, .max, .min, -1, 1, .min + 1, .max - 1, 1_750_000_000_000, 127, 128, -32_769,
            1 << 47, -(1 << 55),
        ]
        let bits: [UInt64] = [
            0, 1, .max, 1 << 63, Double.infinity.bitPattern, (-Double.infinity).bitPattern,
            0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0002, 0xFFF8_0000_0000_0001, 0xFF << 56,
            1.0.bitPattern, 0.1.bitPattern, Double.leastNonzeroMagnitude.bitPattern,
        ]
        var samples: [NumberedSample] = []
        for number in numbers {
            for time in times {
                for bits in bits { samples.append(Self.sample(number, time, bits)) }
            }
        }
        var reader = SampleRecordReader()
        var read: [NumberedSample] = []
        for payload in try payloads(samples) { read += try Self.read(payload, &reader) }
        #expect(Self.isSame(read, samples))
        for number in numbers { #expect(reader.labels(of: number) == Self.labels(number)) }
    }

    @Test func `random samples come back with every bit`() throws {
        var random = SeededGenerator.forTest()
        let seed = random.seed
        // Widths are random too, so that each length of each part occurs.
        func number() -> UInt64 { random.next() >> random.next(upperBound: UInt64(64)) }
        let samples = (0..<20_000).map { _ in
            Self.sample(
                UInt32(number() % 4_000_000),
                Int64(bitPattern: number()) &* (random.next() & 1 == 0 ? 1 : -1),
                number() << random.next(upperBound: UInt64(64))
            )
        }
        var reader = SampleRecordReader()
        var read: [NumberedSample] = []
        for payload in try payloads(samples) { read += try Self.read(payload, &reader) }
        #expect(Self.isSame(read, samples), "seed \(seed)")
    }

    @Test func `one sample each of many series takes few bytes once they are named`() throws {
        let first = (0..<1000).map { Self.sample($0, 1_750_000_000_000, 0.1.bitPattern) }
        let payloads = try payloads(first + first)
        let second = try #require(payloads.last)
        #expect(payloads.count == 2)
        #expect(second.count <= 976 * 9 + 20)
    }

    // MARK: The bytes

    @Test func `version 3 is written as documented`() throws {
        let samples = [
            Self.sample(3, 1_000, 1.5.bitPattern), Self.sample(4, 1_000, 0),
            Self.sample(3, 999, 0.1.bitPattern),
        ]
        let payload = try payloads(samples) { number in
            number == 3 ? ["__name__": "up"] : ["a": "đ"]
        }
        var expected: [UInt8] = [3, 2, 0, 3, 0]
        expected += [3, 1, 2, 8] + Array("__name__".utf8) + [2] + Array("up".utf8)
        expected += [4, 1, 2, 1] + Array("a".utf8) + [2] + Array("đ".utf8)
        // Number 3 is four on from -1 + 1: folded 6. 1000 ms folded are 2000. 1.5 is 3FF8.
        expected += [0b01_001_010, 6, 0xD0, 0x07, 0xF8, 0x3F]
        // The next number, the same time, and zero.
        expected += [0]
        // Two back from the next number: folded 3. One millisecond back: 1. All bytes of 0.1.
        expected += [0b01_111_001, 3, 1, 0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F]
        #expect(payload == [expected])
    }

    @Test func `a definition has of its labels what differs from the one before`() throws {
        let series: [Labels] = [
            ["__name__": "lit", "device": "đ1", "zone": "a"],
            // The first and the last are the same.
            ["__name__": "lit", "device": "đ2", "zone": "a"],
            // Fewer, another name in the second place; then more than before.
            ["__name__": "lit", "zone": "a"],
            ["__name__": "on", "device": "đ2", "zone": "a"],
        ]
        let samples = (0..<4).map { Self.sample($0, 0, 0) }
        let payload = try #require(try payloads(samples) { series[Int($0)] }.first)
        var expected: [UInt8] = [3, 4, 0, 4, 0]
        let name: [UInt8] = [8] + Array("__name__".utf8)
        let lit: [UInt8] = [3] + Array("lit".utf8)
        let device: [UInt8] = [6] + Array("device".utf8)
        let zone: [UInt8] = [2, 4] + Array("zone".utf8) + [1] + Array("a".utf8)
        expected += [0, 3, 2] + name + lit + [2] + device + [3] + Array("đ1".utf8) + zone
        expected += [1, 3, 0, 1, 3] + Array("đ2".utf8) + [0]
        expected += [2, 2, 0] + zone
        expected += [3, 3, 1, 2] + Array("on".utf8) + [2] + device + [3] + Array("đ2".utf8) + zone
        expected += [0, 0, 0, 0]
        #expect(payload == expected)
        var reader = SampleRecordReader()
        #expect(Self.isSame(try Self.read(payload, &reader), samples))
        for number in 0..<4 { #expect(reader.labels(of: UInt32(number)) == series[number]) }
        // Nothing lies before the first, and nothing in a place that the one before has not.
        for (form, place) in [(0, 7), (1, 7), (3, 7)] {
            var damaged = payload
            damaged[place] = UInt8(form)
            #expect(throws: SampleRecordFault.malformed) { try Self.read(damaged, &reader) }
        }
    }

    /// Three samples as programs before version 3 wrote them.
    private static let second: [UInt8] = {
        var bytes: [UInt8] = [2, 2, 0, 3, 0]
        bytes += [3, 1, 8] + Array("__name__".utf8) + [2] + Array("up".utf8)
        bytes += [4, 1, 1] + Array("a".utf8) + [2] + Array("đ".utf8)
        bytes += [0b01_001_010, 6, 0xD0, 0x07, 0xF8, 0x3F, 0]
        return bytes + [0b01_111_001, 3, 1, 0x9A, 0x99, 0x99, 0x99, 0x99, 0x99, 0xB9, 0x3F]
    }()

    @Test func `version 2 is still read`() throws {
        var reader = SampleRecordReader()
        let read = try Self.read(Self.second, &reader)
        let expected = [
            Self.sample(3, 1_000, 1.5.bitPattern), Self.sample(4, 1_000, 0),
            Self.sample(3, 999, 0.1.bitPattern),
        ]
        #expect(Self.isSame(read, expected))
        #expect(reader.labels(of: 3) == ["__name__": "up"])
        #expect(reader.labels(of: 4) == ["a": "đ"])
    }

    /// Two samples as programs before version 2 wrote them.
    private static let first: [UInt8] = {
        var bytes: [UInt8] = [1, 2, 0, 0, 0]
        bytes += [2, 0, 8, 0] + Array("__name__".utf8) + [5, 0] + Array("đèn".utf8)
        bytes += [7, 0] + Array("village".utf8) + [9, 0] + Array("Nà Ếch".utf8)
        bytes += [1, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0, 0, 0, 0xF8, 0x3F]
        bytes += [1, 0, 8, 0] + Array("__name__".utf8) + [2, 0] + Array("up".utf8)
        return bytes + [UInt8](repeating: 0xFF, count: 8) + [2, 0, 0, 0, 0, 0, 0xF0, 0x7F]
    }()

    @Test func `version 1 is still read`() throws {
        var reader = SampleRecordReader()
        let read = try Self.read(Self.first, &reader)
        let expected = [
            Self.sample(0, 1, 1.5.bitPattern), Self.sample(1, -1, 0x7FF0_0000_0000_0002),
        ]
        #expect(Self.isSame(read, expected))
        #expect(reader.labels(of: 0) == Self.village)
        #expect(reader.labels(of: 1) == ["__name__": "up"])
    }

    // MARK: What is refused

    @Test func `a record whose definitions were not read is refused`() throws {
        let samples = (0..<1030).map { Self.sample($0 % 1024, Int64($0), 0) }
        let payloads = try payloads(samples)
        #expect(payloads.count == 2)
        var reader = SampleRecordReader()
        #expect(throws: SampleRecordFault.undefinedSeries(0)) {
            try Self.read(payloads[1], &reader)
        }
        #expect(reader.samples.isEmpty)
        _ = try Self.read(payloads[0], &reader)
        #expect(try Self.read(payloads[1], &reader).count == 6)
        // A record that cannot be read may have defined anything anew.
        #expect(throws: SampleRecordFault.unknownVersion(4)) { try Self.read([4], &reader) }
        #expect(throws: SampleRecordFault.undefinedSeries(0)) {
            try Self.read(payloads[1], &reader)
        }
        // So may a record of a program that knew no numbers.
        _ = try Self.read(payloads[0], &reader)
        _ = try Self.read(Self.first, &reader)
        #expect(reader.labels(of: 0) == Self.village)
        let late = try #require(throws: SampleRecordFault.self) {
            try Self.read([2, 0, 0, 1, 0, 0b01_000_000, 4], &reader)
        }
        #expect(late == .undefinedSeries(2))
    }

    @Test func `a payload that is cut or has something behind it is refused`() throws {
        let samples = (0..<5).map { Self.sample($0, 1_750_000_000_000, 0.1.bitPattern) }
        let counts: [UInt8: Int] = [1: 2, 2: 3, 3: 5]
        for payload in [try payloads(samples)[0], Self.first, Self.second] {
            for count in 0..<payload.count {
                var reader = SampleRecordReader()
                #expect(throws: SampleRecordFault.malformed, "\(count) bytes") {
                    try Self.read(Array(payload.prefix(count)), &reader)
                }
                #expect(reader.samples.isEmpty && reader.defined.isEmpty)
            }
            var reader = SampleRecordReader()
            #expect(throws: SampleRecordFault.malformed) {
                try Self.read(payload + [0], &reader)
            }
            #expect(try Self.read(payload, &reader).count == counts[payload[0]])
        }
    }

    @Test func `damaged payloads are refused or read as something, and nothing else`() throws {
        var random = SeededGenerator.forTest()
        let seed = random.seed
        let samples = (0..<20).map {
            Self.sample($0 * 7, Int64.random(in: 0...1 << 41, using: &random), random.next())
        }
        let whole = [try payloads(samples)[0], Self.first, Self.second]
        var (refused, accepted) = (0, 0)
        for _ in 0..<4_000 {
            var payload = whole[Int.random(in: 0...2, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0..<payload.count, using: &random)
                payload[index] = UInt8(truncatingIfNeeded: random.next())
            }
            var reader = SampleRecordReader()
            do {
                for sample in try Self.read(payload, &reader) {
                    _ = reader.labels(of: sample.series)
                }
                accepted += 1
            } catch is SampleRecordFault {
                #expect(reader.samples.isEmpty, "seed \(seed)")
                refused += 1
            }
        }
        #expect(refused > 200 && accepted > 200, "seed \(seed)")
    }

    @Test func `text that is not UTF-8 and numbers beyond the limit are refused`() throws {
        var reader = SampleRecordReader()
        let text: [UInt8] = [2, 1, 0, 0, 0, 0, 1, 1, 0xFF, 1, 0x61]
        #expect(throws: SampleRecordFault.malformed) { try Self.read(text, &reader) }
        // Four million, one more than the last number.
        let number: [UInt8] = [2, 1, 0, 0, 0, 0x80, 0x92, 0xF4, 0x01, 0]
        #expect(throws: SampleRecordFault.malformed) { try Self.read(number, &reader) }
        let last: [UInt8] = [2, 1, 0, 0, 0, 0xFF, 0x91, 0xF4, 0x01, 0]
        #expect(try Self.read(last, &reader).isEmpty)
    }
}
