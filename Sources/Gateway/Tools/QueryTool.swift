internal import Foundation
internal import Knowledge
internal import PromQL
internal import Registry
internal import RingStore
public import Telemetry
internal import WebServer

/// A query on the command line: an expression with its time or times.
public struct QueryRequest: Sendable {
    /// When it is evaluated.
    public enum Times: Sendable {
        /// At one time.
        case instant(Instant)
        /// At each step of a range.
        case range(from: Instant, to: Instant, step: Milliseconds)
    }

    /// The expression.
    public var expression: String
    /// When it is evaluated.
    public var times: Times

    /// Creates a request.
    public init(expression: String, times: Times) {
        self.expression = expression
        self.times = times
    }
}

/// Asks a running gateway, or the data that a stopped one left.
public enum QueryTool {
    /// Asks a running gateway over its Prometheus API.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` with what the gateway said.
    /// - Returns: the answer as the API gave it.
    public static func ask(_ request: QueryRequest, url: String) async throws -> String {
        var pairs = [("query", request.expression)]
        let path: String
        switch request.times {
        case .instant(let time):
            path = "/api/v1/query"
            pairs.append(("time", time.rfc3339))
        case .range(let from, let to, let step):
            path = "/api/v1/query_range"
            pairs += [("start", from.rfc3339), ("end", to.rfc3339), ("step", "\(step.seconds)")]
        }
        let answer = try await RunningGateway(url: url).post(path, pairs)
        guard (try? decoded(answer))?.status == "success" else {
            throw GatewayError.badAnswer(url: url, reason: "it answered \(answer.prefix(200))")
        }
        return answer
    }

    /// Evaluates over the data folder of a gateway that does not run.
    ///
    /// Shows everything up to the last checkpoint, which a gateway makes when it is stopped.
    /// - Throws: `StoreError`, `QueryError` or `RegistryError`; each says what to do.
    /// - Returns: the answer in the form of the API.
    public static func evaluate(
        _ request: QueryRequest,
        dataFolder: String,
        zoneOffset: Milliseconds = .hours(7),
        now: Instant
    ) throws -> String {
        let expression = try PromQLParser.parse(request.expression)
        let snapshot = try StoreSnapshot.open(folder: dataFolder)
        let registry = try RegistrySnapshot.stored(inFolder: dataFolder, profilesFolder: nil)
        let today = CivilDate(now, offset: zoneOffset)
        let source = KnownSource(
            snapshot,
            registry.knownSeries(zoneOffset: zoneOffset, on: today),
            now: now
        )
        let engine = QueryEngine()
        var report = QueryReport()
        let value: QueryValue
        do throws(QueryError) {
            switch request.times {
            case .instant(let time):
                value = try engine.instant(expression, at: time, source: source, report: &report)
            case .range(let from, let to, let step):
                value = .matrix(
                    try engine.range(
                        expression,
                        from: from,
                        to: to,
                        step: step,
                        source: source,
                        report: &report
                    )
                )
            }
        } catch {
            throw error.placed(in: request.expression)
        }
        func shown(_ severity: QueryAnnotation.Severity) -> [String] {
            severity.shown(report.annotations.texts(severity, in: request.expression))
        }
        var json = JSONText()
        json.success(warnings: shown(.warning), infos: shown(.info)) { $0.queryData(value) }
        return json.string
    }

    /// An answer of the API as lines for people: `series => value @ time`.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` when it is not one.
    public static func lines(of answer: String) throws -> [String] {
        try decoded(answer).data?.lines ?? []
    }

    /// What an answer of the API says of itself, warnings before infos.
    ///
    /// - Throws: ``GatewayError/badAnswer(url:reason:)`` when it is not one.
    public static func annotations(of answer: String) throws -> [String] {
        let decoded = try decoded(answer)
        return (decoded.warnings ?? []) + (decoded.infos ?? [])
    }

    private static func decoded(_ answer: String) throws -> APIAnswer {
        do {
            return try JSONDecoder().decode(APIAnswer.self, from: Data(answer.utf8))
        } catch {
            throw GatewayError.badAnswer(url: "the answer", reason: "\(error)")
        }
    }
}

/// What is read of an answer of the Prometheus API.
struct APIAnswer: Decodable {
    var status: String
    var error: String?
    var warnings: [String]?
    var infos: [String]?
    var data: ResultData?

    struct ResultData: Decodable {
        var lines: [String]

        private enum Keys: String, CodingKey { case resultType, result }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Keys.self)
            switch try container.decode(String.self, forKey: .resultType) {
            case "scalar", "string":
                lines = [try container.decode(Point.self, forKey: .result).text]
            default:
                lines = try container.decode([Series].self, forKey: .result).flatMap(\.lines)
            }
        }
    }

    struct Series: Decodable {
        var metric: [String: String]
        var value: Point?
        var values: [Point]?

        var lines: [String] {
            let labels = Labels(metric.map { Label($0.key, $0.value) }).description
            return ((value.map { [$0] } ?? []) + (values ?? [])).map { "\(labels) => \($0.text)" }
        }
    }

    struct Point: Decodable {
        var text: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            let seconds = try container.decode(Double.self)
            let value = try container.decode(String.self)
            let time = Instant(secondsSince1970: seconds)?.rfc3339 ?? "\(seconds)"
            text = "\(value) @ \(time)"
        }
    }
}
