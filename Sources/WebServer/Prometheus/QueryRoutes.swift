internal import Hummingbird
internal import NIOPosix
internal import PromQL
internal import Telemetry

/// `query` and `query_range` of the Prometheus API.
struct QueryRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    /// Queries hold a processor for their whole time, so they run on threads of their own and never
    /// keep the event loops or the cooperative pool from serving pages.
    let threads: NIOThreadPool

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        for method in [HTTPRequest.Method.get, .post] {
            router.on("query", method: method) { request, _ in
                var request = request
                return try await query(RequestParameters(&request))
            }
            router.on("query_range", method: method) { request, _ in
                var request = request
                return try await queryRange(RequestParameters(&request))
            }
        }
    }

    private func query(_ parameters: RequestParameters) async throws -> Response {
        let text = try parameters.required("query")
        let time = try parameters.time("time") ?? backend.now()
        let engine = try engine(parameters)
        let limit = try parameters.limit()
        let expression = try parse(text)
        let source = try readySource()
        return try await respond(parameters, limit: limit) { report throws(QueryError) in
            try engine.instant(expression, at: time, source: source, report: &report)
        }
    }

    private func queryRange(_ parameters: RequestParameters) async throws -> Response {
        let text = try parameters.required("query")
        let (from, to) = (
            try requiredTime(parameters, "start"), try requiredTime(parameters, "end")
        )
        guard let step = try parameters.duration("step") else {
            throw APIError(.badData, "invalid parameter \"step\": the parameter is missing")
        }
        guard from <= to else {
            throw APIError(
                .badData,
                "invalid parameter \"end\": end timestamp must not be before start time"
            )
        }
        guard step > .zero else {
            throw APIError(
                .badData,
                "invalid parameter \"step\": zero or negative query resolution step widths are "
                    + "not accepted. Try a positive integer"
            )
        }
        // 11 000 points: enough for a week at a minute or a year at an hour (http-api.md,
        // section 4).
        guard (to - from).count / step.count < 11_000 else {
            throw APIError(
                .badData,
                "exceeded maximum resolution of 11,000 points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)"
            )
        }
        let engine = try engine(parameters)
        let limit = try parameters.limit()
        let expression = try parse(text)
        let source = try readySource()
        return try await respond(parameters, limit: limit) { report throws(QueryError) in
            .matrix(
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
    }

    /// Runs a query on a thread of its own and answers with its value, and with what it has cost
    /// when that is asked for.
    private func respond(
        _ parameters: RequestParameters,
        limit: Int?,
        _ query: @escaping @Sendable (inout QueryReport) throws(QueryError) -> QueryValue
    ) async throws -> Response {
        let clock = ContinuousClock()
        let asked = clock.now
        // Any text asks for them; Prometheus gives more with `all`, of which nothing is known.
        let givesStatistics = parameters.first("stats") != nil
        return try await threads.runIfActive {
            let begun = clock.now
            var report = QueryReport()
            let value: QueryValue
            do throws(QueryError) {
                value = try query(&report)
            } catch {
                throw APIError(error, parameter: "query")
            }
            let statistics = QueryStatistics(
                report: report,
                waiting: asked.duration(to: begun),
                evaluation: begun.duration(to: clock.now)
            )
            // The text of many points costs as much as they did: it is written here too.
            return Response.success(
                warnings: JSONText.warnings(for: value, limit: limit),
                infos: statistics.infos
            ) { json in
                json.queryData(value, limit: limit, statistics: givesStatistics ? statistics : nil)
            }
        }
    }

    private func readySource() throws(APIError) -> Backend.Source {
        guard backend.isReady() else {
            throw APIError(
                .unavailable,
                "the gateway is still recovering its store, try again in a minute"
            )
        }
        return backend.currentSource()
    }

    private func requiredTime(_ parameters: RequestParameters, _ name: String) throws(APIError)
        -> Instant
    {
        guard let time = try parameters.time(name) else {
            throw APIError(
                .badData,
                "invalid parameter \"\(name)\": cannot parse \"\" to a valid timestamp"
            )
        }
        return time
    }

    private func parse(_ text: String) throws(APIError) -> Expression {
        do throws(QueryError) {
            return try PromQLParser.parse(text)
        } catch {
            throw APIError(error, parameter: "query")
        }
    }

    private func engine(_ parameters: RequestParameters) throws(APIError) -> QueryEngine {
        var engine = backend.queryEngine
        if let lookback = try parameters.duration("lookback_delta"), lookback > .zero {
            engine.lookback = lookback
        }
        return engine
    }
}
