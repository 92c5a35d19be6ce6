/// Whether the broker is there, for a Sparkplug host that hears by one connection and speaks by
/// another.
struct SparkplugLink {
    /// What became of it since it was looked at last.
    struct Change: Equatable {
        /// Nothing is heard any more, so that nobody knows how a node is.
        var isLost = false
        /// A connection was made: what changed before was not heard, or could not be asked.
        var isMade = false
    }

    private var isHearing = false
    private var connections: UInt64 = 0

    /// Notes how the connections are.
    ///
    /// - Parameters:
    ///   - isHearing: whether the one that hears stands, with its subscriptions.
    ///   - connections: how often the broker has accepted the one that speaks.
    /// - Returns: what changed.
    mutating func note(isHearing: Bool, connections: UInt64) -> Change {
        defer { (self.isHearing, self.connections) = (isHearing, connections) }
        return Change(
            isLost: self.isHearing && !isHearing,
            isMade: connections != self.connections || isHearing && !self.isHearing
        )
    }
}
