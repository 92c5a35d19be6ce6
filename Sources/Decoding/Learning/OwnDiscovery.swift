/// How descriptions that langso itself publishes are known from those of others.
///
/// A gateway that subscribes to Home Assistant's discovery hears what it says there itself: to
/// learn from that would make a second device of each of its own.
public enum OwnDiscovery {
    /// Name in the member `origin` of each description.
    public static let origin = "langso"
}
