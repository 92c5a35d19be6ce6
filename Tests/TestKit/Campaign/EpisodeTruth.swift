/// What must hold at one moment of an episode, whenever the power goes.
struct EpisodeTruth: Sendable {
    /// Samples of all committed records, as far as a store can still hold them.
    private(set) var model: CampaignModel
    /// A deletion that may be done or not.
    private(set) var deletion: CampaignDeletion?
    /// How many deletions were done.
    private(set) var deletionCount = 0
    /// Numbers of all committed records.
    private(set) var committed: [Int] = []
    /// Records whose commits began since the last one that returned: a part of one may be there.
    private(set) var candidates: [Range<Int>] = []
    /// The last checkpoint that returned named this.
    private(set) var position: UInt64 = 0
    private(set) var horizon = Int64.min
    /// No store of this moment has a later horizon.
    private(set) var latestHorizon = Int64.max

    private let episode: Episode
    /// For each event the horizon that the next one tells of which tells one.
    private let nextHorizons: [Int64]

    init(_ episode: Episode) {
        self.episode = episode
        model = CampaignModel(keepsAll: episode.plan.hasRollups)
        var next: [Int64] = []
        var horizon = Int64.max
        for event in episode.events.reversed() {
            next.append(horizon)
            if case .sealed(let known, _) = event { horizon = known }
        }
        nextHorizons = next.reversed()
    }

    /// Goes on to an event.
    mutating func pass(_ index: Int) {
        switch episode.events[index] {
        case .committing(let range):
            if !candidates.contains(range) { candidates.append(range) }
        case .committed(let range):
            candidates.removeAll()
            committed += range
            for number in range {
                for sample in episode.records[number].samples { model.put(sample) }
            }
        case .sealed(let horizon, let position):
            self.position = position
            if horizon > self.horizon { model.drop(before: horizon) }
            self.horizon = horizon
        case .refused(let samples):
            for sample in samples { model.refuse(sample) }
        case .deleting(let deletion):
            self.deletion = deletion
        case .deleted(let isDone, let horizon):
            guard let deletion else { break }
            if isDone {
                deletionCount += 1
                model.remove(deletion)
            }
            model.note(deletion, horizon: horizon)
            self.deletion = nil
        }
        latestHorizon = episode.plan.isFaulty ? .max : nextHorizons[index]
    }

    /// What a store may hold, its journal with some records that are not committed.
    func models(with others: ArraySlice<Int>) -> [CampaignModel] {
        var models = [model]
        if let deletion {
            models[0].note(deletion, horizon: .max)
            models.append(models[0])
            models[1].remove(deletion)
        }
        let others = others.flatMap { episode.records[$0].samples }
        for index in models.indices {
            for sample in others { models[index].put(sample) }
        }
        return models
    }

    /// Checks the numbers of the records that a journal was found to hold.
    ///
    /// - Throws: ``CampaignFault`` when committed ones are missing, or others are there.
    /// - Returns: Those that are not committed, but may be there.
    func requireRecords(_ numbers: [Int]) throws -> ArraySlice<Int> {
        let end = (committed.last ?? -1) + 1
        let known = numbers.prefix { $0 < end }
        guard known.elementsEqual(committed.suffix(known.count)),
            !known.isEmpty || committed.isEmpty
        else {
            throw CampaignFault(
                "the journal holds records \(numbers), committed were "
                    + "\(committed.suffix(numbers.count + 3))"
            )
        }
        let others = numbers[known.endIndex...]
        guard let first = others.first else { return others }
        let isPrefix = candidates.contains { range in
            range.lowerBound == first && others.elementsEqual(range.prefix(others.count))
        }
        guard isPrefix else {
            throw CampaignFault(
                "the journal holds records \(others) that were not being committed: \(candidates)"
            )
        }
        return others
    }
}
