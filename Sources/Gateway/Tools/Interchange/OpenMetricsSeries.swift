internal import Telemetry

/// Reads the name and the labels at the beginning of a line.
struct OpenMetricsSeries {
    private let line: [UInt8]
    /// Index of the next byte.
    private(set) var place = 0

    init(_ line: [UInt8]) {
        self.line = line
    }

    mutating func read() throws(LineFault) -> Labels {
        let metric = try name(ofMetric: true, "a metric name")
        var labels = [Label(Labels.metricNameLabel, metric)]
        guard take("{") else { return Labels(labels) }
        var isFirst = true
        while !take("}") {
            if !isFirst, !take(",") { throw LineFault(place + 1, "expected , or }") }
            // A comma before the brace is allowed.
            if !isFirst, take("}") { break }
            isFirst = false
            let start = place
            let name = try name(ofMetric: false, "the name of a label")
            guard !labels.contains(where: { $0.name == name }) else {
                throw LineFault(start + 1, "the label \(name) stands here twice")
            }
            guard take("="), take("\"") else { throw LineFault(place + 1, "expected =\"") }
            labels.append(Label(name, try value()))
        }
        return Labels(labels)
    }

    private mutating func name(
        ofMetric isMetric: Bool,
        _ what: String
    ) throws(LineFault) -> String {
        let start = place
        while place < line.count, SampleFormat.isNameByte(line[place], ofMetric: isMetric) {
            place += 1
        }
        let name = String(decoding: line[start..<place], as: UTF8.self)
        guard SampleFormat.isName(name, ofMetric: isMetric) else {
            throw LineFault(start + 1, "expected \(what)")
        }
        return name
    }

    private mutating func value() throws(LineFault) -> String {
        let start = place
        var bytes: [UInt8] = []
        while place < line.count {
            let byte = line[place]
            place += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: bytes, as: UTF8.self) else {
                    throw LineFault(start + 1, "the value of a label is not UTF-8")
                }
                return text
            case UInt8(ascii: "\\"):
                guard place < line.count, let escaped = Self.escaped(line[place]) else {
                    throw LineFault(place, "expected \\\\, \\\" or \\n")
                }
                bytes.append(escaped)
                place += 1
            default: bytes.append(byte)
            }
        }
        throw LineFault(start, "a quote that is never closed")
    }

    private static func escaped(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "\\"), UInt8(ascii: "\""): byte
        case UInt8(ascii: "n"): UInt8(ascii: "\n")
        default: nil
        }
    }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard place < line.count, line[place] == UInt8(ascii: byte) else { return false }
        place += 1
        return true
    }
}
