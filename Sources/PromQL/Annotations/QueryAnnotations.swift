/// What is to say of an answer, each thing once.
///
/// An empty one allocates nothing. Beyond ``maximumHeld`` of a severity no further ones are taken:
/// a query of millions of steps may ask for as many quantiles that are none.
public struct QueryAnnotations: Hashable, Sendable {
    private var byMessage: [String: QueryAnnotation] = [:]
    private var counts: [QueryAnnotation.Severity: Int] = [:]

    /// Most texts of one severity that an answer of the HTTP API carries.
    ///
    /// - Source: Prometheus, web/api/v1/api.go, respond.
    public static let maximumShown = 10

    /// Most texts of one severity that are held; so large an answer says "990 more" at the most.
    public static let maximumHeld = 1_000

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

    /// Whether no further one of a severity is taken.
    func isFull(_ severity: QueryAnnotation.Severity) -> Bool {
        counts[severity, default: 0] >= Self.maximumHeld
    }

    mutating func add(_ annotation: QueryAnnotation) {
        if byMessage[annotation.message] != nil {
            byMessage[annotation.message]?.merge(annotation)
        } else if !isFull(annotation.severity) {
            byMessage[annotation.message] = annotation
            counts[annotation.severity, default: 0] += 1
        }
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
