/// A span of time in whole milliseconds; negative spans point to the past.
public struct Milliseconds: Hashable, Comparable, Sendable {
    /// How many milliseconds.
    public var count: Int64

    /// Creates a span of that many milliseconds.
    public init(_ count: Int64) {
        self.count = count
    }

    /// No time at all.
    public static let zero = Milliseconds(0)

    /// A span of whole seconds.
    public static func seconds(_ seconds: Int64) -> Milliseconds { Milliseconds(seconds * 1000) }
    /// A span of whole minutes.
    public static func minutes(_ minutes: Int64) -> Milliseconds { .seconds(minutes * 60) }
    /// A span of whole hours.
    public static func hours(_ hours: Int64) -> Milliseconds { .minutes(hours * 60) }
    /// A span of whole days of 24 hours.
    public static func days(_ days: Int64) -> Milliseconds { .hours(days * 24) }

    /// The span in seconds as a double.
    public var seconds: Double { Double(count) / 1000 }

    /// Compares by length.
    public static func < (left: Milliseconds, right: Milliseconds) -> Bool {
        left.count < right.count
    }
    /// The sum of two spans; traps on overflow.
    public static func + (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.count + right.count)
    }
    /// The difference of two spans; traps on overflow.
    public static func - (left: Milliseconds, right: Milliseconds) -> Milliseconds {
        Milliseconds(left.count - right.count)
    }
    /// The span so many times over; traps on overflow.
    public static func * (span: Milliseconds, factor: Int64) -> Milliseconds {
        Milliseconds(span.count * factor)
    }
}
