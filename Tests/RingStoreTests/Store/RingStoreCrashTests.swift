import Glibc
import RingStore
import Telemetry
import TestKit
import Testing

/// Stops a store at every write that a workload makes, opens what is on the disk, and compares.
struct RingStoreCrashTests {
    /// What a workload appended, how, and what the disk saw of it.
    struct Recording {
        let samples: [(series: SeriesID, sample: Sample)]
        /// The file as it was created.
        let created: [UInt8]
        let entries: [WriteLog.Entry]
        let settings = StoreSettings.small(maximumSeries: 16)
        /// For each series where its samples lie.
        let indices: [[Int]]

        init(
            samples: [(series: SeriesID, sample: Sample)],
            created: [UInt8],
            entries: [WriteLog.Entry]
        ) {
            self.samples = samples
            self.created = created
            self.entries = entries
            indices = (0..<8).map { number in
                samples.indices.filter { samples[$0].series.rawValue == number }
            }
        }
    }

    /// Goes round the ring about one and a half times, with late samples and growing labels.
    static func record(in folder: TemporaryFolder, seed: UInt64) throws -> Recording {
        var generator = SeededGenerator(seed: seed)
        let path = folder.path(of: "recorded")
        let settings = StoreSettings.small(maximumSeries: 16)
        try Self.create(path, settings)
        let created = try Self.file(path)
        let log = WriteLog()
        var store = try RingStore.open(folder: path, settings: settings, calls: log)
        var samples: [(series: SeriesID, sample: Sample)] = []
        var time: Int64 = 1_750_000_000_000
        for step in 0..<12 {
            for _ in 0..<(generator.next() % 5000) {
                let number = Int(generator.next() % UInt64(min(8, step + 1)))
                let series = try store.series(for: StoreBench.labels(number))
                time += Int64(generator.next() % 1000)
                let isLate = generator.next() % 20 == 0
                let late = isLate ? Int64(generator.next() % 8_000_000) : 0
                let sample = Sample(
                    time: Instant(milliseconds: time - late),
                    value: Double(bitPattern: generator.next())
                )
                _ = store.append(series, sample)
                samples.append((series: series, sample: sample))
            }
            if step % 3 == 1 {
                // The root is on the disk, but the store is told that it may not be.
                log.failSynchronization(after: 1)
                #expect(throws: StoreError.self) {
                    try store.checkpoint(journalPosition: UInt64(samples.count))
                }
            }
            try store.checkpoint(journalPosition: UInt64(samples.count))
            log.mark(UInt64(samples.count))
        }
        #expect(store.statistics.horizon > .distantPast, "the ring has not gone round")
        return Recording(samples: samples, created: created, entries: log.entries)
    }

    @Test(arguments: [UInt64(101)])
    func `whatever a crash leaves opens as the last checkpoint, and the journal completes it`(
        seed: UInt64
    ) throws {
        print("crash test: seed \(seed)")
        let folder = try TemporaryFolder()
        let recording = try Self.record(in: folder, seed: seed)
        var generator = SeededGenerator(seed: seed)
        var disk = DiskImage(recording.created)
        var marked: UInt64 = 0
        var stops = 0
        for entry in recording.entries {
            switch entry {
            case .mark(let position): marked = position
            case .synchronized: disk.synchronize()
            case .write(let offset, let bytes):
                disk.write(offset, bytes)
                let cut = Int(generator.next() % UInt64(bytes.count + 1))
                let image = stops % 3 == 0 ? disk.scattered(&generator) : disk.torn(after: cut)
                stops += 1
                try check(image, recording, in: folder, since: marked, stop: stops)
            }
        }
        print("crash test: \(stops) stops")
        #expect(stops > 100)
    }

    /// Opens an image and compares it with what the samples say.
    private func check(
        _ image: [UInt8],
        _ recording: Recording,
        in folder: TemporaryFolder,
        since marked: UInt64,
        stop: Int
    ) throws {
        let path = folder.path(of: "crashed")
        try Self.write(image, to: path)
        var store = try RingStore.open(folder: path, settings: recording.settings)
        let position = store.journalPosition
        #expect(position >= marked, "a finished checkpoint was lost")
        #expect(store.statistics.damagedBlockCount == 0)
        // Reading everything at every stop takes minutes: one series each, all of them now and
        // then.
        let isThorough = stop % 60 == 0
        let only = isThorough ? nil : UInt32(stop % 8)
        var model = StoreModel()
        // A checkpoint that ran out of slots made a part of its work durable before its end.
        var later: [UInt32: [Int64: Set<UInt64>]] = [:]
        let numbers = only.map { $0...$0 } ?? 0...7
        for index in numbers.flatMap({ recording.indices[Int($0)] }).sorted() {
            let (series, sample) = recording.samples[index]
            if index < position {
                _ = model.append(series, sample)
            } else {
                later[series.rawValue, default: [:]][sample.time.milliseconds, default: []]
                    .insert(sample.value.bitPattern)
            }
        }
        model.dropSamples(before: store.statistics.horizon)
        let difference = try model.difference(from: store.snapshot(), orLater: later)
        #expect(difference == nil, "stop \(stop)")
        guard isThorough else { return }
        try store.checkInvariants()
        for (series, sample) in recording.samples.dropFirst(Int(position)) {
            // The journal has the labels, too.
            let labels = StoreBench.labels(Int(series.rawValue))
            #expect(try store.series(for: labels) == series)
            _ = store.append(series, sample)
            _ = model.append(series, sample)
        }
        #expect(try model.difference(from: store.snapshot()) == nil, "stop \(stop), replayed")
        try store.checkpoint(journalPosition: UInt64(recording.samples.count))
        model.dropSamples(before: store.statistics.horizon)
        #expect(try model.difference(from: store.snapshot()) == nil, "stop \(stop), sealed")
        try store.checkInvariants()
    }

    @Test(arguments: [FailingCalls.Call.write, .synchronizeData])
    func `a checkpoint that the disk refuses changes nothing, and the next one goes through`(
        call: FailingCalls.Call
    ) throws {
        let folder = try TemporaryFolder()
        let path = folder.path(of: "data")
        let settings = StoreSettings.small(maximumSeries: 16)
        try Self.create(path, settings)
        let calls = FailingCalls()
        var model = StoreModel()
        var position: UInt64 = 0
        var failures = 0
        do {
            var store = try RingStore.open(folder: path, settings: settings, calls: calls)
            var generator = SeededGenerator(seed: 7)
            for round in 0..<40 {
                for step in 0..<600 {
                    let series = try store.series(for: StoreBench.labels(step % 8))
                    let time = Int64(round * 600_000 + step * 1000)
                    let sample = Sample(
                        time: Instant(milliseconds: time),
                        value: Double(bitPattern: generator.next())
                    )
                    #expect(store.append(series, sample).agrees(with: model.append(series, sample)))
                    position += 1
                }
                calls.fail(after: round % 9, of: [call], code: round % 2 == 0 ? EIO : ENOSPC)
                do {
                    try store.checkpoint(journalPosition: position)
                } catch {
                    failures += 1
                    #expect(store.journalPosition < position)
                    model.dropSamples(before: store.statistics.horizon)
                    #expect(try model.difference(from: store.snapshot()) == nil)
                    try store.checkInvariants()
                }
                guard !calls.clear() else { continue }
                if round % 3 == 0 { try store.checkpoint(journalPosition: position) }
            }
            try store.checkpoint(journalPosition: position)
            model.dropSamples(before: store.statistics.horizon)
        }
        #expect(failures > 5)
        var store = try RingStore.open(folder: path, settings: settings)
        #expect(store.journalPosition == position)
        #expect(try model.difference(from: store.snapshot()) == nil)
        try store.checkInvariants()
    }

    // MARK: - Files

    static func create(_ path: String, _ settings: StoreSettings) throws {
        _ = try RingStore.create(folder: path, settings: settings)
    }

    static func file(_ path: String, _ name: String = "store") throws -> [UInt8] {
        let file = try StorageFolder(path).open(name, .readOnly)
        return try file.bytes(Int(try file.sizeBytes()), at: 0)
    }

    static func write(_ image: [UInt8], to path: String, _ name: String = "store") throws {
        let folder = StorageFolder(path)
        try folder.createIfMissing()
        if try !folder.contains(name) { _ = try folder.open(name, .createNew) }
        let file = try folder.open(name, .readWrite)
        try unsafe file.write(image.span.bytes, at: 0)
    }
}
