/// What an annotation is about, as a place in the text of a query.
struct AnnotationSite: Hashable, Sendable {
    /// Where it begins, in bytes of UTF-8 from 0; nil when it is not known.
    let position: Int?
    /// Where the call ends that says so.
    ///
    /// Calls are evaluated in the order of their ends, their arguments from left to right before
    /// themselves; so this tells who says it last, whatever the order in which threads do.
    let end: Int

    /// Of an expression that was not read from a text.
    static let unknown = AnnotationSite(position: nil, end: 0)
}

/// Where the parts of a call or an aggregation stand in a query, in bytes of UTF-8 from 0.
public struct CallPlaces: Hashable, Sendable {
    /// Where its name begins.
    public let start: Int
    /// Where each argument begins, behind parentheses that stand around the whole of it.
    ///
    /// - Source: Prometheus, promql/engine.go, unwrapParenExpr.
    public let arguments: [Int]
    /// Where its closing parenthesis is.
    public let end: Int
}

extension CallPlaces? {
    /// The call itself.
    var site: AnnotationSite {
        map { AnnotationSite(position: $0.start, end: $0.end) } ?? .unknown
    }

    /// An argument of the call, counted from 0.
    func site(ofArgument index: Int) -> AnnotationSite {
        guard let self, index < self.arguments.count else { return .unknown }
        return AnnotationSite(position: self.arguments[index], end: self.end)
    }
}
