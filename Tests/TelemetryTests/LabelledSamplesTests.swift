import Telemetry
import Testing

/// Samples whose series are named once.
struct LabelledSamplesTests {
    private func samples(_ values: Double...) -> [Sample] {
        values.map { Sample(time: Instant(milliseconds: Int64($0) * 1_000), value: $0) }
    }

    @Test func `samples keep their order, and a series that has none is not named`() {
        var list = LabelledSamples()
        #expect(list.isEmpty)
        list.append(["__name__": "a"], samples(1, 2))
        list.append(["__name__": "none"], [])
        list.append(["__name__": "b"], samples(3)[0])
        list.append(["__name__": "a"], samples(4))
        #expect(list.series.map(\.labels.metricName) == ["a", "b", "a"])
        #expect(list.series.map(\.range) == [0..<2, 2..<3, 3..<4])
        #expect(list.samples == samples(1, 2, 3, 4))
    }
}
