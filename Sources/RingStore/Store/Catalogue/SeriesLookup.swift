internal import Telemetry

/// Finds a series by its labels; only the writer needs it.
///
/// It holds hashes and numbers, 16 bytes an entry and free places; the labels themselves stay in
/// the catalogue, where a hit is compared.
struct SeriesLookup: Sendable {
    private var numbers: [Int: UInt32] = [:]

    /// The series that has these labels, or nil.
    func find(_ labels: Labels, in catalogue: SeriesCatalogue) -> UInt32? {
        var hash = labels.hashValue
        // Two series of one hash lie at neighbouring keys.
        while let number = numbers[hash] {
            if catalogue.hasLabels(number, labels) { return number }
            hash &+= 1
        }
        return nil
    }

    /// Notes a series that was not found.
    mutating func insert(_ series: UInt32, _ labels: Labels) {
        var hash = labels.hashValue
        while numbers[hash] != nil { hash &+= 1 }
        numbers[hash] = series
    }
}
