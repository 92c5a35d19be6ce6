/// A text that is never printed: not by `description`, `debugDescription`, `dump` or a mirror.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself, for the one place that sends it.
    let text: String

    /// Keeps a text that was read from a file or the environment.
    public init(_ text: String) { self.text = text }

    /// The same words for every secret.
    public var description: String { "(not shown)" }
    /// The same words for every secret.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
