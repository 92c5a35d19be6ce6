internal import Alerting
internal import ConfigurationText
internal import Foundation
internal import Knowledge
internal import PromQL
internal import Registry
internal import RingStore
public import Telemetry

/// What rules gave for a stretch of the past and what became of it, as `langso rules backfill`
/// shows it; times are RFC 3339 in UTC.
public struct RuleBackfillReport: Codable, Sendable {
    /// What is evaluated, over which data.
    public struct Request: Sendable {
        /// Rule files; none for the gateway's own rules, which settings must name then.
        public var files: [String]
        /// Data folder of a gateway that does not run.
        public var dataFolder: String
        /// Settings that name the gateway's rules; nil for those that ship.
        public var settings: GatewaySettings?
        /// First and last time.
        public var times: ClosedRange<Instant>
        /// Whether nothing is written.
        public var isDryRun: Bool
        /// The time of day.
        public var now: Instant

        /// Creates a request.
        public init(
            files: [String] = [],
            dataFolder: String,
            settings: GatewaySettings? = nil,
            times: ClosedRange<Instant>,
            isDryRun: Bool = false,
            now: Instant
        ) {
            self.files = files
            self.dataFolder = dataFolder
            self.settings = settings
            self.times = times
            self.isDryRun = isDryRun
            self.now = now
        }
    }

    /// Why a rule failed first.
    public struct Failure: Codable, Sendable {
        /// The time of the evaluation.
        public var time: String
        /// What went wrong.
        public var reason: String
    }

    /// What became of a rule, or of all.
    public struct Figures: Codable, Sendable {
        /// How many times it was evaluated.
        public var evaluations = 0
        /// How many of these failed.
        public var failedEvaluations = 0
        /// Samples at times that had none.
        public var written = 0
        /// Samples in place of others.
        public var replaced = 0
        /// Samples that no longer hold, which became staleness markers.
        public var ended = 0
        /// Samples that were there already.
        public var unchanged = 0
    }

    /// A rule.
    public struct Rule: Codable, Sendable {
        /// Name of the alert or of the recorded series.
        public var name: String
        /// What became of it.
        public var figures: Figures
        /// The first failure; nil when there was none.
        public var firstFailure: Failure?
    }

    /// A group of rules.
    public struct Group: Codable, Sendable {
        /// Its name.
        public var name: String
        /// The file that it is from.
        public var file: String
        /// Its rules in order.
        public var rules: [Rule]
    }

    /// The rule files; empty for the gateway's own rules.
    public var files: [String]
    /// First time of an evaluation.
    public var from: String
    /// Last time of an evaluation.
    public var to: String
    /// Whether nothing was written.
    public var isDryRun: Bool
    /// The groups in the order of evaluation.
    public var groups: [Group]
    /// What became of all rules.
    public var total: Figures
    /// Samples that the store refused.
    public var refused = 0
    /// Why it refused the first ones.
    public var refusals: [String] = []
    /// Samples before this time gave way to the last portion, for want of room; nil when none did.
    public var droppedBefore: String?

    /// Evaluates rules over stored history and writes what they give.
    ///
    /// What was written is in the journal and in the store when it returns; after a crash, or when
    /// it throws, it may be called again and does what is left.
    ///
    /// - Parameters:
    ///   - request: what is evaluated.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: ``GatewayError/outsideData(from:to:first:last:)`` for times that are not stored,
    ///   ``GatewayError/inUse(path:processID:)`` while a gateway runs,
    ///   ``GatewayError/usage(_:)`` for a file that is named twice and without files or settings,
    ///   `ConfigurationFaults` for faulty files, `AlertingError` for too long a time, `StoreError`,
    ///   `JournalError`, `IngestError` and `RegistryError`; each says what to do. All of them as
    ///   ``GatewayError/backfillEnded(writtenTo:reason:)`` once something is written, also when
    ///   older samples give way to it.
    public init(_ request: Request, progress: (Double) -> Void = { _ in }) throws {
        let rules = try BackfillRules(request)
        var backfill = try RuleBackfill(
            groups: rules.groups,
            besides: rules.others,
            relations: rules.relations,
            isWhole: request.files.isEmpty,
            times: request.times,
            externalLabels: Labels(
                (request.settings?.externalLabels ?? [:]).map { Label($0.key, $0.value) }
            ),
            externalURL: request.settings?.linkBase ?? ""
        )
        let known = try KnownDays(request.dataFolder, request.settings)
        let journal = request.settings?.journal ?? JournalSettings()
        let folder = request.dataFolder
        var target: BackfillTarget?
        let stored: StoreSnapshot
        if request.isDryRun {
            stored = try StoreTool.explaining(folder) { try StoreSnapshot.open(folder: folder) }
            try BackfillTarget.requireMessagesTaken(folder)
        } else {
            let opened = try BackfillTarget(folder, journal: journal, at: request.now)
            stored = opened.snapshot()
            target = opened
        }
        let first = try stored.statistics.requireStored(request.times)
        try Self.run(&backfill, from: first, request, known, target, stored, progress)
        try target?.finish()
        self.init(request, backfill)
        if let target {
            refused = target.refusedCount
            refusals = target.refusals
            droppedBefore = target.droppedBefore?.rfc3339
        }
    }

    private init(_ request: Request, _ backfill: RuleBackfill) {
        files = request.files
        from = backfill.times.lowerBound.rfc3339
        to = backfill.times.upperBound.rfc3339
        isDryRun = request.isDryRun
        var total = Figures()
        groups = backfill.groups.map { group in
            Group(
                name: group.name,
                file: group.file,
                rules: group.rules.map { rule in
                    let given = backfill.figures(of: rule.id)
                    total.add(given)
                    var figures = Figures()
                    figures.add(given)
                    return Rule(
                        name: rule.name,
                        figures: figures,
                        firstFailure: given.tally.firstFailure.map {
                            Failure(time: $0.time.rfc3339, reason: $0.reason)
                        }
                    )
                }
            )
        }
        self.total = total
    }

    /// Judges portion after portion, each with the registry of its day, as the gateway does.
    private static func run(
        _ backfill: inout RuleBackfill,
        from first: Instant,
        _ request: Request,
        _ known: KnownDays,
        _ target: BackfillTarget?,
        _ stored: StoreSnapshot,
        _ progress: (Double) -> Void
    ) throws {
        var snapshot = stored
        func source(until end: Instant) -> some SeriesSource {
            let kept = KeptSource(snapshot, ahead: AlertService.shared)
            return KnownSource(kept, known.series(at: end), now: end)
        }
        try backfill.warmUp(
            notBefore: first,
            keptSince: stored.statistics.horizon,
            source: source(until: backfill.times.lowerBound)
        )
        let length = max(1, (request.times.upperBound - request.times.lowerBound).seconds)
        var writtenTo: Instant?
        do {
            while let start = backfill.next {
                progress((start - request.times.lowerBound).seconds / length)
                let end = min(start + AlertService.shared, known.endOfDay(at: start))
                let samples = try backfill.judge(until: end, source: source(until: end))
                guard let target else {
                    try backfill.remember(samples)
                    continue
                }
                try target.write(samples)
                writtenTo = backfill.judgedTo
                snapshot = target.snapshot()
                // The portions to come would be judged on what is left.
                if backfill.next != nil, let time = target.droppedBefore {
                    throw GatewayError.noRoom(droppedBefore: time)
                }
            }
        } catch {
            guard let writtenTo else { throw error }
            throw GatewayError.backfillEnded(writtenTo: writtenTo, reason: "\(error)")
        }
        progress(1)
    }
}

extension RuleBackfillReport.Figures {
    mutating func add(_ given: BackfillFigures) {
        evaluations += given.tally.evaluations
        failedEvaluations += given.tally.failures
        written += given.written
        replaced += given.replaced
        ended += given.ended
        unchanged += given.unchanged
    }
}
