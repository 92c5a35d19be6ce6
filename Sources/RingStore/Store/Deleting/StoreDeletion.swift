public import Telemetry

/// What shall be deleted, on whose word and why.
public struct StoreDeletion: Hashable, Sendable {
    /// Longest text of each field, in bytes.
    public static let maximumTextBytes = 1000

    /// Samples from the first to the last of these times, both included.
    public var range: ClosedRange<Instant>
    /// Which series, in the words of whoever asked: a selector.
    public var selection: String
    /// Who asked for it.
    public var author: String
    /// Why.
    public var reason: String
    /// When it was asked for.
    public var time: Instant

    /// Creates a request.
    public init(
        range: ClosedRange<Instant>,
        selection: String,
        author: String,
        reason: String,
        time: Instant
    ) {
        self.range = range
        self.selection = selection
        self.author = author
        self.reason = reason
        self.time = time
    }

    /// Why it cannot be carried out on record, or nil.
    var fault: String? {
        for (name, text) in [("selection", selection), ("author", author), ("reason", reason)] {
            if text.allSatisfy(\.isWhitespace) { return "its \(name) is empty; say it" }
            if text.utf8.count > Self.maximumTextBytes {
                return "its \(name) is longer than \(Self.maximumTextBytes) bytes; shorten it"
            }
        }
        return nil
    }
}

/// What a deletion took away.
public struct DeletionReport: Hashable, Sendable {
    /// Series that were named.
    public var seriesCount = 0
    /// Samples that are gone.
    public var sampleCount = 0
    /// Summaries that were worked out anew from the samples that are left, or are gone with them.
    public var summaryCount = 0
}
