internal import Telemetry

/// Reads OpenMetrics line by line, see ``SampleFormat``.
struct OpenMetricsReader {
    /// What a line holds.
    enum Item {
        /// A sample.
        case sample(Labels, Sample)
        /// Type, unit or help of a family.
        case metadata
        /// The end.
        case end
    }

    /// Whether the end has come.
    private(set) var isAtEnd = false
    /// Exemplars that were passed over.
    private(set) var exemplarCount = 0
    /// Name and labels of the last sample as they were written, and what they say: one series
    /// mostly has many lines.
    private var last: (bytes: ArraySlice<UInt8>, labels: Labels)?
    private let latest: Instant

    /// Begins a text whose samples must not be after a time.
    init(notAfter latest: Instant) {
        self.latest = latest
    }

    /// Reads a line without its line feed.
    ///
    /// - Throws: ``LineFault`` with the column of the byte.
    mutating func read(_ line: [UInt8]) throws(LineFault) -> Item {
        guard !isAtEnd else { throw LineFault(1, "nothing may follow # EOF") }
        guard line.first != UInt8(ascii: "#") else { return try metadata(line) }
        let labels: Labels
        var place: Int
        if let last, line.starts(with: last.bytes), line.count > last.bytes.count,
            line[last.bytes.count] == Self.space
        {
            labels = last.labels
            place = last.bytes.count
        } else {
            var reader = OpenMetricsSeries(line)
            labels = try reader.read()
            place = reader.place
            last = (line[..<place], labels)
        }
        let sample = try sample(line, &place)
        try passExemplar(line, place)
        return .sample(labels, sample)
    }

    private mutating func metadata(_ line: [UInt8]) throws(LineFault) -> Item {
        let text = String(decoding: line, as: UTF8.self)
        if text == "# EOF" {
            isAtEnd = true
            return .end
        }
        let words = text.split(separator: " ", maxSplits: 2)
        if words.count > 1, words[0] == "#", ["TYPE", "UNIT", "HELP"].contains(words[1]) {
            return .metadata
        }
        throw LineFault(1, "expected # TYPE, # UNIT, # HELP or # EOF")
    }

    private func sample(_ line: [UInt8], _ place: inout Int) throws(LineFault) -> Sample {
        let (valueText, valuePlace) = try word(line, &place, "a value")
        guard let value = SampleFormat.number(valueText[...]) else {
            throw LineFault(
                valuePlace + 1,
                "expected a number, NaN, +Inf or -Inf, found \(Labels.quoted(valueText))"
            )
        }
        let (timeText, timePlace) = try word(line, &place, "a time in seconds since 1970")
        guard let time = SampleFormat.instant(seconds: timeText[...]) else {
            throw LineFault(
                timePlace + 1,
                "expected seconds since 1970, found \(Labels.quoted(timeText))"
            )
        }
        try time.require(notAfter: latest, column: timePlace + 1)
        return Sample(time: time, value: value)
    }

    /// The word after one blank.
    private func word(
        _ line: [UInt8],
        _ place: inout Int,
        _ what: String
    ) throws(LineFault) -> (text: String, place: Int) {
        guard place < line.count, line[place] == Self.space else {
            throw LineFault(place + 1, "expected a blank and \(what)")
        }
        let start = place + 1
        place = line[start...].firstIndex(of: Self.space) ?? line.count
        guard place > start else { throw LineFault(start + 1, "expected \(what)") }
        return (String(decoding: line[start..<place], as: UTF8.self), start)
    }

    private mutating func passExemplar(_ line: [UInt8], _ place: Int) throws(LineFault) {
        guard place < line.count else { return }
        guard line[place...].starts(with: " # {".utf8) else {
            throw LineFault(place + 1, "expected the end of the line")
        }
        exemplarCount += 1
    }

    private static let space = UInt8(ascii: " ")
}
