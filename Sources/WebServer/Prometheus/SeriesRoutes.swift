internal import Hummingbird
internal import PromQL
internal import Telemetry

/// `series`, `labels` and `label/<name>/values` of the Prometheus API.
struct SeriesRoutes<Backend: GatewayBackend>: Sendable {
    let backend: Backend

    func add(to router: some RouterMethods<GatewayRequestContext>) {
        router.answer("series", [.get, .post]) { request, _ in
            try series(try await RequestParameters(&request))
        }
        router.answer("labels", [.get, .post]) { request, _ in
            try labelNames(try await RequestParameters(&request))
        }
        router.answer("label/:name/values", [.get]) { request, context in
            let name = try context.parameters.require("name")
            return try labelValues(name, try await RequestParameters(&request))
        }
    }

    private func series(_ parameters: RequestParameters) throws -> Response {
        guard !parameters.all("match[]").isEmpty else {
            throw APIError(.badData, "no match[] parameter provided")
        }
        let (limit, range) = (try parameters.limit(), try range(parameters))
        let selectors = try parameters.selectors(isNamed: true)
        let found = try matching(selectors, range).sorted()
        return list(found, limit) { json, labels in json.labels(labels) }
    }

    private func labelNames(_ parameters: RequestParameters) throws -> Response {
        let (limit, range) = (try parameters.limit(), try range(parameters))
        let selectors = try parameters.selectors()
        let names: [String]
        if selectors.isEmpty {
            guard let range else { return list([], limit) { _, _ in } }
            names = try reading { source throws(SeriesSourceError) in
                try source.labelNames(in: range)
            }
        } else {
            let found = try matching(selectors, range)
            names = Set(found.flatMap { $0.sorted.map(\.name) }).sorted()
        }
        return list(names, limit) { json, name in json.text(name) }
    }

    private func labelValues(_ segment: String, _ parameters: RequestParameters) throws -> Response
    {
        let name = try PathLabelName.read(segment)
        let (limit, range) = (try parameters.limit(), try range(parameters))
        let selectors = try parameters.selectors()
        let values: [String]
        if selectors.isEmpty {
            guard let range else { return list([], limit) { _, _ in } }
            values = try reading { source throws(SeriesSourceError) in
                try source.labelValues(of: name, in: range)
            }
        } else {
            values = Set(try matching(selectors, range).compactMap { $0[name] }).sorted()
        }
        return list(values, limit) { json, value in json.text(value) }
    }

    /// The range asked for; nil when its end lies before its start, which is an empty answer, no
    /// error.
    private func range(_ parameters: RequestParameters) throws(APIError) -> ClosedRange<Instant>? {
        let from = try parameters.time("start") ?? .distantPast
        let to = try parameters.time("end") ?? .distantFuture
        return from <= to ? from...to : nil
    }

    private func matching(
        _ selectors: [[LabelMatcher]],
        _ range: ClosedRange<Instant>?
    ) throws(APIError) -> Set<Labels> {
        guard let range else { return [] }
        return try reading { source throws(SeriesSourceError) in
            var found: Set<Labels> = []
            for matchers in selectors {
                for reference in try source.select(matchers, in: range) {
                    found.insert(reference.labels)
                }
            }
            return found
        }
    }

    private func reading<Result>(
        _ body: (Backend.Source) throws(SeriesSourceError) -> Result
    ) throws(APIError) -> Result {
        let source = try backend.readySource()
        do throws(SeriesSourceError) {
            return try body(source)
        } catch {
            throw APIError(.internal, "\(error)")
        }
    }

    private func list<Element>(
        _ elements: [Element],
        _ limit: Int?,
        _ write: (inout JSONText, Element) -> Void
    ) -> Response {
        let limit = limit ?? .max
        let warnings = elements.count > limit ? ["results truncated due to limit"] : []
        return Response.success(warnings: warnings) { json in
            json.array { json in
                for element in elements.prefix(limit) { write(&json, element) }
            }
        }
    }
}
