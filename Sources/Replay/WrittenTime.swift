internal import Telemetry

/// A time as it was written: with its offset, or as a local time that needs a zone.
enum WrittenTime: Hashable, Sendable {
    case absolute(Instant)
    /// Milliseconds since 1970 as if the local time were UTC.
    case local(Int64)
}
