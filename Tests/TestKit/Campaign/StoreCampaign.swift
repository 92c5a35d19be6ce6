/// How much a campaign did.
public struct CampaignCounts: Hashable, Sendable {
    /// Workloads that were run.
    public internal(set) var episodes = 0
    /// Operations of a disk after which the power was cut, and all that is left compared.
    public internal(set) var stops = 0
    /// Those of them where everything on the disk was verified, and went on.
    public internal(set) var thorough = 0
    /// Windows whose summaries were compared with a recomputation.
    public internal(set) var windows = 0
    /// Bits that were changed.
    public internal(set) var flips = 0
    /// Those of them that were told; the others lay in bytes that are not in use.
    public internal(set) var toldFlips = 0

    static func + (left: CampaignCounts, right: CampaignCounts) -> CampaignCounts {
        var sum = left
        sum.episodes += right.episodes
        sum.stops += right.stops
        sum.thorough += right.thorough
        sum.windows += right.windows
        sum.flips += right.flips
        sum.toldFlips += right.toldFlips
        return sum
    }
}

/// Something that did not hold, and where.
public struct CampaignFailure: Error, CustomStringConvertible {
    /// Seed of the episode.
    public let seed: UInt64
    /// Which stop of it; nil when it came to its end in its own course.
    public let stop: Int?
    /// What does not hold.
    public let reason: String

    /// What does not hold, and the command that shows it again.
    public var description: String {
        let place = stop.map { " --stop \($0)" } ?? ""
        return "\(reason)\nrepeat: swift run -c release Campaigns --seed \(seed)\(place)"
    }
}

/// Many episodes of a journal and a store on faulty disks, stopped at each operation.
///
/// Episode n of a campaign has the campaign's seed and n, so that each can be run alone.
public struct StoreCampaign: Sendable {
    /// Seed of the first episode.
    public let seed: UInt64
    /// Operations of the disk in each episode.
    public var operationsEach = 4000
    /// Series that are compared at most stops, of ten; thorough stops compare all.
    public var seriesEach = 10

    /// Names a campaign.
    public init(seed: UInt64) {
        self.seed = seed
    }

    /// Runs episodes until there were so many stops.
    ///
    /// - Parameters:
    ///   - stops: How many, in all.
    ///   - workers: Threads that run episodes at once.
    /// - Throws: ``CampaignFailure`` for the first that fails.
    /// - Returns: What was done.
    public func run(stops: Int, workers: Int = 1) async throws -> CampaignCounts {
        let remaining = StopBudget(stops)
        return try await withThrowingTaskGroup(of: CampaignCounts.self) { group in
            for worker in 0..<workers {
                group.addTask {
                    var counts = CampaignCounts()
                    var number = UInt64(worker)
                    while !Task.isCancelled {
                        let limit = remaining.take(operationsEach)
                        if limit == 0 { break }
                        let plan = EpisodePlan(
                            seed: seed &+ number,
                            operationCount: operationsEach
                        )
                        let check = EpisodeCheck(plan: plan, seriesEach: seriesEach)
                        let done = try check.run(limit: limit)
                        remaining.giveBack(limit - done.stops)
                        counts = counts + done
                        number += UInt64(workers)
                    }
                    return counts
                }
            }
            return try await group.reduce(CampaignCounts(), +)
        }
    }

    /// Runs the first episode only, and one stop of it only.
    ///
    /// - Throws: ``CampaignFailure``.
    /// - Returns: What was done.
    public func run(only stop: Int) throws -> CampaignCounts {
        let plan = EpisodePlan(seed: seed, operationCount: operationsEach)
        return try EpisodeCheck(plan: plan, seriesEach: seriesEach).run(limit: stop, only: stop)
    }
}
