import RingStore
import TestKit
import Testing

struct StoreStatisticsTests {
    @Test func `figures tell samples, their indexes and labels apart`() throws {
        let folder = try TemporaryFolder()
        var bench = try StoreBench(folder.path(of: "data"), seriesCount: 10)
        for series in bench.series {
            _ = bench.store.append(series, StoreWords.sample(1000, 1))
        }
        #expect(bench.store.statistics.encodedBytes == 0)
        #expect(bench.store.statistics.storedCatalogueBytes == 0)
        try bench.store.checkpoint(journalPosition: 1)
        let figures = bench.store.statistics
        #expect(figures.indexBytes > 0)
        #expect(figures.indexBytes < figures.encodedBytes)
        #expect(figures.encodedBytes <= figures.usedBytes)
        #expect(figures.storedCatalogueBytes > 0)
        bench = try bench.reopened()
        #expect(bench.store.statistics == figures)
    }
}
