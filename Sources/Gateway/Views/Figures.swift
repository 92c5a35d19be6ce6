internal import PromQL
internal import Telemetry

/// Asks a source for single numbers by PromQL; what has no data is nil, never zero.
struct Figures<Source: SeriesSource> {
    let source: Source
    let now: Instant
    private let engine = QueryEngine()

    init(source: Source, now: Instant) {
        self.source = source
        self.now = now
    }

    /// The one value of an expression.
    func value(_ expression: String) -> Double? {
        elements(expression).first.map(\.sample.value).flatMap { $0.isNaN ? nil : $0 }
    }

    /// The values of an expression by a label.
    func values(_ expression: String, by label: String) -> [String: Double] {
        var values: [String: Double] = [:]
        for element in elements(expression) where !element.sample.value.isNaN {
            values[element.labels[label] ?? ""] = element.sample.value
        }
        return values
    }

    private func elements(_ expression: String) -> [VectorElement] {
        // The expressions are the gateway's own; a test evaluates each of them.
        guard let parsed = try? PromQLParser.parse(expression),
            let value = try? engine.instant(parsed, at: now, source: source)
        else { return [] }
        switch value {
        case .vector(let elements): return elements
        case .scalar(let sample): return [VectorElement(labels: .empty, sample: sample)]
        case .string, .matrix: return []
        }
    }
}
