internal import Telemetry

/// Something to say of an answer that did not keep it from being given.
///
/// - Source: Prometheus 3, util/annotations/annotations.go.
public struct QueryAnnotation: Hashable, Sendable {
    /// How much it matters.
    public enum Severity: String, CaseIterable, Sendable {
        /// The answer is most probably not what was meant.
        case warning
        /// The answer may not be what was meant.
        case info
    }

    /// How much it matters.
    public let severity: Severity
    /// What is said, as Prometheus words it; two of the same words are one.
    public let message: String
    /// What it is about; of several the one that counts.
    private var site: AnnotationSite
    /// How far counts were from rising; nil when it is not about that.
    private var correction: MonotonicityCorrection?

    private init(
        _ severity: Severity,
        _ text: String,
        _ site: AnnotationSite,
        _ correction: MonotonicityCorrection? = nil
    ) {
        self.severity = severity
        message = "PromQL \(severity.rawValue): \(text)"
        self.site = site
        self.correction = correction
    }

    /// Where the part of the query that it is about begins, in bytes of UTF-8 from 0; nil when the
    /// expression was not read from a text.
    public var position: Int? { site.position }

    /// All that is said, with the place in the text of the query as `(line:column)`.
    public func text(in query: String) -> String {
        let range = correction.map(\.description) ?? ""
        guard let position else { return message + range }
        return "\(message)\(range) (\(QueryError.Place(position, in: query)))"
    }

    /// Takes in another one of the same words.
    ///
    /// The place is that of the one that Prometheus comes to last, but for counts that were made to
    /// rise, where it is the first.
    mutating func merge(_ other: QueryAnnotation) {
        guard let correction, let others = other.correction else {
            if other.site.end > site.end { site = other.site }
            return
        }
        self.correction = correction.merged(with: others)
        if other.site.end < site.end { site = other.site }
    }
}

extension QueryAnnotation {
    /// A quantile is asked for that is none.
    static func invalidQuantile(_ share: Double, _ site: AnnotationSite) -> Self {
        let got = NumberFormat.general(share)
        return Self(.warning, "quantile value should be between 0 and 1, got \(got)", site)
    }

    /// The bound of a bucket cannot be read.
    static func badBucketLabel(_ value: String?, metric: String?, _ site: AnnotationSite) -> Self {
        let found = Labels.quoted(value ?? "")
        return Self(
            .warning,
            "bucket label \"le\" is missing or has a malformed value of \(found)"
                + naming(metric),
            site
        )
    }

    /// An order is asked for where answers are in order of their labels.
    static func sortInRangeQuery(_ site: AnnotationSite) -> Self {
        Self(
            .warning,
            "sort is ineffective for range queries since results are always ordered by labels",
            site
        )
    }

    /// A rate is taken of what is no counter by its name.
    static func possibleNonCounter(_ metric: String, _ site: AnnotationSite) -> Self {
        Self(
            .info,
            "metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "
                + Labels.quoted(metric),
            site
        )
    }

    /// Counts of buckets fell where they must rise.
    static func forcedMonotonicity(
        _ correction: MonotonicityCorrection,
        metric: String?,
        _ site: AnnotationSite
    ) -> Self {
        Self(
            .info,
            "input to histogram_quantile needed to be fixed for monotonicity (see "
                + "https://prometheus.io/docs/prometheus/latest/querying/functions/"
                + "#histogram_quantile)" + naming(metric),
            site,
            correction
        )
    }

    private static func naming(_ metric: String?) -> String {
        metric.map { " for metric name \(Labels.quoted($0))" } ?? ""
    }
}
