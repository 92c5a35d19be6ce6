public import Telemetry

/// One record of the journal with its own copy of the bytes.
public struct JournalRecord: Hashable, Sendable {
    /// Where it lies: bytes since the journal began, over all laps of the ring.
    public var position: UInt64
    /// What it holds.
    public var kind: RecordKind
    /// What the broker said about it.
    public var flags: RecordFlags
    /// When it arrived.
    public var receivedAt: Instant
    /// The broker's number for the delivery, 1 to 65,535, or 0.
    public var packetIdentifier: UInt16
    /// The topic in UTF-8, as it came.
    public var topic: [UInt8]
    /// The payload as it came.
    public var payload: [UInt8]

    /// Copies a record out of memory that is only lent.
    public init(_ view: borrowing RecordView) {
        position = view.position
        kind = view.kind
        flags = view.flags
        receivedAt = view.receivedAt
        packetIdentifier = view.packetIdentifier
        topic = unsafe [UInt8](view.topic)
        payload = unsafe [UInt8](view.payload)
    }
}

/// One record whose bytes are lent to a closure and must not leave it.
@safe public struct RecordView: ~Copyable {
    /// Where it lies: bytes since the journal began, over all laps of the ring.
    public let position: UInt64
    /// Where the record after it begins, unless a segment ends between them.
    public let end: UInt64
    /// What it holds.
    public let kind: RecordKind
    /// What the broker said about it.
    public let flags: RecordFlags
    /// When it arrived.
    public let receivedAt: Instant
    /// The broker's number for the delivery, 1 to 65,535, or 0 when it has none.
    public let packetIdentifier: UInt16
    /// The topic in UTF-8, as it came; valid inside the closure only.
    public let topic: UnsafeRawBufferPointer
    /// The payload as it came; valid inside the closure only.
    public let payload: UnsafeRawBufferPointer
}
