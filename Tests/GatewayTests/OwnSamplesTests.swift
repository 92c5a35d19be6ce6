import Foundation
@testable import Gateway
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// What the gateway knows by itself, on its way into the journal.
@Suite(.oneAtATime) struct OwnSamplesTests {
    private static func entries(_ count: Int) -> LabelledSamples {
        let sample = Sample(time: Instant(milliseconds: 1), value: 1)
        return LabelledSamples(
            (0..<count).map { (["__name__": "given", "n": "\($0)"], sample) }
        )
    }

    private static let roomy = JournalSettings(sizeBytes: 64 << 20, segmentBytes: 4 << 20)

    /// An intake whose store's thread nobody runs: what the store is given stays in its queue.
    private static func intake(
        _ folder: TemporaryFolder,
        _ settings: JournalSettings
    ) throws -> (own: OwnSamples, worker: StoreWorker, sink: JournalSink) {
        let own = OwnSamples()
        let worker = StoreWorker(clock: GatewayRuntime.systemClock) { _ in }
        let sink = JournalSink(
            journal: try Journal.create(
                folder: folder.path,
                settings: settings,
                at: GatewayUnderTest.midnight
            ),
            worker: worker,
            own: own,
            now: { GatewayUnderTest.midnight }
        )
        return (own, worker, sink)
    }

    @Test func `a taker gets what fits, in order, and is woken for the rest`() throws {
        let own = OwnSamples()
        let wakes = Mutex(0)
        own.wakeIntake { wakes.withLock { $0 += 1 } }
        let admission = try own.put(
            Self.entries(3 * OwnSamples.samplesPerPortion),
            until: .distantPast
        )
        #expect(admission == .taken(3))
        #expect(wakes.withLock { $0 } == 3)
        let first = own.take(upTo: 1)
        #expect(first.count == 1, "one portion comes in any case")
        own.wakeIfWaiting()
        #expect(wakes.withLock { $0 } == 4)
        #expect(own.take(upTo: 1 << 20).count == 2)
        own.wakeIfWaiting()
        #expect(wakes.withLock { $0 } == 4, "nothing waits any more")
    }

    @Test func `however samples are divided, they come in their order`() throws {
        let own = OwnSamples()
        var given = LabelledSamples()
        let times = 0..<Int64(3 * OwnSamples.samplesPerPortion)
        func sample(_ time: Int64) -> Sample {
            Sample(time: Instant(milliseconds: time), value: Double(time))
        }
        given.append(["__name__": "many"], times.map(sample))
        for number in 0..<5 {
            let long = String(repeating: "x", count: 100_000)
            given.append(["__name__": "long", "n": "\(number)\(long)"], sample(1))
        }
        given.append(["__name__": "many"], times.map(sample))
        #expect(try own.put(given, until: .distantPast) == .taken(9))
        let portions = own.take(upTo: .max)
        #expect(portions.map(\.samples.count).max() == OwnSamples.samplesPerPortion)
        #expect(portions.map(\.series.count) == [1, 1, 1, 2, 2, 2, 1, 1, 1])
        #expect(portions.flatMap(\.samples) == given.samples)
        let names = portions.flatMap { portion in
            portion.series.flatMap { Array(repeating: $0.labels, count: $0.range.count) }
        }
        let expected = given.series.flatMap { Array(repeating: $0.labels, count: $0.range.count) }
        #expect(names == expected)
    }

    @Test func `waiting ends with the commit, with its deadline and with the end`() throws {
        let own = OwnSamples()
        #expect(try own.put(Self.entries(1), until: .distantPast) == .taken(1))
        #expect(!own.waitUntilCommitted(1, until: .distantPast))
        own.noteCommitted(1)
        #expect(own.waitUntilCommitted(1, until: .distantPast))
        #expect(try own.put(Self.entries(1), until: .distantPast) == .taken(2))
        own.letGo()
        #expect(!own.waitUntilCommitted(2, until: .distantFuture))
        #expect(try own.put(Self.entries(1), until: .distantPast) == .taken(3), "there is room")
        own.close()
        #expect(try own.put(Self.entries(1), until: .distantFuture) == .stopped)
    }

    @Test func `whoever finds no place is told so, at the deadline or at the end`() throws {
        let own = OwnSamples()
        let portion = Self.entries(OwnSamples.samplesPerPortion)
        for _ in 0..<OwnSamples.capacity {
            #expect(try own.put(portion, until: .distantPast) != .full)
        }
        #expect(try own.put(portion, until: .distantPast) == .full)
        own.letGo()
        #expect(try own.put(portion, until: .distantFuture) == .full)
        #expect(own.waitingCount == OwnSamples.capacity)
    }

    @Test func `what waits when the session has ended is journalled, however much it is`() throws {
        let folder = try TemporaryFolder("langso-own")
        let (own, _, sink) = try Self.intake(folder, Self.roomy)
        let portion = Self.entries(OwnSamples.samplesPerPortion)
        for _ in 0..<OwnSamples.capacity { _ = try own.put(portion, until: .distantPast) }
        try sink.finish()
        var count = 0
        let reader = try JournalReader(folder: folder.path)
        try reader.scan(from: try reader.tail()) { view in
            if view.kind == .samples { count += 1 }
            return true
        }
        #expect(count == OwnSamples.capacity)
    }

    @Test func `while the store's thread is behind, own samples wait outside as messages do`()
        throws
    {
        let folder = try TemporaryFolder("langso-own")
        let (own, worker, sink) = try Self.intake(folder, Self.roomy)
        let portion = Self.entries(OwnSamples.samplesPerPortion)
        for _ in 0..<OwnSamples.capacity { _ = try own.put(portion, until: .distantPast) }
        for _ in 0..<200 {
            sink.wokenUp()
            try sink.commit()
        }
        #expect(!worker.isDrained)
        #expect(own.waitingCount > OwnSamples.capacity / 2)
    }

    @Test func `while nothing can be committed most of it waits outside the batch`() throws {
        let folder = try TemporaryFolder("langso-own")
        // The store takes nothing, so nothing in the journal may be overwritten: it fills up.
        let segment = JournalSettings.minimumSegmentBytes
        let small = JournalSettings(sizeBytes: 3 * segment, segmentBytes: segment)
        let (own, _, sink) = try Self.intake(folder, small)
        let entries = Self.entries(OwnSamples.samplesPerPortion)
        var failures = 0
        for _ in 0..<2_000 where own.waitingCount < OwnSamples.capacity {
            _ = try own.put(entries, until: .distantPast)
            sink.takeOwn()
            do {
                try sink.commit()
            } catch {
                failures += 1
            }
        }
        #expect(failures > 0, "the journal did not fill up")
        #expect(own.waitingCount == OwnSamples.capacity)
    }
}
