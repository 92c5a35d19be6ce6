/// Positions in the journal in rising order, each once; the lowest are taken first.
struct RisingPositions {
    private var positions: [UInt64] = []
    /// Place of the lowest that is still there.
    private var first = 0

    init() {}

    /// Takes positions that rise already, as a file has them.
    init(_ rising: [UInt64]) { positions = rising }

    var count: Int { positions.count - first }
    var all: ArraySlice<UInt64> { positions[first...] }

    func contains(_ position: UInt64) -> Bool {
        let place = place(of: position)
        return place < positions.count && positions[place] == position
    }

    /// Adds a position in its place; one that is there already changes nothing.
    mutating func insert(_ position: UInt64) {
        let place = place(of: position)
        guard place == positions.count || positions[place] != position else { return }
        if place == first, first > 0 {
            first -= 1
            positions[first] = position
        } else {
            positions.insert(position, at: place)
        }
    }

    /// Takes the lowest.
    mutating func popFirst() -> UInt64? {
        guard first < positions.count else { return nil }
        defer {
            first += 1
            // Room is made in one go, not with each position.
            if first >= 1024 || first == positions.count {
                positions.removeFirst(first)
                first = 0
            }
        }
        return positions[first]
    }

    /// The place of the first position that is not lower.
    private func place(of position: UInt64) -> Int {
        // Nearly always it is the newest.
        if positions.last.map({ $0 < position }) ?? true { return positions.count }
        var low = first
        var high = positions.count
        while low < high {
            let middle = (low + high) / 2
            if positions[middle] < position { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
