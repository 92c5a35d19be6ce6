/// Payload codecs, as `GET /api/langso/v1/codecs` gives them.
public struct CodecsView: Codable, Sendable {
    /// The codecs, in the order of their profiles.
    public var codecs: [CodecView]

    /// Creates the view.
    public init(codecs: [CodecView]) {
        self.codecs = codecs
    }
}

/// What one payload codec did since the start.
public struct CodecView: Codable, Sendable {
    /// Its name, that of its profile.
    public var name: String
    /// Payloads that its script was asked.
    public var calls: UInt64
    /// Payloads that it gave no values for.
    public var failures: UInt64
    /// Workers that were killed, or ended by themselves, while they ran it.
    public var kills: UInt64
    /// Warnings of its script.
    public var warnings: UInt64
    /// The last of them; absent before the first.
    public var lastWarning: String?
    /// Messages that wait for it.
    public var waiting: Int
    /// Why it is not run any more; absent when it is.
    public var quarantine: String?

    /// Creates the view.
    public init(
        name: String,
        calls: UInt64,
        failures: UInt64,
        kills: UInt64,
        warnings: UInt64,
        lastWarning: String?,
        waiting: Int,
        quarantine: String?
    ) {
        self.name = name
        self.calls = calls
        self.failures = failures
        self.kills = kills
        self.warnings = warnings
        self.lastWarning = lastWarning
        self.waiting = waiting
        self.quarantine = quarantine
    }
}

/// What came of having a codec run again.
public struct CodecReleaseView: Codable, Sendable {
    /// Whether it had been taken out; otherwise nothing has changed.
    public var wasQuarantined: Bool
    /// Messages that wait for it and are decoded now, the oldest first.
    public var waiting: Int

    /// Creates the view.
    public init(wasQuarantined: Bool, waiting: Int) {
        self.wasQuarantined = wasQuarantined
        self.waiting = waiting
    }
}
