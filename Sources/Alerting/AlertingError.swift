internal import PromQL
public import Telemetry

/// Why a rule, a template or the state of alerts could not be used.
public enum AlertingError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A template has a fault at a byte offset; mend the template.
    case badTemplate(offset: Int, reason: String)
    /// A template is well formed but fails with the data at hand.
    case templateFailed(reason: String)
    /// The query engine refused the expression of a rule or could not read the store.
    case queryFailed(rule: String, reason: String)
    /// The expression gives something that no rule can use, as a text or a range vector.
    case wrongValueType(rule: String, found: String)
    /// Two results of a rule have the same labels once the rule's own are set.
    case duplicateLabels(rule: String, labels: String)
    /// A rule gives more alerts or series than its limit.
    case limitExceeded(rule: String, count: Int, limit: Int)
    /// A run over history is longer than the limit; take a larger step or a shorter time.
    case historyTooLong(steps: Int, limit: Int)
    /// Rules gave more samples in one run over history than the limit; divide the run.
    case historyTooLarge(samples: Int, limit: Int)
    /// Rules gave more samples at one time than the limit; narrow their expressions.
    case minuteTooLarge(at: Instant, samples: Int, limit: Int)
    /// Rules gave more samples before a backfill than the limit; take fewer rules at once.
    case warmUpTooLarge(samples: Int, limit: Int)
    /// A backfill that writes nothing would give more samples than the limit; take a shorter time.
    case dryRunTooLarge(samples: Int, limit: Int)
    /// A run over history was ended before it came to its end; the state is as it was before.
    case interrupted(at: Instant)
    /// The start of a run over history lies after its end, or the step is not positive.
    case historyBackwards(from: Instant, to: Instant, step: Milliseconds)
    /// A rule looks further back than samples are kept; begin at the earliest time that works.
    case historyForgotten(rule: String, reach: Milliseconds, keptSince: Instant, earliest: Instant)
    /// A rule that is to be backfilled is one of the other rules too, so that nobody knows whose
    /// the stored series are; give it a label of its own, or backfill the other rule's file.
    case ruleInForce(name: String, other: RuleID)
    /// A stored state of alerts cannot be what this module wrote.
    case damagedBook(reason: String)
    /// A file that belongs to the module was not installed with it.
    case missingResource(name: String)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .badTemplate(let offset, let reason):
            "cannot read a template: \(reason) at byte \(offset)"
        case .templateFailed(let reason):
            "cannot expand a template: \(reason)"
        case .queryFailed(let rule, let reason):
            "cannot evaluate rule \(rule): \(reason)"
        case .wrongValueType(let rule, let found):
            "cannot evaluate rule \(rule): its expression gives \(found), "
                + "a scalar or an instant vector is needed"
        case .duplicateLabels(let rule, let labels):
            "cannot evaluate rule \(rule): two results have the labels \(labels); "
                + "keep a label that tells them apart"
        case .limitExceeded(let rule, let count, let limit):
            "cannot evaluate rule \(rule): it gives \(count) results, the limit is \(limit); "
                + "narrow its expression or raise the limit"
        case .historyTooLong(let steps, let limit):
            "cannot evaluate history: \(steps) steps, the limit is \(limit); "
                + "take a larger step or a shorter time"
        case .historyTooLarge(let samples, let limit):
            "cannot evaluate history: rules gave \(samples) samples, the limit is \(limit); "
                + "divide the time"
        case .minuteTooLarge(let time, let samples, let limit):
            "cannot evaluate history: rules gave \(samples) samples for \(time.rfc3339) alone, "
                + "the limit is \(limit); narrow their expressions, or take fewer rules at once"
        case .warmUpTooLarge(let samples, let limit):
            "cannot find the state at the start of the backfill: rules gave \(samples) samples in "
                + "the time before it, the limit is \(limit); take fewer rules at once"
        case .dryRunTooLarge(let samples, let limit):
            "cannot try out the backfill: it would give \(samples) samples or more, the limit is "
                + "\(limit) without writing them; take a shorter time"
        case .interrupted(let time):
            "cannot evaluate history beyond \(time): it was told to end; take a shorter time"
        case .historyBackwards(let from, let to, let step):
            "cannot evaluate history from \(from) to \(to) by \(step.count) ms: "
                + "it must run forwards"
        case .historyForgotten(let rule, let reach, let keptSince, let earliest):
            "cannot evaluate rule \(rule) so early: it looks back \(DurationText.print(reach)) and "
                + "samples are kept since \(keptSince.rfc3339) only; "
                + "begin at \(earliest.rfc3339) or later"
        case .ruleInForce(let name, let other):
            "cannot backfill rule \(name): the stored series may be those of \(other), which the "
                + "gateway runs; name that rule's file, or give this one a label of its own"
        case .damagedBook(let reason):
            "cannot use the stored state of alerts: \(reason); remove it to start afresh"
        case .missingResource(let name):
            "cannot find \(name) among the files of this program; install it again"
        }
    }
}
