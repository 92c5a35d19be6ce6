internal import Telemetry

/// The columns of a CSV file of samples, see ``SampleFormat``.
struct SampleRow {
    /// The columns that every file has, in this order, before those of labels.
    static let fixedColumns = ["time", "value", "metric"]
    /// What stands for the marker of a series' end.
    static let staleWord = "stale"

    /// The labels of the further columns.
    private let labelNames: [String]
    private let latest: Instant

    /// Takes the first record of a file whose samples must not be after a time.
    ///
    /// - Throws: ``LineFault`` when it is none of samples.
    init(header: [String], notAfter latest: Instant) throws(LineFault) {
        let fixed = Self.fixedColumns
        guard header.starts(with: fixed) else {
            throw LineFault(1, "the columns must begin with \(fixed.joined(separator: ","))")
        }
        self.latest = latest
        labelNames = Array(header.dropFirst(fixed.count))
        for (index, name) in labelNames.enumerated() {
            let column = fixed.count + index + 1
            guard !name.isEmpty, name != Labels.metricNameLabel else {
                throw LineFault(column, "a column needs the name of a label, other than __name__")
            }
            guard !labelNames[..<index].contains(name) else {
                throw LineFault(column, "the label \(name) has a column already")
            }
        }
    }

    /// Reads a record.
    ///
    /// - Throws: ``LineFault`` with the number of the column.
    func read(_ fields: [String]) throws(LineFault) -> (labels: Labels, sample: Sample) {
        let count = Self.fixedColumns.count + labelNames.count
        guard fields.count == count else {
            throw LineFault(
                min(fields.count, count) + 1,
                "expected \(count) columns as in the first line, found \(fields.count)"
            )
        }
        guard let time = Self.time(fields[0]) else {
            throw LineFault(
                1,
                "expected a time as 2026-03-10T00:00:00.000Z, found \(Labels.quoted(fields[0]))"
            )
        }
        try time.require(notAfter: latest, column: 1)
        let isMarker = fields[1] == Self.staleWord
        let marker = Double(bitPattern: Sample.staleMarkerBits)
        guard let value = isMarker ? marker : SampleFormat.number(fields[1][...]) else {
            throw LineFault(
                2,
                "expected a number, NaN, +Inf, -Inf or stale, found \(Labels.quoted(fields[1]))"
            )
        }
        let pairs = zip(labelNames, fields[3...]).map { Label($0, $1) }
        let labels = Labels(pairs + [Label(Labels.metricNameLabel, fields[2])])
        return (labels, Sample(time: time, value: value))
    }

    private static func time(_ text: String) -> Instant? {
        if let time = Instant(rfc3339: text) { return time }
        guard text.hasSuffix(" ms"), let count = Int64(text.dropLast(3)) else { return nil }
        return Instant(milliseconds: count)
    }

    /// Fields as one line.
    static func line(_ fields: [String]) -> [UInt8] {
        var line: [UInt8] = []
        for (index, field) in fields.enumerated() {
            if index > 0 { line.append(UInt8(ascii: ",")) }
            append(field, to: &line)
        }
        return line + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
    }

    private static func append(_ field: String, to line: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let special: Set<UInt8> = Set("\",\r\n".utf8)
        guard field.utf8.contains(where: { special.contains($0) }) else {
            line.append(contentsOf: field.utf8)
            return
        }
        // By bytes: a quote and an accent behind it are one character.
        line.append(quote)
        for byte in field.utf8 { line.append(contentsOf: byte == quote ? [quote, quote] : [byte]) }
        line.append(quote)
    }
}
