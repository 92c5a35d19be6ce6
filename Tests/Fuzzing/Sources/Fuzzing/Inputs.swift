/// How inputs are divided into pieces that a target takes apart again.
enum Inputs {
    /// What stands between two pieces: no UTF-8, so that no text holds it.
    static let divider: [UInt8] = [0xFF, 0xFE, 0xFF]

    /// Pieces as an input.
    static func joined(_ pieces: [[UInt8]]) -> [UInt8] { Array(pieces.joined(separator: divider)) }

    /// The pieces of an input, the last with all that is left.
    static func pieces(_ input: ArraySlice<UInt8>, limit: Int) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var start = input.startIndex
        var index = input.startIndex
        while index < input.endIndex, pieces.count < limit - 1 {
            if input[index...].starts(with: divider) {
                pieces.append(Array(input[start..<index]))
                index += divider.count
                start = index
            } else {
                index += 1
            }
        }
        return pieces + [Array(input[start...])]
    }

    /// A message: a topic, a line end, and the payload.
    static func message(_ topic: String, _ payload: [UInt8]) -> [UInt8] {
        Array("\(topic)\n".utf8) + payload
    }

    /// Topic and payload of a message.
    static func message(_ piece: [UInt8]) -> (topic: [UInt8], payload: [UInt8]) {
        let line = piece.firstIndex(of: 0x0A) ?? piece.endIndex
        return (Array(piece[..<line]), Array(piece[line...].dropFirst()))
    }
}
