public import Telemetry

/// What older messages are read by when a stretch of them is taken once more, in their order.
///
/// Births and descriptions are those of their time, so that what is read of a message does not
/// depend on what its sender said later.
public struct ReplayMemory: Sendable {
    var sparkplug: SparkplugState
    var learned: LearnedTopics
}

extension MessageDecoder {
    /// The memory with which a stretch that begins at an instant is taken again.
    ///
    /// It has the nodes that were not born again since; the others are known from their births in
    /// the stretch on.
    public func replayMemory(since start: Instant) -> ReplayMemory {
        var sparkplug = sparkplug.bornBefore(start)
        // Gaps in what was taken before are no news.
        sparkplug.isReplayed = true
        return ReplayMemory(sparkplug: sparkplug, learned: learned)
    }

    /// Whether a device speaks for a Sparkplug node that was born since an instant: what it said
    /// just after that instant is read by a birth of before, which nobody remembers.
    public func isReborn(_ address: String, since instant: Instant) -> Bool {
        // A node behind a bridge has the bridge's levels before its own two.
        sparkplug.nodes.contains { name, node in
            node.bornAt >= instant && (address == name || address.hasPrefix(name + "/"))
        }
    }

    /// Decodes messages of a stretch that is taken again, those of boxes that are at no place any
    /// more among them; what the decoder itself remembers, and
    /// what it wants said, does not change.
    ///
    /// - Throws: what the body throws.
    public mutating func replay<Result>(
        by memory: inout ReplayMemory,
        _ body: (inout MessageDecoder) throws(DecodingError) -> Result
    ) throws(DecodingError) -> Result {
        swap(&sparkplug, &memory.sparkplug)
        swap(&learned, &memory.learned)
        isReplaying = true
        defer {
            isReplaying = false
            _ = sparkplug.takeRequests()
            swap(&sparkplug, &memory.sparkplug)
            swap(&learned, &memory.learned)
        }
        return try body(&self)
    }

    /// The device that the last message named, as it wrote it; empty where it named none.
    public var senderAddress: String { String(decoding: envelope.address, as: UTF8.self) }
}
