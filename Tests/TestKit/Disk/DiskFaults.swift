internal import Glibc

/// Which calls of a simulated disk fail, and how.
public struct DiskFaults: Sendable {
    /// The calls that can be made to fail.
    public enum Call: CaseIterable, Hashable, Sendable {
        case open
        case read
        case write
        case synchronizeData
        case synchronize
        case allocate
        case truncate
        case size
        case rename
        case remove
        case createFolder
    }

    /// What becomes of a call.
    enum Outcome {
        /// It fails with an error number.
        case error(Int32)
        /// It moves fewer bytes than it was given.
        case short
        /// It fails and changes nothing, like all after it.
        case dead
    }

    private var countdown: Int?
    private var times = 1
    private var calls: Set<Call> = []
    private var code: Int32 = EIO
    private var rarity: UInt64?
    private var generator = SeededGenerator(seed: 0)

    /// After so many calls nothing works any more, because whoever called has died; nil when it
    /// lives on.
    public var callsToLive: Int?

    /// Nothing fails.
    public init() {}

    /// The calls after `count` more of some kinds fail, so many of them.
    public init(after count: Int, of calls: Set<Call>, code: Int32, times: Int = 1) {
        countdown = count
        self.calls = calls
        self.code = code
        self.times = times
    }

    /// About one of so many calls fails with `EIO`, `ENOSPC` or `EINTR`, or is short.
    ///
    /// - Precondition: rarity is above 0.
    public init(oneOf rarity: UInt64, seed: UInt64) {
        precondition(rarity > 0, "one of none")
        self.rarity = rarity
        generator = SeededGenerator(seed: seed)
    }

    /// After so many calls nothing works any more.
    public init(callsToLive: Int) {
        self.callsToLive = callsToLive
    }

    /// Whether all calls fail, and have no effect.
    public var isDead: Bool { callsToLive == 0 }

    /// Whether the one fault that was asked for is still to come.
    public var isPending: Bool { countdown != nil }

    /// What becomes of the next call, or nil when it works.
    mutating func next(_ call: Call) -> Outcome? {
        if let left = callsToLive {
            guard left > 0 else { return .dead }
            callsToLive = left - 1
        }
        if let rarity {
            guard generator.next() % rarity == 0 else { return nil }
            switch generator.next() % 4 {
            case 0: return .error(EINTR)
            case 1: return .short
            case 2: return .error(ENOSPC)
            default: return .error(EIO)
            }
        }
        guard let left = countdown, calls.contains(call) else { return nil }
        if left > 0 {
            countdown = left - 1
            return nil
        }
        times -= 1
        if times == 0 { countdown = nil }
        return .error(code)
    }
}
