internal import RingStore
internal import Telemetry

/// What was stored again and is right, kept over a start.
extension IngestPipeline {
    /// Name of the file that says which samples were stored again and are right, beside the store;
    /// it is there once a message that was taken again had to wait for its codec, or could not be
    /// decoded.
    public static let retakenFile = RetakenFile.name

    /// Samples that turned out to be too old to be changed after their retaking was done, when
    /// codecs answered or letters were decoded; each is given once, and until a new retaking of its
    /// box begins.
    ///
    /// - Parameter boxes: the addresses of those whose samples are meant.
    /// - Returns: nil while a codec is still asked again for one of them.
    public mutating func takeLateTooOld(of boxes: Set<String>) -> RetakingReport.TooOld? {
        awaited.asksAgain(of: boxes) ? nil : retaken.takeLate(of: boxes)
    }

    /// Writes which samples are right while a message may yet turn out to stand where its box was
    /// not, and lets go of them when none may any more; nothing where it is on disk already.
    mutating func writeRetaken(_ calls: any FileCalls) throws(IngestError) {
        if !holdsWrong, !retaken.isUnderWay { retaken.letGo() }
        guard holdsWrong else {
            guard writtenRetaken != nil else { return }
            try replace(RetakenFile.name, with: RetakenFile([]).bytes, calls)
            writtenRetaken = nil
            return
        }
        guard retaken.version != writtenRetaken else { return }
        let times = retaken.times
        var parts: [RetakenFile.Part] = []
        for reference in try allSeries() {
            for (box, times) in (times[reference.id] ?? [:]).sorted(by: { $0.key < $1.key }) {
                parts.append(.init(labels: reference.labels, box: box, times: times))
            }
        }
        let file = RetakenFile(parts, reach: retaken.reach)
        try replace(RetakenFile.name, with: file.bytes, calls)
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
        guard let file, file != RetakenFile([]) else { return }
        retaken.noteWrong(arrivedAt: file.reach)
        if !file.parts.isEmpty {
            let numbers = Dictionary(
                try allSeries().map { ($0.labels, $0.id) },
                uniquingKeysWith: { first, _ in first }
            )
            for part in file.parts {
                guard let number = numbers[part.labels] else { continue }
                retaken.restore(number, part.times, of: part.box)
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
