import Foundation
@testable import Gateway
import RingStore
import Synchronization
import Telemetry
import TestKit
import Testing

/// What the gateway knows by itself, on its way into the journal.
@Suite struct OwnSamplesTests {
    private static func entries(_ count: Int) -> [SampleRecord.Entry] {
        (0..<count).map { number in
            SampleRecord.Entry(
                labels: ["__name__": "given", "n": "\(number)"],
                sample: Sample(time: Instant(milliseconds: 1), value: 1)
            )
        }
    }

    @Test func `a taker gets what fits, in order, and is woken for the rest`() throws {
        let own = OwnSamples()
        let wakes = Mutex(0)
        own.wakeIntake { wakes.withLock { $0 += 1 } }
        let number = try own.put(Self.entries(3 * OwnSamples.samplesPerRecord))
        #expect(number == 3)
        #expect(wakes.withLock { $0 } == 3)
        let first = own.take(upTo: 1)
        #expect(first.count == 1, "one record comes in any case")
        own.wakeIfWaiting()
        #expect(wakes.withLock { $0 } == 4)
        #expect(own.take(upTo: 1 << 20).count == 2)
        own.wakeIfWaiting()
        #expect(wakes.withLock { $0 } == 4, "nothing waits any more")
    }

    @Test func `whoever waits for a record hears of its commit, its deadline and the end`() throws {
        let own = OwnSamples()
        let number = try #require(try own.put(Self.entries(1)))
        #expect(!own.waitUntilCommitted(number, until: .distantPast))
        own.noteCommitted(1)
        #expect(own.waitUntilCommitted(number, until: .distantPast))
        let second = try #require(try own.put(Self.entries(1)))
        own.close()
        #expect(!own.waitUntilCommitted(second, until: .distantFuture))
        #expect(try own.put(Self.entries(1)) == nil)
    }

    @Test func `while nothing can be committed most of it waits outside the batch`() throws {
        let folder = try TemporaryFolder("langso-own")
        // Nobody takes from this worker, so nothing in the journal may be overwritten: it fills up.
        let worker = StoreWorker(clock: GatewayRuntime.systemClock) { _ in }
        let own = OwnSamples()
        let sink = JournalSink(
            journal: try Journal.create(
                folder: folder.path,
                settings: JournalSettings(sizeBytes: 4 << 20, segmentBytes: 512 << 10),
                at: GatewayUnderTest.midnight
            ),
            worker: worker,
            own: own,
            now: { GatewayUnderTest.midnight }
        )
        let entries = Self.entries(OwnSamples.samplesPerRecord)
        var failures = 0
        for _ in 0..<2_000 where own.waitingCount < OwnSamples.capacity {
            _ = try own.put(entries)
            sink.wokenUp()
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
