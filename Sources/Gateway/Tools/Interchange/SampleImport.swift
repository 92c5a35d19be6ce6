internal import RingStore
public import Telemetry

/// What `langso store import` read and stored.
public struct SampleImport: Codable, Sendable {
    /// The file.
    public var file: String
    /// How it is written.
    public var format: SampleFormat
    /// Whether nothing was stored.
    public var isDryRun: Bool
    /// Lines, or records of CSV, that hold a sample.
    public var samples = 0
    /// Samples that were new.
    public var stored = 0
    /// Samples that took the place of another value at their time.
    public var overwritten = 0
    /// Samples that were there already.
    public var unchanged = 0
    /// Samples before the last one that their series has on disk; some of them were there before.
    public var late = 0
    /// Samples older than everything that the store still keeps.
    public var tooOld = 0
    /// Series that were new.
    public var newSeries = 0
    /// Exemplars that were passed over.
    public var exemplars = 0
    /// Samples before this time gave way, old ones or imported ones, for want of room; nil when
    /// none did.
    public var droppedBefore: String?
    /// The first faults: file, line, column, what is wrong.
    public var faults: [String] = []
    /// How many lines have one.
    public var faultCount = 0

    /// Faults that are kept in words.
    public static let maximumFaults = 20
    /// How far after now samples may be: a clock is wrong by minutes, and a time zone by hours.
    static let maximumLead = Milliseconds.days(1)

    /// Reads samples from a text and puts them into the store of a stopped gateway.
    ///
    /// A line is taken whole or, when anything is wrong with it, not at all; the others are taken
    /// nevertheless. Costs the memory of a store, whatever the size of the file. What was taken is
    /// on the disk when it returns.
    ///
    /// - Parameters:
    ///   - path: the file, which may be a pipe.
    ///   - format: how it is written.
    ///   - dataFolder: where the store lies; what is there already and differs is overwritten.
    ///   - isDryRun: only reads and checks the text; the store need not be there.
    ///   - now: the time of day; samples more than a day after it are refused: mostly their units
    ///     are wrong, and the ring would keep them when all others have given way.
    ///   - progress: is told of the share that is done, 0 to 1.
    /// - Throws: ``GatewayError`` when the file cannot be read or is none of samples, `StoreError`
    ///   when the store refuses; each says what to do.
    public init(
        _ path: String,
        format: SampleFormat,
        dataFolder: String,
        isDryRun: Bool = false,
        now: Instant,
        progress: (Double) -> Void = { _ in }
    ) throws {
        file = path
        self.format = format
        self.isDryRun = isDryRun
        let target = try isDryRun ? nil : ImportTarget(dataFolder, at: now)
        let latest = now + Self.maximumLead
        switch format {
        case .openmetrics: try readOpenMetrics(target, notAfter: latest, progress)
        case .csv: try readCSV(target, notAfter: latest, progress)
        }
        newSeries = target?.newSeriesCount ?? 0
        try target?.finish()
        droppedBefore = target?.droppedBefore?.description
        progress(1)
    }

    private mutating func readOpenMetrics(
        _ target: ImportTarget?,
        notAfter latest: Instant,
        _ progress: (Double) -> Void
    ) throws {
        var lines = try InputLines(file)
        var reader = OpenMetricsReader(notAfter: latest)
        var lineCount = 0
        while let line = try lines.next() {
            lineCount = line.number
            if lineCount % 4096 == 0 { progress(lines.share) }
            do throws(LineFault) {
                guard !line.isTooLong else {
                    throw LineFault(1, "it has more than \(InputLines.maximumLineBytes) bytes")
                }
                if case .sample(let labels, let sample) = try reader.read(line.bytes) {
                    // Half a line may well look like a whole one.
                    guard !line.isCut else { throw LineFault(1, Self.cutReason) }
                    try put(labels, sample, target)
                }
            } catch {
                fault(line.number, error)
            }
            try target?.checkpointIfDue()
        }
        exemplars = reader.exemplarCount
        if !reader.isAtEnd {
            fault(lineCount + 1, LineFault(1, "expected # EOF; the text was cut short"))
        }
    }

    private mutating func readCSV(
        _ target: ImportTarget?,
        notAfter latest: Instant,
        _ progress: (Double) -> Void
    ) throws {
        var records = try InputRecords(file)
        guard let header = try records.next() else {
            throw GatewayError.notSamples(path: file, reason: "it is empty; \(Self.columns)")
        }
        let row: SampleRow
        do throws(LineFault) {
            row = try SampleRow(header: header.fields.get(), notAfter: latest)
        } catch {
            let place = "line \(header.line), column \(error.column)"
            throw GatewayError.notSamples(path: file, reason: "\(place): \(error.message)")
        }
        while let record = try records.next() {
            if record.line % 4096 == 0 { progress(records.share) }
            do throws(LineFault) {
                let (labels, sample) = try row.read(record.fields.get())
                guard !record.isCut else { throw LineFault(1, Self.cutReason) }
                try put(labels, sample, target)
            } catch {
                fault(record.line, error)
            }
            try target?.checkpointIfDue()
        }
    }

    private static let cutReason =
        "the file ends inside this line; if it is whole, add a line end"

    private static let columns =
        "the first line must be \(SampleRow.fixedColumns.joined(separator: ",")) and labels' names"

    private mutating func put(
        _ labels: Labels,
        _ sample: Sample,
        _ target: ImportTarget?
    ) throws(LineFault) {
        let outcome: AppendOutcome?
        do throws(StoreError) {
            outcome = try target?.append(labels, sample)
        } catch {
            throw LineFault(1, error.description)
        }
        samples += 1
        switch outcome {
        case .stored: stored += 1
        case .overwritten: overwritten += 1
        case .unchanged: unchanged += 1
        case .late: late += 1
        case .tooOld: tooOld += 1
        case nil: break
        }
    }

    private mutating func fault(_ line: Int, _ fault: LineFault) {
        faultCount += 1
        guard faults.count < Self.maximumFaults else { return }
        faults.append("\(file):\(line):\(fault.column): \(fault.message)")
    }
}
