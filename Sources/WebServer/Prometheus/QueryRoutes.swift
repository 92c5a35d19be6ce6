internal import Hummingbird
internal import PromQL
internal import Telemetry

/// `query` and `query_range` of the Prometheus API.
struct QueryRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend
    let threads: QueryThreads
    let metrics: WebMetrics
    /// Tells whose client has gone; nil where there are no connections.
    let connections: Connections?

    /// Most steps of a range after its first.
    private static var mostSteps: Int64 { 11_000 }

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("query", [.get, .post]) { request, context in
            try await query(RequestParameters(&request), context)
        }
        router.answer("query_range", [.get, .post]) { request, context in
            try await queryRange(RequestParameters(&request), context)
        }
        // Sensors give no exemplars; Grafana asks once and takes an empty list for that.
        router.answer("query_exemplars", [.get, .post]) { request, _ in
            let parameters = try await RequestParameters(&request)
            let from = try parameters.time("start") ?? .distantPast
            guard try from <= parameters.time("end") ?? .distantFuture else {
                throw APIError(
                    .badData,
                    "end timestamp must not be before start timestamp"
                )
            }
            _ = try parameters.expression(isNamed: false)
            return Response.success { $0.array { _ in } }
        }
    }

    private func query(
        _ parameters: RequestParameters,
        _ context: GatewayRequestContext
    ) async throws -> Response {
        // Faults are looked for in Prometheus' order, here and below.
        let limit = try parameters.limit()
        let time = try parameters.time("time") ?? backend.now()
        let engine = try engine(parameters, context)
        let expression = try parse(parameters)
        let source = try backend.readySource()
        return try await respond(parameters, engine, limit) {
            (engine, report) throws(QueryError) in
            try engine.instant(expression, at: time, source: source, report: &report)
        }
    }

    private func queryRange(
        _ parameters: RequestParameters,
        _ context: GatewayRequestContext
    ) async throws -> Response {
        let limit = try parameters.limit()
        let (from, to) = (
            try parameters.requiredTime("start"), try parameters.requiredTime("end")
        )
        guard from <= to else {
            throw APIError.invalid("end", "end timestamp must not be before start time")
        }
        let step = try parameters.requiredDuration("step")
        guard step > .zero else {
            throw APIError.invalid(
                "step",
                "zero or negative query resolution step widths are not accepted. "
                    + "Try a positive integer"
            )
        }
        // 11 000 steps after the first: enough for a week at a minute or a year at an hour
        // (http-api.md, section 4).
        guard (to - from).count / step.count <= Self.mostSteps else {
            metrics.note(QueryError(exceeds: .steps, "too many steps"))
            throw APIError(
                .badData,
                "exceeded maximum resolution of 11,000 points per timeseries. "
                    + "Try decreasing the query resolution (?step=XX)"
            )
        }
        let engine = try engine(parameters, context)
        let expression = try parse(parameters)
        let source = try backend.readySource()
        return try await respond(parameters, engine, limit) {
            (engine, report) throws(QueryError) in
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

    /// Runs the query of a text on a thread of its own and answers with its value, with what is to
    /// say of it, and with what it has cost when that is asked for.
    private func respond(
        _ parameters: RequestParameters,
        _ engine: QueryEngine,
        _ limit: Int?,
        _ query:
            @escaping @Sendable (QueryEngine, inout QueryReport) throws(QueryError) -> QueryValue
    ) async throws -> Response {
        let text = parameters.query
        let clock = ContinuousClock()
        let asked = clock.now
        // Any text asks for them; Prometheus gives more with `all`, of which nothing is known.
        let givesStatistics = parameters.first("stats") != nil
        return try await threads.run {
            let begun = clock.now
            let waiting = asked.duration(to: begun)
            var engine = engine
            engine.waited = Milliseconds(Int64(waiting / .milliseconds(1)))
            var report = QueryReport()
            defer { metrics.note(report, begun.duration(to: clock.now)) }
            let value: QueryValue
            do throws(QueryError) {
                guard engine.waited < engine.limits.timeout else {
                    throw QueryError(exceeds: .time, "query timed out in query queue")
                }
                value = try query(engine, &report)
            } catch {
                metrics.note(error)
                throw APIError(error.placed(in: text), parameter: "query")
            }
            metrics.note(nil)
            let statistics = QueryStatistics(
                report: report,
                waiting: waiting,
                evaluation: begun.duration(to: clock.now)
            )
            // What the answer lacks comes first: only ten of a kind are told.
            // The text of many points costs as much as they did: it is written here too.
            return Response.success(
                warnings: QueryAnnotation.Severity.warning.shown(
                    JSONText.warnings(for: value, limit: limit)
                        + report.annotations.texts(.warning, in: text)
                ),
                infos: QueryAnnotation.Severity.info.shown(
                    statistics.infos + report.annotations.texts(.info, in: text)
                )
            ) { json in
                json.queryData(value, limit: limit, statistics: givesStatistics ? statistics : nil)
            }
        }
    }

    private func parse(_ parameters: RequestParameters) throws(APIError) -> Expression {
        do throws(QueryError) {
            return try PromQLParser.parse(parameters.query)
        } catch {
            metrics.note(error)
            throw APIError(error, parameter: "query")
        }
    }

    private func engine(
        _ parameters: RequestParameters,
        _ context: GatewayRequestContext
    ) throws(APIError) -> QueryEngine {
        var engine = backend.queryEngine
        if let connections {
            let channel = context.channel
            engine.isCanceled = { connections.isGone(channel) }
        }
        if let timeout = try parameters.duration("timeout") {
            engine.limits.timeout = min(engine.limits.timeout, timeout)
        }
        if let lookback = try lookback(parameters), lookback > .zero {
            engine.lookback = lookback
            engine.longestLookback = nil
        }
        if try !parameters.truth("adaptive_lookback", unless: true) { engine.longestLookback = nil }
        return engine
    }

    private func lookback(_ parameters: RequestParameters) throws(APIError) -> Milliseconds? {
        guard let text = parameters.first("lookback_delta") else { return nil }
        do throws(DurationFault) {
            return try RequestParameters.readDuration(text)
        } catch {
            throw APIError(.badData, "error parsing lookback delta duration: \(error.words)")
        }
    }
}
