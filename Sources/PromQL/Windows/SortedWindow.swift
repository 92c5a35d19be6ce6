/// The values of a window in rising order, kept so as it moves.
///
/// A value that enters or leaves costs a search and moving those above it; many at once are sorted.
struct SortedWindow {
    /// The values as whole numbers of the same order, NaN before all others.
    private var keys: [Int64] = []

    /// How many values there are.
    var count: Int { keys.count }

    /// The value with so many before it.
    subscript(place: Int) -> Double { Self.value(of: keys[place]) }

    /// Takes values in.
    mutating func insert(_ values: ArraySlice<Double>) {
        // Below this, moving is dearer than sorting what is nearly in order.
        if values.count > 1 + keys.count / 8 {
            keys.append(contentsOf: values.lazy.map(Self.key))
            keys.sort()
            return
        }
        for value in values {
            let key = Self.key(of: value)
            keys.insert(key, at: place(of: key))
        }
    }

    /// Forgets values that have been taken in.
    mutating func remove(_ values: ArraySlice<Double>) {
        if values.count == keys.count {
            keys.removeAll(keepingCapacity: true)
            return
        }
        if values.count > 1 + keys.count / 8 {
            removeMany(values)
            return
        }
        for value in values { keys.remove(at: place(of: Self.key(of: value))) }
    }

    /// Forgets values in one pass over all.
    private mutating func removeMany(_ values: ArraySlice<Double>) {
        let leaving = values.map(Self.key).sorted()
        var next = 0
        keys.removeAll { key in
            guard next < leaving.count, leaving[next] == key else { return false }
            next += 1
            return true
        }
    }

    /// Where the first key that is not smaller lies.
    private func place(of key: Int64) -> Int {
        var (low, high) = (0, keys.count)
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The bits of a negative number fall as it rises.
    private static func key(of value: Double) -> Int64 {
        if value.isNaN { return .min }
        let bits = Int64(bitPattern: value.bitPattern)
        return bits < 0 ? bits ^ .max : bits
    }

    private static func value(of key: Int64) -> Double {
        if key == .min { return .nan }
        return Double(bitPattern: UInt64(bitPattern: key < 0 ? key ^ .max : key))
    }
}
