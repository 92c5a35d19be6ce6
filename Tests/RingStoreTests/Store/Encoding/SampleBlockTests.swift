import TestKit
import Testing

@testable import RingStore

struct SampleBlockTests {
    /// Encodes a run block by block and decodes it again.
    private func roundTrip(_ run: SampleRun) -> (run: SampleRun, byteCount: Int) {
        var block = SampleBlock()
        var decoded = SampleRun()
        var byteCount = 0
        var index = 0
        while index < run.count {
            let encoded = block.encode(run, from: index, to: run.count)
            // A block is read from the middle of a chunk.
            let bytes = [0xAA, 0xBB] + encoded.bytes + [0xCC]
            let isWhole = unsafe SampleBlock.decode(
                bytes.span.bytes,
                2..<2 + encoded.bytes.count,
                count: encoded.next - index,
                firstTime: run.times[index],
                in: .min ... .max,
                into: &decoded
            )
            #expect(isWhole)
            #expect(encoded.next - index <= SampleBlock.maximumSamples)
            #expect(encoded.bytes.count <= SampleBlock.fullBytes + 18)
            byteCount += encoded.bytes.count
            index = encoded.next
        }
        return (decoded, byteCount)
    }

    private func run(_ samples: [(Int64, UInt64)]) -> SampleRun {
        var run = SampleRun()
        for (time, bits) in samples { run.append(time, bits) }
        return run
    }

    @Test func `steps at the edges of every width come back`() {
        let edges: [Int64] = [
            0, 1, 63, 64, 65, 4095, 4096, 4097, 524_287, 524_288, 524_289, 1 << 40, 1 << 61,
        ]
        for before in edges {
            for after in edges {
                let times = [-7, -7 + before + 1, -7 + before + 1 + after + 1]
                let samples = times.map { ($0, UInt64(bitPattern: $0)) }
                let result = roundTrip(run(samples)).run
                #expect(result.times == times, "\(before) \(after)")
                #expect(result.bits == samples.map(\.1))
            }
        }
        let ends = run([(.min, 1), (0, 2), (.max, 3)])
        #expect(roundTrip(ends).run.times == [.min, 0, .max])
        let neighbours = run([(.min, 1), (.max - 1, 2), (.max, 3)])
        #expect(roundTrip(neighbours).run.times == [.min, .max - 1, .max])
    }

    @Test func `every pair of neighbouring bit patterns comes back`() {
        var patterns: [UInt64] = [
            0, 1, .max, 0x7FF0_0000_0000_0002, 0x8000_0000_0000_0000, 0x7FF0_0000_0000_0000,
        ]
        for shift in 0..<64 { patterns.append(1 << UInt64(shift)) }
        for shift in 1..<64 { patterns.append(.max << UInt64(shift)) }
        var samples: [(Int64, UInt64)] = []
        for first in patterns {
            for second in patterns.prefix(20) {
                samples.append((Int64(samples.count), first))
                samples.append((Int64(samples.count), second))
            }
        }
        #expect(roundTrip(run(samples)).run.bits == samples.map(\.1))
    }

    @Test func `random samples come back`() {
        var generator = SeededGenerator(seed: 41)
        for round in 0..<40 {
            var samples: [(Int64, UInt64)] = []
            var time = Int64(bitPattern: generator.next()) / 4
            for _ in 0..<Int(generator.next() % 300) {
                time += 1 + Int64(generator.next() >> (1 + generator.next() % 62)) / 1024
                samples.append((time, generator.next() >> UInt64(round)))
            }
            let result = roundTrip(run(samples)).run
            #expect(result.times == samples.map(\.0), "round \(round)")
            #expect(result.bits == samples.map(\.1))
        }
    }

    @Test func `the sizes that the format promises are held`() {
        let steady = run((0..<1000).map { (1_750_000_000_000 + Int64($0) * 60_000, 42) })
        // A bit for the time and one for the value; the first step takes 68, the first value 64.
        #expect(roundTrip(steady).byteCount == (64 + 24 + 999 * 2 - 1 + 7) / 8)
        var generator = SeededGenerator(seed: 42)
        let jitter = run(
            (0..<1000).map { number in
                (Int64(number) * 60_000 + Int64(generator.next() % 2000), 42)
            }
        )
        #expect(roundTrip(jitter).byteCount < 1000 * 18 / 8)
    }

    @Test func `a part of the times can be asked for`() {
        let all = run((0..<100).map { (Int64($0) * 10, UInt64($0)) })
        var block = SampleBlock()
        let encoded = block.encode(all, from: 0, to: 100)
        for range: ClosedRange<Int64> in [0...0, 95...105, 991...2000, -5...(-1), 300...305] {
            var part = SampleRun()
            let isWhole = unsafe SampleBlock.decode(
                encoded.bytes.span.bytes,
                0..<encoded.bytes.count,
                count: 100,
                firstTime: 0,
                in: range,
                into: &part
            )
            #expect(isWhole)
            #expect(part.times == all.times.filter { range.contains($0) })
        }
    }

    @Test func `a block that is cut short is not whole, wherever it is cut`() {
        let all = run((0..<50).map { (Int64($0 * $0) * 777, UInt64($0) << 40) })
        var block = SampleBlock()
        let encoded = block.encode(all, from: 0, to: 50)
        for length in 0..<encoded.bytes.count {
            var part = SampleRun()
            let bytes = Array(encoded.bytes[..<length])
            let isWhole = unsafe SampleBlock.decode(
                bytes.span.bytes,
                0..<length,
                count: 50,
                firstTime: 0,
                in: .min ... .max,
                into: &part
            )
            #expect(!isWhole, "\(length) bytes")
        }
    }
}
