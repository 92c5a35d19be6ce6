/// What codecs did since the start; sums never go down.
public struct CodecFigures: Hashable, Sendable {
    /// One codec.
    public struct Codec: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Calls that its script answered, with a value or without.
        public var calls: UInt64 = 0
        /// Calls without a value.
        public var failures: UInt64 = 0
        /// Warnings of its script.
        public var warnings: UInt64 = 0
        /// The last of them, at most ``CodecLimits/remarkCharacters`` of it; nil before the first.
        public var lastWarning: String?
        /// Workers that were killed, or ended by themselves, while they ran it.
        public var kills: UInt64 = 0
        /// Time that its script ran, in seconds.
        public var seconds = 0.0
        /// Calls that wait.
        public var waiting = 0
        /// Why it is not run any more; nil when it is.
        public var quarantine: String?
    }

    /// The codecs, in the order they were given.
    public var codecs: [Codec] = []
    /// Workers that run.
    public var workers = 0
    /// Workers that were started.
    public var starts: UInt64 = 0
    /// Calls that were refused because too many wait.
    public var refused: UInt64 = 0

    /// Creates zeros.
    public init() {}
}

/// Something that an operator should know of.
public enum CodecEvent: Hashable, Sendable {
    /// A worker was killed while it ran a call, or ended by itself.
    case killed(codec: String, device: String, origin: String, reason: String)
    /// A codec warned for the first time since its script was read; further warnings are counted
    /// and the last of them is kept, see ``CodecFigures/Codec/lastWarning``.
    case warned(codec: String, device: String, origin: String, warning: String)
    /// A worker wrote to its error output.
    case wrote(text: String)
    /// A codec is not run any more.
    case quarantined(codec: String, reason: String)
    /// A codec is run again.
    case released(codec: String, reason: String)
    /// The file of a codec has changed and was read again.
    case reloaded(codec: String)
    /// A worker could not be started; it is tried again.
    case cannotStart(reason: String)
}
