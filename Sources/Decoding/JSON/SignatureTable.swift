/// Places by the signatures of keys, as ``JSONKey`` has them, found without going through all.
///
/// Chains of places whose mixed signatures have the same highest bits. A class, so that it is
/// handed on without counting its arrays.
final class SignatureTable: Sendable {
    private static let bitCount = 6
    private static let none = UInt32.max

    private let signatures: [UInt32]
    /// First place of each chain.
    private let firsts: [UInt32]
    /// The place after each in its chain.
    private let nexts: [UInt32]

    /// Makes the table; equal signatures may stand at several places.
    init(_ signatures: [UInt32]) {
        self.signatures = signatures
        var firsts = [UInt32](repeating: Self.none, count: 1 << Self.bitCount)
        var nexts = [UInt32](repeating: Self.none, count: signatures.count)
        for (place, signature) in signatures.enumerated().reversed() {
            let chain = Self.chain(signature)
            nexts[place] = firsts[chain]
            firsts[chain] = UInt32(place)
        }
        self.firsts = firsts
        self.nexts = nexts
    }

    /// The first place of a signature, or nil.
    func first(of signature: UInt32) -> Int? {
        place(of: signature, from: firsts[Self.chain(signature)])
    }

    /// The next place of the same signature, or nil.
    func next(after place: Int) -> Int? {
        self.place(of: signatures[place], from: nexts[place])
    }

    private func place(of signature: UInt32, from start: UInt32) -> Int? {
        var place = start
        while place != Self.none {
            if signatures[Int(place)] == signature { return Int(place) }
            place = nexts[Int(place)]
        }
        return nil
    }

    private static func chain(_ signature: UInt32) -> Int {
        Int(JSONKey.mixed(signature) >> UInt32(UInt32.bitWidth - bitCount))
    }
}
