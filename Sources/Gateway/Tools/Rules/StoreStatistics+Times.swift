internal import RingStore
internal import Telemetry

extension StoreStatistics {
    /// The time of the first sample that has not given way; nil when there is none.
    var firstKept: Instant? { oldest.map { max($0, horizon) } }

    /// Refuses times that are not stored as a whole.
    ///
    /// - Throws: ``GatewayError/outsideData(from:to:first:last:)``.
    /// - Returns: the time of the first sample that has not given way.
    @discardableResult
    func requireStored(_ times: ClosedRange<Instant>) throws(GatewayError) -> Instant {
        guard let first = firstKept, let last = newest, first <= times.lowerBound,
            times.upperBound <= last
        else {
            throw .outsideData(
                from: times.lowerBound,
                to: times.upperBound,
                first: firstKept,
                last: newest
            )
        }
        return first
    }
}
