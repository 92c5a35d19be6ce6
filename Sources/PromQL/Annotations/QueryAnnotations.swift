/// What is to say of an answer, each thing once.
///
/// An empty one allocates nothing. There are no more than a query has metrics, bounds of buckets
/// and steps together, which ``QueryLimits`` bounds.
public struct QueryAnnotations: Hashable, Sendable {
    private var byMessage: [String: QueryAnnotation] = [:]

    /// Most texts of one severity that an answer of the HTTP API carries.
    ///
    /// - Source: Prometheus, web/api/v1/api.go, respond.
    public static let maximumShown = 10

    /// Creates an empty one.
    public init() {}

    /// Whether there is nothing to say.
    public var isEmpty: Bool { byMessage.isEmpty }

    /// Those of a severity, in the order of their places in the query, then of their words.
    public subscript(severity: QueryAnnotation.Severity) -> [QueryAnnotation] {
        byMessage.values.filter { $0.severity == severity }.sorted {
            ($0.position ?? -1, $0.message) < ($1.position ?? -1, $1.message)
        }
    }

    /// The texts of a severity with their places in the text of the query, in their order.
    public func texts(_ severity: QueryAnnotation.Severity, in query: String) -> [String] {
        isEmpty ? [] : self[severity].map { $0.text(in: query) }
    }

    /// Whether something of the same words is among them.
    func contains(_ annotation: QueryAnnotation) -> Bool {
        byMessage[annotation.message] != nil
    }

    mutating func add(_ annotation: QueryAnnotation) {
        byMessage[annotation.message]?.merge(annotation)
        if byMessage[annotation.message] == nil { byMessage[annotation.message] = annotation }
    }

    mutating func add(_ other: QueryAnnotations) {
        for annotation in other.byMessage.values { add(annotation) }
    }
}

extension QueryAnnotation.Severity {
    /// The first texts of this severity, and how many are left out when there are more than
    /// ``QueryAnnotations/maximumShown``.
    public func shown(_ texts: [String]) -> [String] {
        let left = texts.count - QueryAnnotations.maximumShown
        guard left > 0 else { return texts }
        return texts.dropLast(left) + ["\(left) more \(rawValue) annotations omitted"]
    }
}
