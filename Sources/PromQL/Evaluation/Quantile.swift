/// Quantiles as Prometheus takes them.
enum Quantile {
    /// Whether a number is a share from none to all.
    static func isShare(_ number: Double) -> Bool { number >= 0 && number <= 1 }

    /// The value below which a share of the values lies, with linear interpolation.
    ///
    /// - Source: Prometheus, promql/quantile.go, quantile.
    static func of(_ values: [Double], _ share: Double) -> Double {
        var sorted = SortedWindow()
        sorted.insert(values[...])
        return of(sorted, share)
    }

    /// The same for values that are in order already; NaN counts as smaller than any number.
    static func of(_ sorted: SortedWindow, _ share: Double) -> Double {
        if sorted.count == 0 || share.isNaN { return .nan }
        if share < 0 { return -.infinity }
        if share > 1 { return .infinity }
        let rank = share * Double(sorted.count - 1)
        let lower = Int(max(0, rank.rounded(.down)))
        let upper = min(sorted.count - 1, lower + 1)
        let weight = rank - rank.rounded(.down)
        return sorted[lower] * (1 - weight) + sorted[upper] * weight
    }
}
