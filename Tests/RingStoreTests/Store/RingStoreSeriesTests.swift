import RingStore
import Telemetry
import TestKit
import Testing

struct RingStoreSeriesTests {
    @Test func `labels survive, and a series keeps its number`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 40)
        try bench.store.checkpoint(journalPosition: 1)
        let late = try bench.store.series(for: StoreBench.labels(40))
        try bench.store.checkpoint(journalPosition: 2)
        _ = try bench.store.series(for: StoreBench.labels(41))
        bench = try bench.reopened()
        #expect(bench.store.statistics.seriesCount == 41)
        for number in (0..<40).reversed() {
            #expect(try bench.store.series(for: StoreBench.labels(number)) == bench.series[number])
        }
        #expect(try bench.store.series(for: StoreBench.labels(40)) == late)
        #expect(bench.store.statistics.seriesCount == 41)
        try bench.store.checkInvariants()
    }

    @Test func `a series beyond the limit is refused, and the others go on`() throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings.small(maximumSeries: 3)
        var bench = try StoreBench(folder.path(of: "data"), settings, seriesCount: 3)
        #expect(throws: StoreError.self) { try bench.store.series(for: StoreBench.labels(3)) }
        #expect(try bench.store.series(for: StoreBench.labels(2)) == bench.series[2])
        #expect(bench.store.append(bench.series[2], StoreWords.sample(1)) == .stored)
    }

    @Test func `a refusal names the label with the most values`() throws {
        let folder = try TemporaryFolder()
        let settings = StoreSettings.small(maximumSeries: 12)
        var bench = try StoreBench(folder.path(of: "data"), settings, seriesCount: 0)
        #expect(bench.store.statistics.worstLabel == nil)
        for number in 0..<12 {
            // Seven devices, and a number that never repeats in the last five series.
            let words = number < 7 ? ["device": "d\(number)"] : ["message": "\(number)"]
            _ = try bench.store.series(for: Labels(metric: "m\(number % 3)", words))
        }
        let statistics = bench.store.statistics
        let worst = try #require(statistics.worstLabel)
        #expect(worst.name == "device" && worst.valueCount == 7)
        for name in ["other", "device"] {
            // What is refused leaves nothing behind, its own label neither.
            let error = #expect(throws: StoreError.tooManySeries(limit: 12, worst: worst)) {
                try bench.store.series(for: Labels(metric: "m", [name: "x"]))
            }
            #expect("\(try #require(error))".contains("the label device has 7 values"))
        }
        try bench.store.checkpoint(journalPosition: 1)
        bench = try bench.reopened()
        #expect(bench.store.statistics.worstLabel == worst)
    }

    @Test func `labels that cannot be kept are refused with the reason`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 0)
        let none = #expect(throws: StoreError.self) { try bench.store.series(for: .empty) }
        #expect("\(try #require(none))".contains("metric name"))
        let long = Labels(metric: String(repeating: "x", count: 5000))
        #expect(throws: StoreError.labelsTooLong(bytes: 5008, limit: 4096)) {
            try bench.store.series(for: long)
        }
    }

    @Test func `labels that fill their room are refused, and what was taken is kept`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 0)
        func labels(_ number: Int) -> Labels {
            Labels(metric: "m\(number)", ["text": String(repeating: "\(number) ", count: 700)])
        }
        var count = 0
        let error = #expect(throws: StoreError.self) {
            while true {
                _ = try bench.store.series(for: labels(count))
                count += 1
                if count % 10 == 0 { try bench.store.checkpoint(journalPosition: 0) }
            }
        }
        #expect(error == .catalogueFull(capacityBytes: 65_536))
        #expect(count > 20)
        try bench.store.checkpoint(journalPosition: 0)
        bench = try bench.reopened()
        #expect(bench.store.statistics.seriesCount == count)
        for number in 0..<count {
            #expect(try bench.store.series(for: labels(number)) == SeriesID(UInt32(number)))
        }
    }
}
