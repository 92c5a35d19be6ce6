@testable import Gateway
import RemoteWrite
import RingStore
import Telemetry
import TestKit
import Testing

/// What of a request of remote write is taken, where the store's oldest samples give way.
struct RemoteWriteIntakeTests {
    private static let start: Int64 = 1_800_000_000_000

    private func sample(_ minute: Int64, _ value: Double = 1) -> Sample {
        Sample(time: Instant(milliseconds: Self.start + minute * 60_000), value: value)
    }

    /// A store that keeps an hour, with samples of the series `full` for each of 120 minutes, so
    /// that the first day is cut: there only samples later than all of their series are taken.
    private func store(_ folder: TemporaryFolder) throws -> RingStore {
        var settings = StoreSettings(
            rawTierBytes: StoreSettings.minimumRawTierBytes,
            maximumSeries: 64,
            retention: .hours(1),
            headBytes: 64 << 10
        )
        for tier in StoreTier.rollups {
            settings.rollupBytes[tier] = StoreSettings.minimumRollupBytes
        }
        var store = try RingStore.create(folder: folder.path(of: "data"), settings: settings)
        let full = try store.series(for: Labels(metric: "full"))
        _ = store.append(try store.series(for: Labels(metric: "rare")), sample(0))
        for minute in Int64(0)..<120 { _ = store.append(full, sample(minute, Double(minute))) }
        try store.checkpoint(journalPosition: 1)
        try store.checkpoint(journalPosition: 2, at: sample(120).time)
        #expect(store.horizon == sample(59).time)
        #expect(store.surelyTaken > sample(120).time)
        return store
    }

    private func choose(
        _ series: [(String, [Sample])],
        _ store: inout RingStore
    ) throws -> RemoteWriteIntake.Choice {
        let message = RemoteWriteMessage(series.map { (labels: ["__name__": $0.0], samples: $0.1) })
        return RemoteWriteIntake.choose(
            try WriteRequest(packed: message.packed(.first).span, version: .first),
            &store,
            reserved: [],
            upTo: sample(130).time
        )
    }

    @Test func `old samples are taken in their order alone, as the store does`() throws {
        let folder = try TemporaryFolder()
        var store = try store(folder)
        let choice = try choose(
            [
                // Before the horizon, twice in order, back, of the future.
                ("rare", [sample(58), sample(70), sample(80), sample(75), sample(131)]),
                // The same series again: behind what came before it, then after it.
                ("rare", [sample(72), sample(90)]),
            ],
            &store
        )
        #expect(choice.samples.samples == [sample(70), sample(80), sample(90)])
        #expect(choice.refusals.counts == [.tooOld: 3, .future: 1])
        for series in choice.samples.series {
            let id = try store.series(for: series.labels)
            for sample in choice.samples.samples[series.range] {
                #expect(store.append(id, sample) != .tooOld)
            }
        }
    }

    @Test func `what is there already is no fault, with another value it is`() throws {
        let folder = try TemporaryFolder()
        var store = try store(folder)
        let choice = try choose([("full", [sample(60, 60), sample(61, -1)])], &store)
        #expect(choice.samples.isEmpty)
        #expect(choice.repeatedCount == 1)
        #expect(choice.refusals.counts == [.tooOld: 1])
    }

    @Test func `samples that are all too old or too new use up no series`() throws {
        let folder = try TemporaryFolder()
        var store = try store(folder)
        let before = store.statistics.seriesCount
        let choice = try choose([("new", [sample(10), sample(140)])], &store)
        #expect(choice.samples.isEmpty)
        #expect(choice.refusals.counts == [.tooOld: 1, .future: 1])
        #expect(store.statistics.seriesCount == before)
    }
}
