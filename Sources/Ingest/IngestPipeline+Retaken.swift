internal import RingStore
internal import Telemetry

/// What was stored again and is right, kept over a start.
extension IngestPipeline {
    /// Name of the file that says which samples were stored again and are right, beside the store;
    /// it is there once a message that was taken again had to wait for its codec, or could not be
    /// decoded.
    public static let retakenFile = RetakenFile.name

    /// Samples that turned out to be too old to be changed after their retaking was done, when
    /// codecs answered; each is given once.
    ///
    /// - Parameter boxes: the addresses of those whose samples are meant.
    /// - Returns: nil while any codec is still asked again.
    public mutating func takeLateTooOld(of boxes: Set<String>) -> RetakingReport.TooOld? {
        awaited.asksAgain ? nil : retaken.takeLate(of: boxes)
    }

    /// Writes which samples are right while a message may yet turn out to stand where its box was
    /// not, and lets go of them when none may any more; nothing where it is on disk already.
    mutating func writeRetaken(_ calls: any FileCalls) throws(IngestError) {
        if !holdsWrong, !retaken.isUnderWay { retaken.letGo() }
        guard retaken.version != writtenRetaken, holdsWrong || writtenRetaken != nil else { return }
        var series: [RetakenFile.Series] = []
        if holdsWrong {
            let times = retaken.times
            series = try allSeries().compactMap { reference in
                times[reference.id].map { .init(labels: reference.labels, times: $0) }
            }
        }
        try replace(RetakenFile.name, with: RetakenFile(series).bytes, calls)
        writtenRetaken = retaken.version
    }

    /// Has it known what a file says; series that the store does not have are left out.
    mutating func loadRetaken(_ calls: any FileCalls) throws(IngestError) {
        let file = try Self.load(
            RetakenFile.name,
            store.folder,
            calls,
            orThrow: { .damagedRetaken(path: $0) },
            RetakenFile.init(bytes:)
        )
        guard let file else { return }
        if !file.series.isEmpty {
            let numbers = Dictionary(
                try allSeries().map { ($0.labels, $0.id) },
                uniquingKeysWith: { first, _ in first }
            )
            for series in file.series {
                if let number = numbers[series.labels] { retaken.restore(number, series.times) }
            }
        }
        writtenRetaken = retaken.version
    }

    private mutating func allSeries() throws(IngestError) -> [SeriesReference] {
        do throws(SeriesSourceError) {
            return try store.snapshot().select([], in: .distantPast ... .distantFuture)
        } catch {
            throw .series(error)
        }
    }
}
