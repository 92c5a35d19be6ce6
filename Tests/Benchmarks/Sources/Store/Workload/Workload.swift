internal import Measuring
internal import Telemetry

/// The workload that this store and its peers are measured with: telemetry of slow sensors, the
/// same bytes on every machine.
///
/// It is `shared/baselines/workload.h` in Swift: of ten metrics six are gauges with one or two
/// decimals, two are counters and two are states; each has a tenth of the series. A series has a
/// sample every 60 s with a phase of its own, and a jitter of ±2 000 ms, which alone takes 12 bits.
/// The grid variant has the same values at whole minutes.
struct Workload {
    /// When samples are due.
    enum Timing: UInt8 {
        /// Every 60 s from a phase of the series, ±2 000 ms.
        case jittered
        /// At every whole minute.
        case grid
    }

    /// How many series; a multiple of ten.
    let seriesCount: Int
    /// How many samples each has.
    let samplesPerSeries: Int
    let timing: Timing

    /// 2026-01-01T00:00:00Z.
    static let start: Int64 = 1_767_225_600_000
    static let stepMilliseconds: Int64 = 60_000
    static let seed: UInt64 = 42

    /// The size that the peers were measured with.
    static let standard = Workload(seriesCount: 1000, samplesPerSeries: 10_000)

    init(seriesCount: Int, samplesPerSeries: Int, timing: Timing = .jittered) {
        self.seriesCount = seriesCount
        self.samplesPerSeries = samplesPerSeries
        self.timing = timing
    }

    /// How many samples there are in all.
    var sampleCount: Int { seriesCount * samplesPerSeries }

    /// Time of the end of the workload; no sample is later.
    var end: Int64 { Self.start + Int64(samplesPerSeries + 1) * Self.stepMilliseconds }

    /// What the metric of a series is like.
    func metric(of series: Int) -> WorkloadMetric {
        WorkloadMetric.all[series * 10 / seriesCount]
    }

    /// New sources of all series.
    func generators() -> [WorkloadSeries] {
        (0..<seriesCount).map { generator(of: $0) }
    }

    /// A new source of a series' samples, at its first one.
    func generator(of series: Int) -> WorkloadSeries {
        WorkloadSeries(
            metric: series * 10 / seriesCount,
            series: series,
            seed: Self.seed,
            timing: timing
        )
    }

    /// Labels of a series in rising order of their names.
    func labels(of series: Int) -> Labels {
        let metric = metric(of: series)
        let perMetric = seriesCount / 10
        let device = series % perMetric
        return Labels(
            alreadySorted: [
                Label(Labels.metricNameLabel, metric.name),
                Label("device", "d" + Self.padded(device, 2)),
                Label("kind", metric.kind),
                Label("sid", "s" + Self.padded(series, 4)),
                Label("zone", "z\(device * 10 / perMetric)"),
            ]
        )
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Checksum of all samples, series by series.
    var checksum: SampleChecksum {
        var sum = SampleChecksum()
        for series in 0..<seriesCount {
            var generator = generator(of: series)
            for _ in 0..<samplesPerSeries { sum.add(generator.next()) }
        }
        return sum
    }

    /// What the C program gives for 1 000 series of 10 000 samples, jittered.
    ///
    ///     cat > sum.c <<'END'
    ///     #include "workload.h"
    ///     int main(void) {
    ///         struct workload w = wl_make(1000, 10000, 42);
    ///         uint64_t sum = 0xcbf29ce484222325ULL, bits;
    ///         for (size_t k = 0; k < 10000000; k++) {
    ///             __builtin_memcpy(&bits, &w.v[k], 8);
    ///             sum = (sum ^ (uint64_t)w.ts[k]) * 0x100000001b3ULL;
    ///             sum = (sum ^ bits) * 0x100000001b3ULL;
    ///         }
    ///         printf("0x%llx\n", (unsigned long long)sum);
    ///     }
    ///     END
    ///     cc -O2 -I shared/baselines -o sum sum.c && ./sum
    static let referenceChecksum: UInt64 = 0x69bd_0749_11d8_5769

    /// Compares the port with the C program.
    ///
    /// - Throws: ``Failure`` when it makes other samples.
    static func requireSameAsReference() throws {
        let sum = standard.checksum
        guard sum.value == referenceChecksum else {
            throw Failure(
                "the workload is not that of workload.h: its checksum is "
                    + "\(String(sum.value, radix: 16)) and not "
                    + "\(String(referenceChecksum, radix: 16))"
            )
        }
    }
}

/// A checksum of samples in their order: FNV-1a over words of 64 bits.
struct SampleChecksum: Equatable {
    private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325
    private(set) var count = 0

    mutating func add(_ sample: Sample) {
        add(sample.time.milliseconds, sample.value)
    }

    mutating func add(_ milliseconds: Int64, _ sample: Double) {
        value = (value ^ UInt64(bitPattern: milliseconds)) &* 0x100_0000_01b3
        value = (value ^ sample.bitPattern) &* 0x100_0000_01b3
        count += 1
    }
}
