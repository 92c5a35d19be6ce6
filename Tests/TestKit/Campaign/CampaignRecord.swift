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
}

/// One record of a campaign's journal.
struct CampaignRecord: Sendable {
    /// Arrival of record 0; record n arrives n milliseconds later, which is how it is known again.
    static let firstArrival: Int64 = 1_750_000_000_000

    let samples: [CampaignSample]
    let payload: [UInt8]

    init(_ samples: [CampaignSample]) {
        self.samples = samples
        var payload: [UInt8] = []
        for sample in samples {
            payload.append(UInt8(sample.series))
            for number in [UInt64(bitPattern: sample.time), sample.bits] {
                payload += (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
        }
        self.payload = payload
    }

    /// The samples of a payload, or nil when it is none.
    static func samples(of payload: [UInt8]) -> [CampaignSample]? {
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
}

/// What happened in an episode, above the disk.
enum EpisodeEvent: Sendable {
    /// A commit of records began.
    case committing(Range<Int>)
    /// Records are committed: a commit returned, or an opening found them whole.
    case committed(Range<Int>)
    /// A checkpoint, a rebuilding or an opening is over; what the store then says.
    case sealed(horizon: Int64, position: UInt64)
}

/// What a campaign found that must not be.
struct CampaignFault: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
