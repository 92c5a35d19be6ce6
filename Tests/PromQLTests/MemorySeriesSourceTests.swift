import PromQL
import Telemetry
import TestKit
import Testing

struct MemorySeriesSourceTests {
    private static let labels = Labels(metric: "heat")

    private static func time(_ number: Int) -> Instant {
        Instant(milliseconds: Int64(number) * 10)
    }

    @Test func `it answers as a plain array would`() throws {
        var generator = SeededGenerator(seed: 11)
        var source = MemorySeriesSource()
        var plain: [Int: Double] = [:]
        for _ in 0..<300 {
            let number = Int.random(in: 0..<200, using: &generator)
            let value = Double.random(in: 0..<1, using: &generator)
            plain[number] = value
            source.append(Self.labels, Sample(time: Self.time(number), value: value))
        }
        let series = try #require(source.select([], in: .distantPast ... .distantFuture).first?.id)
        var buffer = SampleBuffer()
        for _ in 0..<500 {
            let first = Int.random(in: -20..<220, using: &generator)
            let length = Int.random(in: 0..<90, using: &generator)
            let range = Self.time(first)...Self.time(first + length)
            source.read(series, in: range, into: &buffer)
            let expected = plain.filter { range.contains(Self.time($0.key)) }
                .sorted { $0.key < $1.key }
            #expect(buffer.times == expected.map { Self.time($0.key).milliseconds })
            #expect(buffer.values == expected.map(\.value))
            let last = source.last(series, in: range)
            #expect(last?.value == expected.last?.value)
            #expect(last?.time == expected.last.map { Self.time($0.key) })
        }
    }

    @Test(.timeLimit(.minutes(1))) func `what it costs does not grow with the samples around`()
        throws
    {
        let count = 200_000
        var source = MemorySeriesSource()
        for number in 0..<count {
            source.append(Self.labels, Sample(time: Self.time(number), value: 1))
        }
        let series = try #require(source.select([], in: .distantPast ... .distantFuture).first?.id)
        var buffer = SampleBuffer()
        var found = 0
        for number in 0..<20_000 {
            let range = Self.time(number * 10)...Self.time(number * 10 + 5)
            source.read(series, in: range, into: &buffer)
            found += buffer.count
            if source.last(series, in: Instant.distantPast...range.upperBound) != nil {
                found += 1
            }
        }
        #expect(found == 20_000 * 7)
    }
}
