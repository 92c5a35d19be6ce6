internal import RingStore
internal import Telemetry

/// One sample of a campaign's workload.
struct CampaignSample: Hashable, Sendable {
    /// Which of the workload's series.
    var series: Int
    /// Milliseconds since 1970.
    var time: Int64
    /// The value's bit pattern.
    var bits: UInt64

    /// The labels of a series of the workload.
    static func labels(_ series: Int) -> Labels {
        Labels(metric: "lamp_watts", ["lamp": "\(series)", "simulated": "true"])
    }

    /// The series that has these labels, or nil.
    static func series(_ labels: Labels) -> Int? {
        guard let series = labels["lamp"].flatMap({ Int($0) }), labels == Self.labels(series) else {
            return nil
        }
        return series
    }

    /// The sample as a store takes it.
    var sample: Sample {
        Sample(time: Instant(milliseconds: time), value: Double(bitPattern: bits))
    }

    /// The sample as a journal takes it.
    var entry: (labels: Labels, sample: Sample) {
        (Self.labels(series), sample)
    }

    init(series: Int, time: Int64, bits: UInt64) {
        self.series = series
        self.time = time
        self.bits = bits
    }

    init(_ series: Int, _ sample: Sample) {
        self.init(
            series: series,
            time: sample.time.milliseconds,
            bits: sample.value.bitPattern
        )
    }
}

/// One record of a campaign's journal.
struct CampaignRecord: Sendable {
    /// Arrival of record 0; record n arrives n milliseconds later, which is how it is known again.
    static let firstArrival: Int64 = 1_750_000_000_000

    let samples: [CampaignSample]
    /// Whether it is a message of the campaign's own form, or samples as the gateway writes its
    /// own.
    let isMessage: Bool

    /// Adds it to a batch.
    ///
    /// - Throws: `JournalError`; ``CampaignFault`` when it does not become one record.
    func append(
        number: Int,
        to batch: RecordBatch,
        _ storage: inout CampaignStorage
    ) throws {
        let arrival = Instant(milliseconds: Self.firstArrival + Int64(number))
        let count = batch.count
        if isMessage {
            try batch.append(kind: .message, receivedAt: arrival, payload: payload)
        } else {
            try storage.append(
                LabelledSamples(samples.lazy.map(\.entry)),
                receivedAt: arrival,
                to: batch
            )
        }
        guard batch.count == count + 1 else {
            throw CampaignFault("record \(number) became \(batch.count - count)")
        }
    }

    private var payload: [UInt8] {
        var payload: [UInt8] = []
        for sample in samples {
            payload.append(UInt8(sample.series))
            for number in [UInt64(bitPattern: sample.time), sample.bits] {
                payload += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
        }
        return payload
    }

    /// The samples of a message, or nil when it is none.
    private static func samples(of payload: [UInt8]) -> [CampaignSample]? {
        let sampleBytes = 17
        guard payload.count % sampleBytes == 0 else { return nil }
        return stride(from: 0, to: payload.count, by: sampleBytes).map { start in
            let numbers = [start + 1, start + 9].map { first in
                (0..<8).reduce(UInt64(0)) { $0 | UInt64(payload[first + $1]) << (8 * $1) }
            }
            return CampaignSample(
                series: Int(payload[start]),
                time: Int64(bitPattern: numbers[0]),
                bits: numbers[1]
            )
        }
    }

    /// The samples of a record in a journal, or nil when it is none of a campaign's.
    ///
    /// - Throws: `SampleRecordFault`.
    static func samples(
        of record: borrowing RecordView,
        _ reader: inout SampleRecordReader
    ) throws(SampleRecordFault) -> [CampaignSample]? {
        guard record.kind == .samples else { return samples(of: JournalRecord(record).payload) }
        try reader.read(record)
        var samples: [CampaignSample] = []
        for numbered in reader.samples {
            guard let series = CampaignSample.series(reader.labels(of: numbered.series)) else {
                return nil
            }
            samples.append(CampaignSample(series, numbered.sample))
        }
        return samples
    }
}

/// What a campaign found that must not be.
struct CampaignFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
