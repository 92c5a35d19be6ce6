/// How finely a store keeps samples: each tier is a ring of its own size in a file of its own.
public enum StoreTier: String, CaseIterable, Hashable, Sendable {
    /// Every sample.
    case raw
    /// A summary of each five minutes.
    case fiveMinutes = "5m"
    /// A summary of each hour.
    case hour = "1h"
    /// A summary of each day, from midnight to midnight UTC.
    case day = "1d"

    /// The tiers that keep summaries, the finest first.
    public static let rollups: [StoreTier] = [.fiveMinutes, .hour, .day]

    /// Milliseconds of a bucket; nil in the raw tier.
    ///
    /// Buckets begin and end at whole multiples of it since 1970, as windows of a query do: open
    /// where they begin, closed where they end.
    public var bucketMilliseconds: Int64? {
        switch self {
        case .raw: nil
        case .fiveMinutes: 5 * 60_000
        case .hour: 60 * 60_000
        case .day: 24 * 60 * 60_000
        }
    }

    /// Name of its file in the store's folder.
    package var fileName: String { self == .raw ? "store" : "store.\(rawValue)" }

    /// Name of a file that is being built to take its place.
    var freshFileName: String { "\(fileName).new" }

    /// Name of a file that a store without the tier is about to leave behind.
    var retiredFileName: String { "\(fileName).old" }

    /// What its file begins with.
    var magic: [UInt8] {
        switch self {
        case .raw: Array("LANGSOTS".utf8)
        case .fiveMinutes: Array("LANGSO5M".utf8)
        case .hour: Array("LANGSO1H".utf8)
        case .day: Array("LANGSO1D".utf8)
        }
    }

    /// How many numbers in its runs a series takes.
    var columnCount: Int { self == .raw ? 1 : RollupColumn.allCases.count }
}
