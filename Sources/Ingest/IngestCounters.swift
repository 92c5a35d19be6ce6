/// What became of messages and readings since the pipeline was made; sums never go down.
public struct IngestCounters: Hashable, Sendable {
    /// Messages taken from the journal, undecodable ones among them.
    public var messages: UInt64 = 0
    /// Messages that a profile read.
    public var decodedMessages: UInt64 = 0
    /// Messages that could not be decoded, by `DecodingError.reason`.
    public var undecodedMessages: [String: UInt64] = [:]
    /// Messages that repeat a frame that was stored already.
    public var duplicateMessages: UInt64 = 0
    /// Messages kept by the broker that carry no clock of their own: nothing new was measured.
    public var lastKnownMessages: UInt64 = 0
    /// Readings that only repeat what their sender had said: nothing new was measured.
    public var repeatedReadings: UInt64 = 0
    /// Samples of rules, of the gateway itself and of those who push, that were taken; the counts
    /// below, but that of too old ones, are of what devices measured.
    public var ownSamples: UInt64 = 0
    /// Samples that are new.
    public var storedSamples: UInt64 = 0
    /// Samples that took the place of another value.
    public var overwrittenSamples: UInt64 = 0
    /// Samples before the last one that their series has on disk; some of them were there before.
    public var lateSamples: UInt64 = 0
    /// Samples that were there already, bit by bit.
    public var unchangedSamples: UInt64 = 0
    /// Samples older than everything the store keeps.
    public var tooOldSamples: UInt64 = 0
    /// Readings kept as rejected, by reason.
    public var rejectedReadings: [String: UInt64] = [:]
    /// Readings kept with a mark of doubt or suspicion, by reason.
    public var markedReadings: [String: UInt64] = [:]
    /// Series whose readings are held against range and sentinels alone, because as many as may be
    /// are remembered by the checks.
    public var uncheckedSeries: UInt64 = 0
    /// Messages whose device's clock was found wrong.
    public var wrongClockMessages: UInt64 = 0
    /// Samples refused with their series, by reason: `too_many_series`, `labels_full`,
    /// `labels_too_long`, `invalid_labels`; and records of samples that could not be read:
    /// `unreadable_record`.
    public private(set) var refusedSamples: [String: UInt64] = [:]
    /// The first refusal of each reason in words, with the labels where they are known.
    public private(set) var firstRefusals: [String: String] = [:]
    /// What was odd in messages that were read, by `DecodingNote.code`, and ``counterFell``.
    public var notes: [String: UInt64] = [:]
    /// Members of messages that no field of their profile reads, by profile.
    public var unreadMembers: [String: UInt64] = [:]

    /// Frames whose counter is lower than that of the one before, without a join between them; they
    /// are taken.
    public static let counterFell = "frame_counter_fell"

    /// Creates zeros.
    public init() {}

    /// Counts a refusal; its words are asked for when it is the first of its reason.
    mutating func noteRefusal(_ reason: String, _ words: @autoclosure () -> String) {
        refusedSamples[reason, default: 0] += 1
        if firstRefusals[reason] == nil { firstRefusals[reason] = words() }
    }
}
