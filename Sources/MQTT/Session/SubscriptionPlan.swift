/// What has to change so that a broker's session holds the topics of the settings and no others.
struct SubscriptionPlan: Equatable {
    /// Patterns to end: the session may hold them from before.
    var ended: [String] = []
    /// Filters to ask for, all of them: a session may have lost one.
    var wanted: [TopicFilter] = []
    /// What the broker may hold while the change is under way.
    var during: [TopicFilter] = []

    /// Compares what the broker may hold with what is wanted.
    init(known: [TopicFilter], wanted: [TopicFilter]) {
        let patterns = Set(wanted.map(\.pattern))
        let gone = known.filter { !patterns.contains($0.pattern) }
        ended = gone.map(\.pattern)
        self.wanted = wanted
        during = wanted + gone
    }

    /// Groups of filters that fit one packet: of one level each, and at most
    /// ``maximumFiltersInPacket``.
    var packets: [[TopicFilter]] {
        var groups: [[TopicFilter]] = []
        for quality in [QualityOfService.atMostOnce, .atLeastOnce, .exactlyOnce] {
            let filters = wanted.filter { $0.quality == quality }
            for start in stride(from: 0, to: filters.count, by: Self.maximumFiltersInPacket) {
                let end = min(start + Self.maximumFiltersInPacket, filters.count)
                groups.append(Array(filters[start..<end]))
            }
        }
        return groups
    }

    /// Filters in one packet: few enough for every broker's packet limit.
    static let maximumFiltersInPacket = 50
}
