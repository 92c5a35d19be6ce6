/// What came of one call.
public struct CodecAnswer: Hashable, Sendable {
    /// The codec that was called.
    public let codec: CodecID
    /// The caller's number of the call.
    public let tag: UInt64
    /// What came of it.
    public let outcome: Outcome
    /// How long the script ran, in seconds; 0 where it did not.
    public let seconds: Double

    /// What came of a call.
    public enum Outcome: Hashable, Sendable {
        /// The codec decoded the payload.
        case decoded(CodecResult)
        /// The codec says that it cannot, or threw, or ran too long.
        case failed(CodecResult)
        /// The worker had to be killed while it ran this call, or ended by itself.
        case killed(String)
        /// The codec is not run any more; the words say why.
        case quarantined(String)

        /// Why there is no value, in words; nil when there is one.
        public var failure: String? {
            switch self {
            case .decoded: nil
            case .failed(let result): result.errors.joined(separator: "; ")
            case .killed(let reason), .quarantined(let reason): reason
            }
        }
    }

    /// Creates an answer.
    public init(codec: CodecID, tag: UInt64, outcome: Outcome, seconds: Double) {
        self.codec = codec
        self.tag = tag
        self.outcome = outcome
        self.seconds = seconds
    }
}

/// What a codec gave back.
///
/// - Source: LoRa Alliance TS013-1.0.0, output of `decodeUplink`.
public struct CodecResult: Hashable, Sendable {
    /// The decoded values as JSON text, UTF-8; empty where there are none.
    ///
    /// Members whose value is `undefined` are absent, numbers that are none are `null`, times are
    /// ISO 8601 text.
    public var data: [UInt8]
    /// What the codec warns of; kept with the reading.
    public var warnings: [String]
    /// Why decoding failed; empty when it did not.
    public var errors: [String]

    /// Creates a result.
    public init(data: [UInt8] = [], warnings: [String] = [], errors: [String] = []) {
        self.data = data
        self.warnings = warnings
        self.errors = errors
    }
}
