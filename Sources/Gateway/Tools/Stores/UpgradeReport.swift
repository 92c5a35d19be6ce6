/// What `langso store upgrade` did.
public struct UpgradeReport: Codable, Sendable {
    /// Version that the store had.
    public var found: UInt32
    /// Version that this program writes.
    public var written: UInt32
    /// What was taken over; nil when there was nothing to do.
    public var taken: ResizeReport?
}
