public import Telemetry

/// Why a message could not be decoded; the message stays in the journal and can be decoded again.
public enum DecodingError: Error, Hashable, Sendable {
    /// The payload has more bytes than ``DecodingLimits/payloadBytes``.
    case payloadTooLarge(bytes: Int, limit: Int)
    /// Objects and arrays are nested deeper than ``DecodingLimits/depth``.
    case tooDeep(limit: Int, offset: Int)
    /// One array or object has more members than ``DecodingLimits/elements``, or the whole more
    /// readings.
    case tooManyElements(limit: Int)
    /// Bytes that are not UTF-8 where text is due.
    case notUTF8(what: String, offset: Int)
    /// The payload is not JSON by RFC 8259; `NaN` and `Infinity` are not.
    case notJSON(offset: Int, problem: String)
    /// The payload is no message of protobuf.
    case notProtobuf(offset: Int, problem: String)
    /// The payload is not CBOR by RFC 8949, or has what its family does not allow.
    case notCBOR(offset: Int, problem: String)
    /// One object has the same key twice, so that its meaning is not certain.
    case duplicateKey(key: String, offset: Int)
    /// Text that ought to be base64 or hexadecimal is not.
    case badEncoding(field: String, expected: String)
    /// No subscription rule matches the topic.
    case unknownTopic(String)
    /// The device is not in the directory, and the rule names no profile for all.
    case unknownDevice(address: String, family: Family)
    /// The directory or the rule names a profile that the library does not have.
    case noProfile(String)
    /// The profile describes no message of that port, length and shape.
    case noLayout(profile: String, port: Int?, bytes: Int?)
    /// Something that must be there is not.
    case missingField(String)
    /// A value of the wrong type, outside the range of a double, or not understood.
    case badValue(field: String, problem: String)
    /// The payload ends inside a field.
    case truncated(field: String, needed: Int, had: Int)
    /// A Sparkplug edge node or device sends data, and its birth is not known.
    case noBirth(node: String)
    /// A Sparkplug metric with an alias that no birth has defined.
    case unknownAlias(UInt64, node: String)
    /// The message must carry a time, and the one it carries cannot be.
    case impossibleTime(field: String, time: Instant?)
    /// The payload is to be decoded by the maker's codec, which a gateway asks.
    case awaitsCodec(profile: String)
    /// Too many messages wait for codecs; this one is taken up later.
    case codecBusy(profile: String)
    /// The codec gave no values; its own words say why.
    case codecFailed(profile: String, words: String)

    /// What a refusal is filed and counted under; raw values are stable.
    public enum Reason: String, CaseIterable, Hashable, Sendable {
        /// See ``DecodingError/payloadTooLarge(bytes:limit:)``.
        case tooLarge = "too_large"
        /// See ``DecodingError/tooDeep(limit:offset:)``.
        case tooDeep = "too_deep"
        /// See ``DecodingError/tooManyElements(limit:)``.
        case tooManyElements = "too_many_elements"
        /// See ``DecodingError/notUTF8(what:offset:)``.
        case notUTF8 = "not_utf8"
        /// See ``DecodingError/notJSON(offset:problem:)``.
        case notJSON = "not_json"
        /// See ``DecodingError/notProtobuf(offset:problem:)``.
        case notProtobuf = "not_protobuf"
        /// See ``DecodingError/notCBOR(offset:problem:)``.
        case notCBOR = "not_cbor"
        /// See ``DecodingError/duplicateKey(key:offset:)``.
        case duplicateKey = "duplicate_key"
        /// See ``DecodingError/badEncoding(field:expected:)``.
        case badEncoding = "bad_encoding"
        /// See ``DecodingError/unknownTopic(_:)``.
        case unknownTopic = "unknown_topic"
        /// See ``DecodingError/unknownDevice(address:family:)``.
        case unknownDevice = "unknown_device"
        /// See ``DecodingError/noProfile(_:)``.
        case noProfile = "no_profile"
        /// See ``DecodingError/noLayout(profile:port:bytes:)``.
        case noLayout = "no_layout"
        /// See ``DecodingError/missingField(_:)``.
        case missingField = "missing_field"
        /// See ``DecodingError/badValue(field:problem:)``.
        case badValue = "bad_value"
        /// See ``DecodingError/truncated(field:needed:had:)``.
        case truncated
        /// See ``DecodingError/noBirth(node:)``.
        case noBirth = "no_birth"
        /// See ``DecodingError/unknownAlias(_:node:)``.
        case unknownAlias = "unknown_alias"
        /// See ``DecodingError/impossibleTime(field:time:)``.
        case impossibleTime = "impossible_time"
        /// See ``DecodingError/awaitsCodec(profile:)``.
        case awaitsCodec = "awaits_codec"
        /// See ``DecodingError/codecBusy(profile:)``.
        case codecBusy = "codec_busy"
        /// See ``DecodingError/codecFailed(profile:words:)``.
        case codecFailed = "codec_failed"
    }

    /// The stable code of the refusal as text, for labels and lists, as `not_json`.
    public var reason: String { code.rawValue }

    /// The stable code of the refusal.
    public var code: Reason {
        switch self {
        case .payloadTooLarge: .tooLarge
        case .tooDeep: .tooDeep
        case .tooManyElements: .tooManyElements
        case .notUTF8: .notUTF8
        case .notJSON: .notJSON
        case .notProtobuf: .notProtobuf
        case .notCBOR: .notCBOR
        case .duplicateKey: .duplicateKey
        case .badEncoding: .badEncoding
        case .unknownTopic: .unknownTopic
        case .unknownDevice: .unknownDevice
        case .noProfile: .noProfile
        case .noLayout: .noLayout
        case .missingField: .missingField
        case .badValue: .badValue
        case .truncated: .truncated
        case .noBirth: .noBirth
        case .unknownAlias: .unknownAlias
        case .impossibleTime: .impossibleTime
        case .awaitsCodec: .awaitsCodec
        case .codecBusy: .codecBusy
        case .codecFailed: .codecFailed
        }
    }
}

extension DecodingError: CustomStringConvertible {
    /// What was attempted, on what, why it failed, and where that can be mended what to do.
    public var description: String {
        switch self {
        case .payloadTooLarge(let bytes, let limit):
            "cannot decode a payload of \(bytes) bytes: the limit is \(limit)"
        case .tooDeep(let limit, let offset):
            "cannot decode JSON nested deeper than \(limit) levels, at byte \(offset)"
        case .tooManyElements(let limit):
            "cannot decode a message with more than \(limit) elements"
        case .notUTF8(let what, let offset):
            "cannot read the \(what): byte \(offset) is not UTF-8"
        case .notJSON(let offset, let problem):
            "cannot read JSON: \(problem) at byte \(offset)"
        case .notProtobuf(let offset, let problem):
            "cannot read protobuf: \(problem), at byte \(offset)"
        case .notCBOR(let offset, let problem):
            "cannot read CBOR: \(problem), at byte \(offset)"
        case .duplicateKey(let key, let offset):
            "cannot read JSON: the key '\(key)' stands twice in one object, again at byte \(offset)"
        case .badEncoding(let field, let expected):
            "cannot read '\(field)': it is not \(expected); see the rule's payload encoding"
        case .unknownTopic(let topic):
            "no subscription rule matches the topic '\(topic)'; add one to the settings"
        case .unknownDevice(let address, let family):
            "the \(family.rawValue) device '\(address)' is not registered; add it to the registry"
        case .noProfile(let profile):
            "there is no device profile '\(profile)'; correct the name or add the profile"
        case .noLayout(let profile, let port, let bytes):
            Self.noLayoutText(profile, port, bytes)
        case .missingField(let field):
            "cannot decode the message: '\(field)' is missing"
        case .badValue(let field, let problem):
            "cannot read '\(field)': \(problem)"
        case .truncated(let field, let needed, let had):
            "cannot read '\(field)': it needs \(needed) bytes of payload, there are \(had)"
        case .noBirth(let node):
            "cannot read data of '\(node)': its birth is not known; it is asked for a new one"
        case .unknownAlias(let alias, let node):
            "cannot read alias \(alias) of '\(node)': no birth defines it; a new one is asked for"
        case .impossibleTime(let field, let time):
            "cannot place the message: the time in '\(field)' "
                + (time.map { "is \($0), which cannot be" } ?? "cannot be read")
        case .awaitsCodec(let profile):
            "the message waits for the codec of the profile '\(profile)', which only a running "
                + "gateway asks; see langso decode --codec"
        case .codecBusy(let profile):
            "too many messages wait for the codec of the profile '\(profile)'; this one is taken "
                + "up when there is room"
        case .codecFailed(let profile, let words):
            "the codec of the profile '\(profile)' gave no values: \(words)"
        }
    }

    private static func noLayoutText(_ profile: String, _ port: Int?, _ bytes: Int?) -> String {
        let size = bytes.map { "a payload of \($0) bytes" } ?? "a message without payload"
        let place = port.map { " on port \($0)" } ?? ""
        return "the profile '\(profile)' describes no message for \(size)\(place)"
    }
}
