internal import Hummingbird
internal import PromQL
internal import Telemetry

/// `series`, `labels`, `label/<name>/values` and `metadata` of the Prometheus API.
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
        router.answer("metadata", [.get]) { request, _ in
            try metadata(try await RequestParameters(&request))
        }
    }

    private func series(_ parameters: RequestParameters) throws -> Response {
        let selectors = try parameters.selectors()
        guard !selectors.isEmpty else {
            throw APIError(.badData, "no match[] parameter provided")
        }
        let found = try matching(selectors, parameters).sorted()
        return try list(found, parameters) { json, labels in json.labels(labels) }
    }

    private func labelNames(_ parameters: RequestParameters) throws -> Response {
        let selectors = try parameters.selectors()
        let names: [String]
        if selectors.isEmpty {
            guard let range = try range(parameters) else {
                return try list([], parameters) { _, _ in }
            }
            names = try reading { source throws(SeriesSourceError) in
                try source.labelNames(in: range)
            }
        } else {
            let found = try matching(selectors, parameters)
            names = Set(found.flatMap { $0.sorted.map(\.name) }).sorted()
        }
        return try list(names, parameters) { json, name in json.text(name) }
    }

    private func labelValues(_ escaped: String, _ parameters: RequestParameters) throws -> Response
    {
        let name = Self.unescape(escaped)
        guard !name.isEmpty else {
            throw APIError(.badData, "invalid label name: \"\(escaped)\"")
        }
        let selectors = try parameters.selectors()
        let values: [String]
        if selectors.isEmpty {
            guard let range = try range(parameters) else {
                return try list([], parameters) { _, _ in }
            }
            values = try reading { source throws(SeriesSourceError) in
                try source.labelValues(of: name, in: range)
            }
        } else {
            values = Set(try matching(selectors, parameters).compactMap { $0[name] }).sorted()
        }
        return try list(values, parameters) { json, value in json.text(value) }
    }

    private func metadata(_ parameters: RequestParameters) throws -> Response {
        let wanted = parameters.first("metric")
        // There is one entry a metric, so a limit on these cuts nothing.
        _ = try parameters.limit("limit_per_metric")
        let limit = try parameters.limit() ?? .max
        let known = Quantity.all.filter { wanted == nil || $0.metricName == wanted }.prefix(limit)
        return Response.success { json in
            json.object { json in
                for quantity in known {
                    json.name(quantity.metricName)
                    json.array { json in
                        json.object { json in
                            json.member("type", quantity.kind == .counter ? "counter" : "gauge")
                            json.member("help", quantity.help)
                            json.member("unit", "")
                        }
                    }
                }
            }
        }
    }

    /// The range asked for; nil when its end lies before its start, which is an empty answer, no
    /// error.
    private func range(_ parameters: RequestParameters) throws(APIError) -> ClosedRange<Instant>? {
        let from = try parameters.time("start") ?? .distantPast
        let to = try parameters.time("end") ?? .distantFuture
        return from <= to ? from...to : nil
    }

    private func matching(_ selectors: [[LabelMatcher]], _ parameters: RequestParameters)
        throws(APIError) -> Set<Labels>
    {
        guard let range = try range(parameters) else { return [] }
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
        _ parameters: RequestParameters,
        _ write: (inout JSONText, Element) -> Void
    ) throws(APIError) -> Response {
        let limit = try parameters.limit() ?? .max
        let warnings = elements.count > limit ? ["results truncated due to limit"] : []
        return Response.success(warnings: warnings) { json in
            json.array { json in
                for element in elements.prefix(limit) { write(&json, element) }
            }
        }
    }

    /// Undoes Prometheus 3's `U__` escaping of label names in paths.
    static func unescape(_ name: String) -> String {
        guard name.hasPrefix("U__") else { return name }
        var result = ""
        var rest = name.dropFirst(3)
        while let character = rest.first {
            rest = rest.dropFirst()
            guard character == "_" else {
                result.append(character)
                continue
            }
            if rest.first == "_" {
                result.append("_")
                rest = rest.dropFirst()
            } else if let end = rest.firstIndex(of: "_"),
                let code = UInt32(rest[..<end], radix: 16), let scalar = Unicode.Scalar(code)
            {
                result.unicodeScalars.append(scalar)
                rest = rest[rest.index(after: end)...]
            } else {
                return name
            }
        }
        return result
    }
}
