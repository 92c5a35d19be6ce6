@testable import Gateway
import RingStore
import Telemetry
import TestKit

/// A stopped gateway's data folder with a store of random samples, names and labels.
struct StoreFolder {
    let path: String
    let settings: StoreSettings

    static let settings = StoreSettings(rawTierBytes: 4 << 20, maximumSeries: 20_000)

    /// The same with rollup tiers.
    static let rollupSettings = StoreSettings(
        rawTierBytes: 4 << 20,
        rollupBytes: StoreSettings.usualRollups(beside: 4 << 20),
        maximumSeries: 20_000
    )

    /// Makes an empty store.
    init(_ path: String, settings: StoreSettings = settings) throws {
        self.path = path
        self.settings = settings
        _ = try RingStore.create(folder: path, settings: settings)
    }

    /// Appends samples and makes a checkpoint.
    func write(_ samples: [(labels: Labels, sample: Sample)]) throws {
        var store = try RingStore.open(folder: path, settings: settings)
        for (labels, sample) in samples {
            let series = try store.series(for: labels)
            _ = store.append(series, sample)
        }
        try store.checkpoint(journalPosition: store.journalPosition)
    }

    /// Everything that the store holds, values as bit patterns.
    static func content(
        _ path: String,
        normalized: (UInt64) -> UInt64? = { $0 }
    ) throws -> [Labels: [Int64: UInt64]] {
        let snapshot = try StoreSnapshot.open(folder: path)
        let all = Instant.distantPast ... .distantFuture
        var content: [Labels: [Int64: UInt64]] = [:]
        var buffer = SampleBuffer()
        for reference in try snapshot.select([], in: all) {
            try snapshot.read(reference.id, in: all, into: &buffer)
            for index in 0..<buffer.count {
                guard let bits = normalized(buffer.values[index].bitPattern) else { continue }
                content[reference.labels, default: [:]][buffer.times[index]] = bits
            }
        }
        return content
    }

    /// Samples with times of all sizes, values of all kinds, and labels that need escaping.
    static func random(
        seed: UInt64,
        count: Int
    ) -> [(labels: Labels, sample: Sample)] {
        var generator = SeededGenerator(seed: seed)
        let texts = [
            "plain", "Bản 1", "a\"b", "back\\slash", "line\nfeed", "comma, blank ", "\r\n", "'=+",
            "{}", "\u{301}accent", "\"\u{301}", "time", "#", " ",
        ]
        let names = ["device", "village", "time", "value", "metric", "_x1", "le"]
        return (0..<count).map { _ in
            var labels = [Label(Labels.metricNameLabel, "m:\(generator.next() % 12)_total")]
            for _ in 0..<(generator.next() % 4) {
                labels.append(
                    Label(
                        names[Int(generator.next() % UInt64(names.count))],
                        texts[Int(generator.next() % UInt64(texts.count))]
                    )
                )
            }
            return (Labels(labels), Sample(time: time(&generator), value: value(&generator)))
        }
    }

    private static func time(_ generator: inout SeededGenerator) -> Instant {
        let draw = generator.next()
        let far: [Int64] = [.min, .max, 0, -1, 999, -62_167_219_200_001, 253_402_300_800_000]
        if draw % 40 == 0 { return Instant(milliseconds: far[Int(draw / 40 % 7)]) }
        return Instant(milliseconds: 1_700_000_000_000 + Int64(generator.next() % 10_000_000_000))
    }

    private static func value(_ generator: inout SeededGenerator) -> Double {
        let draw = generator.next()
        switch draw % 10 {
        case 0:
            let special: [UInt64] = [
                Sample.staleMarkerBits, 0x8000_0000_0000_0000, 0, 0x7FF8_0000_0000_0001,
                0xFFF0_0000_0000_0000, 0x7FF0_0000_0000_0000, 1, .max, 0x7FEF_FFFF_FFFF_FFFF,
            ]
            return Double(bitPattern: special[Int(draw / 10 % 9)])
        case 1...5: return Double(draw % 100_000) / 100
        default: return Double(bitPattern: generator.next())
        }
    }
}
