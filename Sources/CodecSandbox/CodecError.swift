/// Why codecs cannot be run.
public enum CodecError: Error, Hashable, Sendable, CustomStringConvertible {
    /// There is no program that runs scripts.
    case noProgram(searched: [String])
    /// A worker could not be started.
    case cannotStart(program: String, reason: String)
    /// A script cannot be read.
    case unreadable(path: String, reason: String)
    /// The operator's variables of a codec are longer than they may be.
    case variablesTooLong(codec: String, bytes: Int, limit: Int)
    /// More codecs than there may be.
    case tooManyCodecs(limit: Int)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .noProgram(let searched):
            "cannot run payload codecs: the program langso-codec is not at "
                + searched.joined(separator: " or ") + "; install it beside langso, or name it "
                + "with LANGSO_CODEC"
        case .cannotStart(let program, let reason):
            "cannot start \(program), which runs payload codecs: \(reason)"
        case .unreadable(let path, let reason):
            "cannot read the codec \(path): \(reason)"
        case .variablesTooLong(let codec, let bytes, let limit):
            "cannot take the variables of the codec '\(codec)': they have \(bytes) bytes as JSON, "
                + "\(limit) are the most; shorten them, or write them into the script"
        case .tooManyCodecs(let limit):
            "cannot take another payload codec: there are \(limit) already"
        }
    }
}
