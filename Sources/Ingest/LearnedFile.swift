internal import Decoding
internal import RingStore

/// The descriptions of devices that the decoder learned from, kept beside the store.
///
/// Brokers send descriptions once, when somebody subscribes; without this file a gateway that
/// starts again would not know what it knew until they come again. A magic of 8 bytes, a count,
/// then for each lesson the lengths of topic and payload and both, and a CRC-32C of all that; all
/// numbers are 32 bits, the lowest byte first.
enum LearnedFile {
    /// Name of the file in the data folder.
    static let name = "learned"

    private static let magic = Array("LGSOLN01".utf8)

    /// The lessons as they are written.
    static func bytes(of lessons: [Lesson]) -> [UInt8] {
        var bytes = magic
        put(lessons.count, &bytes)
        for lesson in lessons {
            put(lesson.topic.count, &bytes)
            put(lesson.payload.count, &bytes)
            bytes += lesson.topic
            bytes += lesson.payload
        }
        put(Int(CRC32C.checksum(bytes.span.bytes)), &bytes)
        return bytes
    }

    /// Reads what ``bytes(of:)`` wrote; nil when it is not whole.
    static func lessons(_ bytes: [UInt8]) -> [Lesson]? {
        guard bytes.count >= magic.count + 8, bytes.starts(with: magic) else { return nil }
        let body = Array(bytes.dropLast(4))
        guard number(bytes, bytes.count - 4) == Int(CRC32C.checksum(body.span.bytes)) else {
            return nil
        }
        var place = magic.count
        let count = number(body, place)
        place += 4
        var lessons: [Lesson] = []
        for _ in 0..<count {
            guard place + 8 <= body.count else { return nil }
            let topicEnd = place + 8 + number(body, place)
            let end = topicEnd + number(body, place + 4)
            guard end <= body.count else { return nil }
            lessons.append(
                Lesson(
                    topic: Array(body[(place + 8)..<topicEnd]),
                    payload: Array(body[topicEnd..<end])
                )
            )
            place = end
        }
        return place == body.count ? lessons : nil
    }

    private static func put(_ value: Int, _ bytes: inout [UInt8]) {
        for shift in stride(from: 0, to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func number(_ bytes: [UInt8], _ place: Int) -> Int {
        (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
}
