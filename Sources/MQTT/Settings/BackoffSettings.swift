/// How long to wait before something is tried again.
public struct BackoffSettings: Hashable, Sendable {
    /// Upper bound of the first pause.
    public var first: Duration
    /// Upper bound of every pause.
    public var cap: Duration
    /// Pause when the other side said no: a refused password does not mend itself, and many
    /// quick attempts look like an attack.
    public var refused: Duration
    /// A connection that lasted this long counts as a success and resets the growth.
    public var stable: Duration

    /// Creates settings.
    public init(
        first: Duration = .milliseconds(500),
        cap: Duration = .seconds(30),
        refused: Duration = .seconds(60),
        stable: Duration = .seconds(5)
    ) {
        self.first = first
        self.cap = cap
        self.refused = refused
        self.stable = stable
    }
}
