import Foundation
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
            let count = encoded.next - index
            #expect(decode(encoded.bytes, count, run.times[index], into: &decoded))
            #expect(count <= SampleBlock.maximumSamples)
            byteCount += encoded.bytes.count
            index = encoded.next
        }
        return (decoded, byteCount)
    }

    /// Decodes a block from the middle of a chunk.
    private func decode(
        _ bytes: [UInt8],
        _ count: Int,
        _ firstTime: Int64,
        in range: ClosedRange<Int64> = .min ... .max,
        into run: inout SampleRun
    ) -> Bool {
        var numbers: [Int64] = []
        return SampleBlock.decode(
            ByteReader([0xAA, 0xBB] + bytes + [0xCC], 2..<2 + bytes.count),
            count: count,
            firstTime: firstTime,
            in: range,
            &numbers,
            into: &run
        )
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

    @Test func `values of every kind come back bit by bit`() {
        let special: [UInt64] = [
            0, 0x8000_0000_0000_0000, 0x7FF0_0000_0000_0002, 0x7FF8_0000_0000_0001, .max,
            0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 1, 0x000F_FFFF_FFFF_FFFF,
        ]
        var generator = SeededGenerator(seed: 43)
        for exponent in 0...17 {
            for span: UInt64 in [1, 2, 7, 1000, 1 << 40] {
                var values: [UInt64] = []
                for _ in 0..<Int(1 + generator.next() % 600) {
                    let integer = Double(Int64(generator.next() % span) - Int64(span / 2))
                    let value = integer / pow(10, Double(exponent))
                    let isSpecial = generator.next() % 40 == 0
                    values.append(
                        isSpecial
                            ? special[Int(generator.next() % UInt64(special.count))]
                            : value.bitPattern
                    )
                }
                let all = run(values.enumerated().map { (Int64($0.offset) * 1000, $0.element) })
                #expect(roundTrip(all).run.bits == values, "10^-\(exponent), \(span)")
            }
        }
    }

    @Test func `times of every kind come back`() {
        var generator = SeededGenerator(seed: 44)
        for step: Int64 in [1, 2, 999, 1000, 60_000, 21_600_000] {
            for jitter: UInt64 in [1, 2, 4001, 50_000] {
                for gap: UInt64 in [2, 9, 60, 1_000_000] {
                    var times: [Int64] = []
                    var slot: Int64 = 0
                    for _ in 0..<Int(1 + generator.next() % 1300) {
                        slot += 1 + (generator.next() % gap == 0 ? Int64(generator.next() % 99) : 0)
                        let noise = Int64(generator.next() % jitter)
                        let time = slot * step + noise
                        times.append(max(time, (times.last ?? .min) + 1))
                    }
                    let result = roundTrip(run(times.map { ($0, 7) })).run
                    #expect(result.times == times, "step \(step), jitter \(jitter), gap \(gap)")
                }
            }
        }
    }

    @Test func `a steady value on a steady grid costs next to nothing`() {
        let steady = run((0..<1000).map { (1_750_000_000_000 + Int64($0) * 60_000, 42) })
        // Form of the values, form of the times, step in three bytes, the value.
        #expect(roundTrip(steady).byteCount == 1 + 1 + 3 + 8)
    }

    @Test func `jitter costs its own bits, also where samples are missing`() {
        var generator = SeededGenerator(seed: 42)
        var slot: Int64 = 0
        let jitter = run(
            (0..<1000).map { _ in
                slot += generator.next() % 50 == 0 ? 4 : 1
                return (slot * 60_000 + Int64(generator.next() % 4001), 42)
            }
        )
        let skips = 2 * 40
        #expect(roundTrip(jitter).byteCount < 1000 * 12 / 8 + skips + 30)
    }

    @Test func `decimals cost the bits of their changes`() {
        var generator = SeededGenerator(seed: 45)
        var tenths = 235
        let values = (0..<1000).map { _ in
            tenths += Int(generator.next() % 7) - 3
            return (Double(tenths) / 10).bitPattern
        }
        let all = run(values.enumerated().map { (Int64($0.offset) * 1000, $0.element) })
        #expect(roundTrip(all).byteCount < 1000 * 3 / 8 + 30)
    }

    @Test func `a part of the times can be asked for`() {
        let all = run((0..<100).map { (Int64($0) * 10, UInt64($0)) })
        var block = SampleBlock()
        let encoded = block.encode(all, from: 0, to: 100)
        for range: ClosedRange<Int64> in [0...0, 95...105, 991...2000, -5...(-1), 300...305] {
            var part = run([(-100, 1)])
            #expect(decode(encoded.bytes, 100, 0, in: range, into: &part))
            #expect(part.times == [-100] + all.times.filter { range.contains($0) })
        }
    }

    @Test func `a block that is cut short or lengthened is not whole, wherever it is cut`() {
        var generator = SeededGenerator(seed: 46)
        let kinds: [(Int) -> (Int64, UInt64)] = [
            { (Int64($0) * 60_000, 5) },
            { (Int64($0 * $0) * 777, (Double($0 * 3) / 10).bitPattern) },
            { (Int64($0) * 60_000 + Int64(generator.next() % 900), generator.next()) },
        ]
        for kind in kinds {
            let all = run((1...50).map(kind))
            var block = SampleBlock()
            let bytes = block.encode(all, from: 0, to: 50).bytes
            for length in 0..<bytes.count {
                var part = SampleRun()
                #expect(!decode(Array(bytes[..<length]), 50, all.times[0], into: &part))
                #expect(part.isEmpty)
            }
        }
    }

    @Test func `no bytes make a decoder trap`() {
        let seed = UInt64.random(in: 1 ... .max)
        print("block fuzz: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        let all = run(
            (0..<300).map { (Int64($0) * 60_000 + Int64($0 % 7), (Double($0) / 10).bitPattern) }
        )
        var block = SampleBlock()
        let whole = block.encode(all, from: 0, to: 300).bytes
        for _ in 0..<3000 {
            var bytes = whole
            for _ in 0...(generator.next() % 4) {
                bytes[Int(generator.next() % UInt64(bytes.count))] = UInt8(generator.next() % 256)
            }
            var part = SampleRun()
            let first = Int64(bitPattern: generator.next())
            let isWhole = decode(bytes, Int(1 + generator.next() % 1024), first, into: &part)
            #expect(isWhole || part.isEmpty)
            #expect(zip(part.times, part.times.dropFirst()).allSatisfy { $0 < $1 })
        }
    }
}
