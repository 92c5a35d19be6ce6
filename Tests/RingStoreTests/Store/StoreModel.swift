import RingStore
import Telemetry
import Testing

/// What a store must hold, as plainly as it can be said: a dictionary.
struct StoreModel: Sendable {
    /// For each series' number its samples, the values as bit patterns.
    private(set) var samples: [UInt32: [Int64: UInt64]] = [:]
    private(set) var horizon = Int64.min

    var count: Int { samples.values.reduce(0) { $0 + $1.count } }

    /// Puts a sample in its place and says what a store has to answer.
    mutating func append(_ series: SeriesID, _ sample: Sample) -> AppendOutcome {
        let time = sample.time.milliseconds
        if time < horizon { return .tooOld }
        let before = samples[series.rawValue, default: [:]].updateValue(
            sample.value.bitPattern,
            forKey: time
        )
        guard let before else { return .stored }
        return before == sample.value.bitPattern ? .unchanged : .overwritten
    }

    /// Forgets what a store has let go.
    mutating func dropSamples(before horizon: Instant) {
        self.horizon = horizon.milliseconds
        for number in samples.keys {
            samples[number] = samples[number]?.filter { $0.key >= horizon.milliseconds }
        }
    }

    /// Forgets samples of a series, both ends of the range included.
    mutating func remove(_ series: SeriesID, in range: ClosedRange<Int64>) {
        samples[series.rawValue] = samples[series.rawValue]?.filter { !range.contains($0.key) }
    }

    /// The same for one series only.
    func keepingOnly(_ series: UInt32) -> StoreModel {
        var model = self
        model.samples = samples.filter { $0.key == series }
        return model
    }

    /// Says where a snapshot differs in a range, or nil when it holds exactly the same.
    ///
    /// `later` are samples that it may hold already, beside or instead of the model's own.
    func difference(
        from snapshot: StoreSnapshot,
        in range: ClosedRange<Instant> = .distantPast ... .distantFuture,
        orLater later: [UInt32: [Int64: Set<UInt64>]] = [:]
    ) throws -> String? {
        var buffer = SampleBuffer()
        for number in samples.keys.sorted() {
            let wanted = (samples[number] ?? [:])
                .filter { range.contains(Instant(milliseconds: $0.key)) }
            let later = later[number] ?? [:]
            try snapshot.read(SeriesID(number), in: range, into: &buffer)
            let times = Set(buffer.times)
            if let lack = wanted.keys.first(where: { !times.contains($0) }) {
                return "series \(number) lacks \(lack)"
            }
            guard buffer.times == times.sorted() else { return "series \(number) does not rise" }
            for (time, value) in zip(buffer.times, buffer.values)
            where wanted[time] != value.bitPattern
                && later[time]?.contains(value.bitPattern) != true
            {
                return "series \(number) has \(value) at \(time)"
            }
        }
        return nil
    }
}

/// Sizes that make a store small enough to go round it within a test.
extension StoreSettings {
    static func small(
        maximumSeries: Int = 64,
        retention: Milliseconds? = nil
    ) -> StoreSettings {
        StoreSettings(
            rawTierBytes: StoreSettings.minimumRawTierBytes,
            maximumSeries: maximumSeries,
            retention: retention,
            headBytes: 64 << 10
        )
    }
}

/// A store in a temporary folder, with some series, that can be closed and opened again.
struct StoreBench: ~Copyable {
    let folder: String
    let settings: StoreSettings
    var store: RingStore
    let series: [SeriesID]

    init(_ folder: String, _ settings: StoreSettings = .small(), seriesCount: Int = 8) throws {
        self.folder = folder
        self.settings = settings
        var store = try RingStore.create(folder: folder, settings: settings)
        var series: [SeriesID] = []
        for number in 0..<seriesCount {
            series.append(try store.series(for: Self.labels(number)))
        }
        self.series = series
        self.store = store
    }

    static func labels(_ number: Int) -> Labels {
        Labels(
            metric: number % 2 == 0 ? "lamp_power_watts" : "lamp_energy_joules_total",
            ["device": "lamp-\(number)", "village": "Bình Liêu \(number % 3)"]
        )
    }

    /// Closes the store without a checkpoint, as a crash would, and opens it again.
    consuming func reopened() throws -> StoreBench {
        let (folder, settings, series) = (folder, settings, series)
        // The old store must let the folder go first.
        Self.close(store)
        return StoreBench(
            folder: folder,
            settings: settings,
            store: try RingStore.open(folder: folder, settings: settings),
            series: series
        )
    }

    private init(
        folder: String,
        settings: StoreSettings,
        store: consuming RingStore,
        series: [SeriesID]
    ) {
        self.folder = folder
        self.settings = settings
        self.store = store
        self.series = series
    }

    private static func close(_ store: consuming RingStore) {}
}

/// Short words for what the tests of the store do all the time.
enum StoreWords {
    static func sample(_ time: Int64, _ value: Double = 1) -> Sample {
        Sample(time: Instant(milliseconds: time), value: value)
    }

    static func read(
        _ snapshot: StoreSnapshot,
        _ series: SeriesID,
        _ range: ClosedRange<Int64> = .min ... .max
    ) throws -> [Sample] {
        var buffer = SampleBuffer()
        let range =
            Instant(milliseconds: range.lowerBound)...Instant(milliseconds: range.upperBound)
        try snapshot.read(series, in: range, into: &buffer)
        return (0..<buffer.count).map { buffer[$0] }
    }
}

extension AppendOutcome {
    /// Whether it is what a model says, which knows of what is sealed, too.
    func agrees(with model: AppendOutcome) -> Bool {
        self == model || self == .late && model != .tooOld
    }
}
