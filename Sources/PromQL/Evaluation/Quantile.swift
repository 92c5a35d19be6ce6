/// Quantiles as Prometheus takes them.
enum Quantile {
    /// The value below which a share of the values lies, with linear interpolation.
    ///
    /// - Source: Prometheus, promql/quantile.go, quantile.
    static func of(_ values: [Double], _ share: Double) -> Double {
        if values.isEmpty || share.isNaN { return .nan }
        if share < 0 { return -.infinity }
        if share > 1 { return .infinity }
        // NaN counts as smaller than any number.
        let sorted = values.sorted { $0.isNaN ? !$1.isNaN : $0 < $1 }
        let rank = share * Double(sorted.count - 1)
        let lower = Int(max(0, rank.rounded(.down)))
        let upper = min(sorted.count - 1, lower + 1)
        let weight = rank - rank.rounded(.down)
        return sorted[lower] * (1 - weight) + sorted[upper] * weight
    }
}
