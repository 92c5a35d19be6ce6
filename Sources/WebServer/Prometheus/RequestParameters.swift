public import Hummingbird
internal import PromQL
public import Telemetry

/// The parameters of a request: those of a form body first, then those of the query string.
///
/// - Source: Go `net/http` `ParseForm`, as Prometheus and Grafana expect it (http-api.md section
///   2).
public struct RequestParameters: Sendable {
    private let pairs: [(name: String, value: String)]

    /// Largest form body that is read: 1 MiB, as much as the longest sensible query.
    public static let maximumBodyBytes = 1 << 20

    /// Reads a request's parameters.
    ///
    /// - Throws: ``APIError`` when the body is too large or no UTF-8.
    public init(_ request: inout Request) async throws {
        var body: [(String, String)] = []
        if request.method == .post {
            let buffer: ByteBuffer
            do {
                buffer = try await request.collectBody(upTo: Self.maximumBodyBytes)
            } catch {
                throw APIError(
                    .badData,
                    "the body cannot be read or is longer than 1 MiB: \(error)"
                )
            }
            body = Self.decodeForm(String(buffer: buffer))
        }
        pairs = body + Self.decodeForm(request.uri.query ?? "")
    }

    /// Creates parameters from `application/x-www-form-urlencoded` text.
    public init(form: String) {
        pairs = Self.decodeForm(form)
    }

    /// The first value of a name, or nil when it is absent or empty.
    public func first(_ name: String) -> String? {
        for pair in pairs where pair.name == name && !pair.value.isEmpty { return pair.value }
        return nil
    }

    /// All values of a name in their order.
    public func all(_ name: String) -> [String] {
        pairs.filter { $0.name == name }.map(\.value)
    }

    /// A time that may be left out: Unix seconds with a fraction, or RFC 3339.
    ///
    /// - Throws: ``APIError`` of kind bad data when the text is neither.
    public func time(_ name: String) throws(APIError) -> Instant? {
        guard let text = first(name) else { return nil }
        if let instant = Self.parseTime(text) { return instant }
        throw APIError.invalid(name, "invalid time value for '\(name)': \(Self.noTime(text))")
    }

    /// A time that must be there, see ``time(_:)``.
    ///
    /// - Throws: ``APIError`` of kind bad data when there is none.
    func requiredTime(_ name: String) throws(APIError) -> Instant {
        let text = first(name) ?? ""
        if let instant = Self.parseTime(text) { return instant }
        throw APIError.invalid(name, Self.noTime(text))
    }

    private static func noTime(_ text: String) -> String {
        "cannot parse \(QuotedText.of(text)) to a valid timestamp"
    }

    /// A span that may be left out: seconds with a fraction, or a PromQL duration.
    ///
    /// - Throws: ``APIError`` of kind bad data when the text is neither.
    public func duration(_ name: String) throws(APIError) -> Milliseconds? {
        first(name) == nil ? nil : try requiredDuration(name)
    }

    /// A span that must be there, see ``duration(_:)``.
    ///
    /// - Throws: ``APIError`` of kind bad data when there is none.
    func requiredDuration(_ name: String) throws(APIError) -> Milliseconds {
        do throws(DurationFault) {
            return try Self.readDuration(first(name) ?? "")
        } catch {
            throw APIError.invalid(name, error.words)
        }
    }

    /// A limit on the size of a result; nil when absent or 0.
    ///
    /// - Parameter name: Name of the parameter.
    /// - Returns: The limit.
    /// - Throws: ``APIError`` of kind bad data when the text is no whole number from 0.
    public func limit(_ name: String = "limit") throws(APIError) -> Int? {
        guard let text = first(name) else { return nil }
        guard let limit = Int(text) else {
            throw APIError.invalid(name, Self.noNumber(text, "Atoi"))
        }
        guard limit >= 0 else { throw APIError.invalid(name, "limit must be non-negative") }
        return limit == 0 ? nil : limit
    }

    /// What Go says of a text that is no whole number: Prometheus hands its words on.
    static func noNumber(_ text: String, _ function: String) -> String {
        let digits = text.drop { $0 == "+" || $0 == "-" }
        let isNumber =
            !digits.isEmpty && digits.utf8.count + 1 >= text.utf8.count
            && digits.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        let reason = isNumber ? "value out of range" : "invalid syntax"
        return "strconv.\(function): parsing \(QuotedText.of(text)): \(reason)"
    }

    /// `true` or `false`; what is preset when absent.
    ///
    /// - Throws: ``APIError`` of kind bad data for any other text.
    func truth(_ name: String, unless preset: Bool = false) throws(APIError) -> Bool {
        switch first(name) {
        case nil: return preset
        case "false", "0": return false
        case "true", "1": return true
        case let text?:
            throw APIError.invalid(name, "\(QuotedText.of(text)) is neither true nor false")
        }
    }

    /// The selectors of `match[]`, in their order; empty when there are none.
    ///
    /// - Parameter isNamed: Whether a fault names the parameter; Prometheus does so where it must
    ///   be there.
    /// - Returns: The conditions of each.
    /// - Throws: ``APIError`` of kind bad data when one is no selector.
    func selectors(isNamed: Bool = false) throws(APIError) -> [[LabelMatcher]] {
        var selectors: [[LabelMatcher]] = []
        for text in all("match[]") {
            do throws(QueryError) {
                selectors.append(try PromQLParser.parseSelector(text))
            } catch {
                throw APIError(error, parameter: isNamed ? "match[]" : nil)
            }
        }
        return selectors
    }

    /// Reads Unix seconds or RFC 3339, and the two extreme texts that Go clients send for "no
    /// limit".
    public static func parseTime(_ text: String) -> Instant? {
        switch text {
        case "-292273086-05-16T16:47:06Z": return .distantPast
        case "292277025-08-18T07:12:54.999999999Z": return .distantFuture
        default: break
        }
        if let seconds = Double(text) { return Instant(secondsSince1970: seconds) }
        return Instant(rfc3339: text)
    }

    private static func decodeForm(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&", omittingEmptySubsequences: true).map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(halves[0]), halves.count > 1 ? decode(halves[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        String(decoding: PercentEncoding.decode(text, plusIsBlank: true), as: UTF8.self)
    }
}
