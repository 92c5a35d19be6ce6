public import Telemetry

/// Which times of measurement can be true, seen from the time of arrival.
///
/// - Source: `device-formats/units.md`, rule 7: no older than 30 days, no more than 5 minutes
///   ahead.
public struct ClockPolicy: Hashable, Sendable {
    /// How old a measurement may be when it arrives; longer for replayed recordings.
    public var maximumAge: Milliseconds
    /// How far ahead of ours another clock may be.
    public var maximumLead: Milliseconds

    /// No clock of a village sensor that says an earlier time is right: 2000-01-01T00:00:00Z.
    public static let earliest = Instant(milliseconds: 946_684_800_000)

    /// Creates a policy.
    public init(maximumAge: Milliseconds = .days(30), maximumLead: Milliseconds = .minutes(5)) {
        self.maximumAge = maximumAge
        self.maximumLead = maximumLead
    }

    /// Whether a measurement that arrived at one time can have been made at another.
    public func allows(_ time: Instant, receivedAt: Instant) -> Bool {
        time >= Self.earliest && time >= receivedAt - maximumAge
            && time <= receivedAt + maximumLead
    }
}
