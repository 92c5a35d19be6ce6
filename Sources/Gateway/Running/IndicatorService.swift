internal import Indicators
internal import Knowledge
internal import Logging
internal import PromQL
internal import RingStore
internal import Telemetry

/// Judges the criteria sets for every unit, now and then, on a thread of its own, and journals what
/// it found as series; see ``IndicatorSeries``.
actor IndicatorService {
    private let sets: [CriteriaSet]
    private var facts: IndicatorFacts
    private let store: StoreAccess
    private let logger: Logger
    private(set) var scorecards: [Scorecard] = []
    private(set) var computedAt: Instant?
    private var series = IndicatorSeries()
    /// Set when the gateway ends: an evaluation then stops at its next indicator.
    nonisolated let isEnding = EndingFlag()

    /// Pause between two rounds: verdicts look over 30 days and change slowly.
    static let interval = Duration.seconds(600)

    init(sets: [CriteriaSet], facts: IndicatorFacts, store: StoreAccess, logger: Logger) {
        self.sets = sets
        self.facts = facts
        self.store = store
        self.logger = logger
    }

    /// Takes a changed registry: the next evaluation goes by it.
    func replaceFacts(_ facts: IndicatorFacts) { self.facts = facts }

    /// Judges everything; verdicts stay as they were when the gateway ends meanwhile.
    func evaluate(at now: Instant) async {
        guard let source = store.source(at: now) else { return }
        let date = facts.localDate(now)
        let (sets, facts, logger, isEnding) = (self.sets, self.facts, self.logger, self.isEnding)
        let judged: [Scorecard]? = await OwnThread.run {
            var engine = IndicatorEngine()
            engine.mustEnd = { isEnding.withLock { $0 } }
            var scorecards: [Scorecard] = []
            for unit in facts.units where !facts.villageCodes(of: unit.code, on: date).isEmpty {
                do throws(IndicatorError) {
                    scorecards += try engine.evaluate(
                        sets,
                        units: [unit.code],
                        facts: facts,
                        at: now,
                        source: source
                    )
                } catch .interrupted {
                    return nil
                } catch {
                    logger.error("\(error)")
                }
            }
            return scorecards
        }
        guard let judged else { return }
        scorecards = judged
        computedAt = now
        await write(series.samples(of: judged, at: now))
    }

    /// Journals an evaluation; one that cannot be is a gap of ten minutes, and the log says why.
    private func write(_ samples: LabelledSamples) async {
        let failure = await OwnThread.run { [store] in store.write(samples) }
        guard let failure else { return }
        logger.log(
            level: isEnding.withLock { $0 } ? .notice : .error,
            "cannot journal the verdicts on the indicators: \(failure)"
        )
    }
}
