public import Telemetry

/// What can go wrong with the time-series store.
public enum StoreError: Error, Hashable, Sendable {
    /// A file or folder refused.
    case file(FileError)
    /// A new series would be one too many; the label has the most values of those that are kept.
    case tooManySeries(limit: Int, worst: WorstLabel?)
    /// The area that keeps the series' labels is full.
    case catalogueFull(capacityBytes: Int)
    /// The labels of one series are longer than is allowed.
    case labelsTooLong(bytes: Int, limit: Int)
    /// Labels that cannot name a series; the text says why.
    case invalidLabels(reason: String)
    /// Settings that no store can have; the text says which and why.
    case invalidSettings(reason: String)
    /// A store is there already.
    case alreadyExists(path: String)
    /// No store is there.
    case notFound(path: String)
    /// The file is no store, or its first pages are destroyed.
    case notAStore(path: String)
    /// The file was written by a later version of this program.
    case newerFormat(path: String, version: UInt32, supported: UInt32)
    /// A tier was created with another size than the settings say; 0 where they have no such tier.
    case differentSize(path: String, tier: StoreTier, configuredBytes: UInt64, actualBytes: UInt64)
    /// The file of a rollup tier belongs to another store than the one beside it.
    case foreignTier(path: String, tier: StoreTier)
    /// Something that the whole store hangs on does not pass its check; the text says what.
    case damaged(path: String, reason: String)
    /// A rebuilding would lose samples that cannot be read.
    case wouldLoseDamaged(path: String, blocks: Int, unreadableSamples: Int)
    /// A rebuilding would lose the oldest samples, for which there is no room.
    case wouldDropOldest(path: String, samples: Int, before: Instant)
    /// A rebuilding would lose summaries, for which there is no room or no tier any more.
    case wouldDropSummaries(path: String, tier: StoreTier, before: Instant)
    /// A deletion that cannot be put on record; the text says why.
    case invalidDeletion(reason: String)
    /// A deletion would have to write more anew than there is room for.
    case noRoomToDelete(path: String, neededBytes: Int, freeBytes: Int)
    /// Samples gave way faster than they could be copied.
    case overtaken(path: String, passes: Int)
}

extension StoreError {
    /// Does something with files, whose errors become ``file(_:)``.
    static func wrapping<Result: ~Copyable>(
        _ body: () throws(FileError) -> Result
    ) throws(StoreError) -> Result {
        do {
            return try body()
        } catch {
            throw .file(error)
        }
    }
}

extension StoreError: CustomStringConvertible {
    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .file(let error):
            error.description
        case .tooManySeries(let limit, let worst):
            "cannot add a series: \(limit) are kept already"
                + (worst.map { ", and the label \($0.name) has \($0.valueCount) values" } ?? "")
                + "; stop what makes its values when they never repeat, or raise the limit of "
                + "series"
        case .catalogueFull(let capacity):
            "cannot add a series: the labels of all series fill \(capacity) bytes; give the "
                + "store a higher limit with langso store resize --series"
        case .labelsTooLong(let bytes, let limit):
            "cannot add a series: its labels take \(bytes) bytes, \(limit) are allowed; shorten "
                + "its label values"
        case .invalidLabels(let reason):
            "cannot add a series: \(reason)"
        case .invalidSettings(let reason):
            "cannot use the store's settings: \(reason)"
        case .alreadyExists(let path):
            "cannot create \(path): a store is there already; open it or choose another folder"
        case .notFound(let path):
            "cannot open \(path): no store is there; create one or correct the folder"
        case .notAStore(let path):
            "cannot open \(path): it does not begin as a store does; correct the folder or "
                + "restore it from a copy"
        case .newerFormat(let path, let version, let supported):
            "cannot open \(path): its format \(version) is newer than format \(supported), which "
                + "this program knows; use the program that wrote it or a later one"
        case .differentSize(let path, let tier, let configured, let actual):
            "cannot open \(path): the settings give the \(tier.rawValue) tier \(configured) bytes, "
                + "it was created with \(actual); set its size to \(actual), or change it with "
                + "langso store resize"
        case .foreignTier(let path, let tier):
            "cannot open \(path): its \(tier.rawValue) summaries are those of another store than "
                + "the one beside it; put the file that was copied with this store in its place, "
                + "or remove it and keep only what can be worked out anew"
        case .damaged(let path, let reason):
            "cannot open \(path): \(reason); restore it from a copy"
        case .wouldLoseDamaged(let path, let blocks, let samples):
            "cannot rebuild \(path): \(blocks) of its blocks cannot be read, among them runs with "
                + "\(samples) samples; langso store verify says where: restore it from a copy, or "
                + "leave them out for ever with --drop-damaged"
        case .wouldDropOldest(let path, let samples, let before):
            "cannot rebuild \(path): \(samples) samples before \(before) have no room in the new "
                + "size; choose a larger one, or let them go for ever with --drop-oldest"
        case .wouldDropSummaries(let path, let tier, let before):
            "cannot rebuild \(path): the \(tier.rawValue) summaries before \(before) have no room "
                + "in the new size; choose a larger one, or let them go for ever with --drop-oldest"
        case .invalidDeletion(let reason):
            "cannot delete samples: \(reason)"
        case .noRoomToDelete(let path, let needed, let free):
            "cannot delete samples from \(path): a stretch of time has to be written anew, which "
                + "takes \(needed) bytes, and \(free) are free; give the store a larger size with "
                + "langso store resize"
        case .overtaken(let path, let passes):
            "cannot copy \(path): it changed faster than it could be read, \(passes) times; copy "
                + "to a faster disk, or when less comes in"
        }
    }
}
