import TestKit

/// Messages with a few bytes changed, lost, doubled or cut off.
enum DamagedBytes {
    /// Bytes that the formats give a meaning to, so that damage often stays in the format.
    static let telling = Array("{}[]\",:\\0123456789eE+-.tfnu/ ;|#\n~_".utf8)

    /// A copy with one to four damages.
    static func of(_ text: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = text
        for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[place] = telling.randomElement(using: &generator) ?? 0
            case 2: bytes.remove(at: place)
            case 3: bytes.insert(telling.randomElement(using: &generator) ?? 0, at: place)
            case 4: bytes.removeSubrange(place...)
            case 5: bytes.insert(contentsOf: "99999999999".utf8, at: place)
            default:
                let end = min(bytes.count, place + 12)
                bytes.insert(contentsOf: bytes[place..<end], at: place)
            }
        }
        return bytes
    }
}
