/// Places of names that pieces of text are compared with, found by the names' signatures.
///
/// A class, so that it is handed on without counting its arrays; going through it counts none.
final class KeyTable: Sendable {
    /// All names one after another.
    private let letters: [UInt8]
    /// Where each name begins, and the last one ends.
    private let limits: [Int]
    private let places: SignatureTable

    /// Makes the table; a name may stand at several places.
    init(_ keys: [JSONKey]) {
        letters = keys.flatMap(\.bytes)
        limits = keys.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.bytes.count) }
        places = SignatureTable(keys.map(\.signature))
    }

    static let empty = KeyTable([])

    /// The first place of the name that a piece of a text is, whose signature is known; nil for
    /// none.
    func first(_ signature: UInt32, _ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        same(text, range, from: places.first(of: signature))
    }

    /// The place after one that ``first(_:_:_:)`` found for the same piece of text.
    func next(after place: Int, _ text: Span<UInt8>, _ range: Range<Int>) -> Int? {
        same(text, range, from: places.next(after: place))
    }

    private func same(_ text: Span<UInt8>, _ range: Range<Int>, from start: Int?) -> Int? {
        let letters = letters
        var next = start
        while let place = next {
            let first = limits[place]
            let count = limits[place + 1] - first
            if range.count == count,
                JSONKey.isSame(text, range.lowerBound, letters.span, first, count: count)
            {
                return place
            }
            next = places.next(after: place)
        }
        return nil
    }
}
