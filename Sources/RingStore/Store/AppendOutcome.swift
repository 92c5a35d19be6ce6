/// What became of a sample that was appended.
public enum AppendOutcome: Hashable, Sendable {
    /// There was none at that time; now there is.
    case stored
    /// There was another value at that time; the new one took its place.
    case overwritten
    /// The very same value, bit by bit, was there; nothing was written.
    case unchanged
    /// It lies before the last sample that its series has on disk, and is stored; whether another
    /// value was there shows when that time is read, as looking now would cost a read of the disk.
    case late
    /// It is older than everything that the store still keeps; nothing was written.
    case tooOld
}
