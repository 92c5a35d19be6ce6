/// What became of one rule in a backfill.
public struct BackfillFigures: Hashable, Sendable {
    /// How its evaluations went.
    public internal(set) var tally = RuleTally()
    /// Samples at times that had none.
    public internal(set) var written = 0
    /// Samples in place of others.
    public internal(set) var replaced = 0
    /// Samples that no longer hold, which became staleness markers.
    public internal(set) var ended = 0
    /// Samples that were there already.
    public internal(set) var unchanged = 0

    func adding(_ later: BackfillFigures) -> BackfillFigures {
        var sum = self
        sum.tally.add(later.tally)
        sum.written += later.written
        sum.replaced += later.replaced
        sum.ended += later.ended
        sum.unchanged += later.unchanged
        return sum
    }
}
