public import Protobuf

/// Reads the messages of remote write.
typealias RequestReader = ProtobufReader<RemoteWriteError>

extension RemoteWriteError: ProtobufFailure {
    /// The message is not what its kind says.
    public static func malformedProtobuf(_ problem: String, offset: Int) -> RemoteWriteError {
        .malformedMessage("\(problem), at byte \(offset)")
    }
}
