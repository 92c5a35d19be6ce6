/// What is to say of an answer, each thing once.
///
/// An empty one allocates nothing. A query of millions of steps may ask for as many quantiles that
/// are none: of each severity ``maximumHeld`` are held, those that come first by their words, in
/// whatever order they are added. Their places do not count for that: a place moves as the same
/// words are said again.
public struct QueryAnnotations: Hashable, Sendable {
    /// In the order of their words, as are ``infos``.
    private var warnings: [QueryAnnotation] = []
    private var infos: [QueryAnnotation] = []

    /// Most texts of one severity that an answer of the HTTP API carries.
    ///
    /// - Source: Prometheus, web/api/v1/api.go, respond.
    public static let maximumShown = 10

    /// Most texts of one severity that are held; so large an answer says "990 more" at the most.
    public static let maximumHeld = 1_000

    /// Creates an empty one.
    public init() {}

    /// Whether there is nothing to say.
    public var isEmpty: Bool { warnings.isEmpty && infos.isEmpty }

    /// Those of a severity, in the order of their places in the query, then of their words.
    public subscript(severity: QueryAnnotation.Severity) -> [QueryAnnotation] {
        (severity == .warning ? warnings : infos).sorted {
            ($0.position ?? -1, $0.message) < ($1.position ?? -1, $1.message)
        }
    }

    /// The texts of a severity with their places in the text of the query, in their order.
    public func texts(_ severity: QueryAnnotation.Severity, in query: String) -> [String] {
        isEmpty ? [] : self[severity].map { $0.text(in: query) }
    }

    mutating func add(_ annotation: QueryAnnotation) {
        switch annotation.severity {
        case .warning: Self.add(annotation, to: &warnings)
        case .info: Self.add(annotation, to: &infos)
        }
    }

    mutating func add(_ other: QueryAnnotations) {
        for annotation in other.warnings { Self.add(annotation, to: &warnings) }
        for annotation in other.infos { Self.add(annotation, to: &infos) }
    }

    private static func add(_ annotation: QueryAnnotation, to held: inout [QueryAnnotation]) {
        var (place, end) = (0, held.count)
        while place < end {
            let middle = (place + end) / 2
            if held[middle].message < annotation.message {
                place = middle + 1
            } else {
                end = middle
            }
        }
        if place < held.count, held[place].message == annotation.message {
            return held[place].merge(annotation)
        }
        guard place < maximumHeld else { return }
        if held.count == maximumHeld { held.removeLast() }
        held.insert(annotation, at: place)
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
