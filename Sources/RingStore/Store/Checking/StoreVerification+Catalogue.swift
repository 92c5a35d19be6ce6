internal import Telemetry

extension StoreVerification {
    /// Tells of labels that only their second copy has still.
    mutating func checkCopies(_ labels: StoredLabels) {
        guard labels.repairedBatchCount > 0 else { return }
        fault(
            "catalogue",
            "\(labels.repairedBatchCount) of \(labels.batchCount) batches of labels do not pass "
                + "their check; their second copies do, and the next opening puts them right"
        )
    }

    /// Checks that each series has labels that can name one, and that no two have the same.
    mutating func check(_ catalogue: SeriesCatalogue) {
        seriesCount = catalogue.count
        var lookup = SeriesLookup()
        for number in 0..<UInt32(catalogue.count) {
            let numbers = catalogue.labelNumbers(of: number)
            let labels = numbers.map { catalogue.index.label($0) }
            let isSorted = zip(labels, labels.dropFirst()).allSatisfy {
                $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
            }
            guard isSorted, !labels.isEmpty, labels.allSatisfy({ !$0.value.isEmpty }) else {
                fault("labels of series \(number)", "they are not sorted, or one is empty")
                continue
            }
            for label in numbers {
                require(
                    catalogue.index.entries[Int(label)].series.contains(number),
                    "label \(label)",
                    "it lacks series \(number)"
                )
            }
            let whole = Labels(alreadySorted: labels)
            if let other = lookup.find(whole, in: catalogue) {
                fault("labels of series \(number)", "series \(other) has the same: \(whole)")
            } else {
                lookup.insert(number, whole)
            }
        }
    }
}
