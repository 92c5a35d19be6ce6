import RingStore
import Telemetry
import TestKit

/// Makes numbered records and reads them back.
enum JournalBench {
    static let settings = small(sizeBytes: 16_384, segmentBytes: 4096)
    static let start = Instant(milliseconds: 1_750_000_000_000)

    /// Settings for segments of any number of pages.
    static func small(sizeBytes: UInt64, segmentBytes: UInt64) -> JournalSettings {
        var settings = JournalSettings(sizeBytes: sizeBytes, segmentBytes: segmentBytes)
        settings.leastSegmentBytes = 4096
        return settings
    }

    static func batch(_ numbers: Range<Int>, payloadBytes: Int = 40) throws -> RecordBatch {
        let batch = RecordBatch()
        for number in numbers {
            var payload = Array("message \(number) ".utf8)
            while payload.count < payloadBytes { payload.append(UInt8(number & 0xFF)) }
            try batch.append(
                kind: .message,
                flags: number.isMultiple(of: 2) ? [.retained] : [],
                receivedAt: Instant(milliseconds: start.milliseconds + Int64(number)),
                topic: Array("làng/đèn/\(number % 3)".utf8),
                payload: payload
            )
        }
        return batch
    }

    /// The numbers in the journal's records, from its tail on.
    static func numbers(
        in folder: String,
        calls: any FileCalls = SystemFileCalls()
    ) throws -> [Int] {
        let reader = try JournalReader(folder: folder, calls: calls)
        return try numbers(reader, from: reader.tail())
    }

    static func numbers(_ reader: borrowing JournalReader, from: UInt64) throws -> [Int] {
        var numbers: [Int] = []
        try reader.scan(from: from) { (view) throws(JournalError) in
            let text = String(decoding: JournalRecord(view).payload, as: UTF8.self)
            if let number = Int(text.split(separator: " ")[1]) { numbers.append(number) }
            return true
        }
        return numbers
    }
}
