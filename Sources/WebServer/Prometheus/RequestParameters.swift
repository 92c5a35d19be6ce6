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

    /// A value that must be there.
    ///
    /// - Throws: ``APIError`` of kind bad data when it is absent.
    public func required(_ name: String) throws(APIError) -> String {
        if let value = first(name) { return value }
        throw APIError(.badData, "invalid parameter \"\(name)\": the parameter is missing")
    }

    /// A time: Unix seconds with a fraction, or RFC 3339.
    ///
    /// - Throws: ``APIError`` of kind bad data when the text is neither.
    public func time(_ name: String) throws(APIError) -> Instant? {
        guard let text = first(name) else { return nil }
        if let instant = Self.parseTime(text) { return instant }
        throw APIError(
            .badData,
            "invalid parameter \"\(name)\": cannot parse \"\(text)\" to a valid timestamp"
        )
    }

    /// A span: seconds with a fraction, or a PromQL duration.
    ///
    /// - Throws: ``APIError`` of kind bad data when the text is neither or is not above zero.
    public func duration(_ name: String) throws(APIError) -> Milliseconds? {
        guard let text = first(name) else { return nil }
        if let seconds = Double(text), seconds.isFinite, abs(seconds) < 9e15 {
            return Milliseconds(Int64((seconds * 1000).rounded()))
        }
        if let duration = Self.parseDuration(text) { return duration }
        throw APIError(
            .badData,
            "invalid parameter \"\(name)\": cannot parse \"\(text)\" to a valid duration"
        )
    }

    /// A limit on the size of a result; nil when absent or 0.
    ///
    /// - Parameter name: Name of the parameter.
    /// - Returns: The limit.
    /// - Throws: ``APIError`` of kind bad data when the text is no whole number from 0.
    public func limit(_ name: String = "limit") throws(APIError) -> Int? {
        guard let text = first(name) else { return nil }
        guard let limit = Int(text), limit >= 0 else {
            throw APIError(
                .badData,
                "invalid parameter \"\(name)\": \"\(text)\" is no whole number"
            )
        }
        return limit == 0 ? nil : limit
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
            throw APIError(
                .badData,
                "invalid parameter \"\(name)\": \"\(text)\" is neither true nor false"
            )
        }
    }

    /// The selectors of `match[]`, in their order; empty when there are none.
    ///
    /// - Throws: ``APIError`` of kind bad data when one is no selector.
    func selectors() throws(APIError) -> [[LabelMatcher]] {
        var selectors: [[LabelMatcher]] = []
        for text in all("match[]") {
            do throws(QueryError) {
                selectors.append(try PromQLParser.parseSelector(text))
            } catch {
                throw APIError(error, parameter: "match[]")
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

    /// Reads a PromQL duration such as `1h30m`; nil for anything else.
    public static func parseDuration(_ text: String) -> Milliseconds? {
        let units: [(name: String, milliseconds: Int64)] = [
            ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000),
            ("m", 60_000), ("s", 1000), ("ms", 1),
        ]
        var rest = text[...]
        var total: Int64 = 0
        var nextUnit = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest.dropFirst(digits.count).prefix { $0.isLetter }
            guard let count = Int64(digits),
                let index = units.firstIndex(where: { $0.name == name }), index >= nextUnit
            else { return nil }
            let (product, tooLarge) = count.multipliedReportingOverflow(
                by: units[index].milliseconds
            )
            let (sum, overflow) = total.addingReportingOverflow(product)
            guard !tooLarge, !overflow else { return nil }
            total = sum
            nextUnit = index + 1
            rest = rest.dropFirst(digits.count + name.count)
        }
        return text.isEmpty ? nil : Milliseconds(total)
    }

    private static func decodeForm(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&", omittingEmptySubsequences: true).map { part in
            let halves = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(halves[0]), halves.count > 1 ? decode(halves[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var iterator = text.utf8.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                continue
            }
            var ahead = iterator
            if let high = ahead.next(), let low = ahead.next(),
                let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                iterator = ahead
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
