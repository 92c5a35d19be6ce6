internal import Protobuf
internal import Telemetry

extension WriteRequest {
    /// Reads a `prometheus.WriteRequest`.
    ///
    /// Metadata (field 3) is passed over: the gateway knows its quantities, and of others it keeps
    /// what they measured.
    /// - Source: Prometheus, prompb/remote.proto and prompb/types.proto.
    mutating func readFirst(_ bytes: [UInt8]) throws(RemoteWriteError) {
        var reader = RequestReader(bytes)
        var labels: [Label] = []
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            guard field == 1 else {
                try reader.skip(wire)
                continue
            }
            try reader.require(wire, .bytes, "timeseries")
            try reader.nested { (reader) throws(RemoteWriteError) in
                try readSeries(&reader, &labels)
            }
        }
    }

    private mutating func readSeries(
        _ reader: inout RequestReader,
        _ labels: inout [Label]
    ) throws(RemoteWriteError) {
        labels.removeAll(keepingCapacity: true)
        let first = samples.count
        var histograms = 0
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch field {
            case 1:
                try reader.require(wire, .bytes, "labels")
                let label = try Self.label(&reader)
                // One too many says that there are too many.
                if labels.count <= Self.maximumLabels { labels.append(label) }
            case 2:
                try reader.require(wire, .bytes, "samples")
                try add(try Self.sample(&reader))
            case 3:
                exemplarCount += 1
                try reader.skip(wire)
            case 4:
                histograms += 1
                try reader.skip(wire)
            default: try reader.skip(wire)
            }
        }
        noteHistograms(histograms, of: labels)
        end(labels, samplesFrom: first)
    }

    private static func label(
        _ reader: inout RequestReader
    ) throws(RemoteWriteError) -> Label {
        var (name, value) = ("", "")
        try reader.nested { (reader) throws(RemoteWriteError) in
            while !reader.isAtEnd {
                let (field, wire) = try reader.tag()
                switch field {
                case 1:
                    try reader.require(wire, .bytes, "a label's name")
                    name = try reader.text()
                case 2:
                    try reader.require(wire, .bytes, "a label's value")
                    value = try reader.text()
                default: try reader.skip(wire)
                }
            }
        }
        return Label(name, value)
    }

    /// Reads a sample, which is the same in both versions.
    static func sample(_ reader: inout RequestReader) throws(RemoteWriteError) -> Sample {
        var (bits, time): (UInt64, UInt64) = (0, 0)
        try reader.nested { (reader) throws(RemoteWriteError) in
            while !reader.isAtEnd {
                let (field, wire) = try reader.tag()
                switch field {
                case 1:
                    try reader.require(wire, .fixed64, "a sample's value")
                    bits = try reader.fixed64()
                case 2:
                    try reader.require(wire, .variable, "a sample's timestamp")
                    time = try reader.variable()
                default: try reader.skip(wire)
                }
            }
        }
        return Sample(
            time: Instant(milliseconds: Int64(bitPattern: time)),
            value: Double(bitPattern: bits)
        )
    }

    /// Notes native histograms of a series.
    mutating func noteHistograms(_ count: Int, of labels: [Label]) {
        guard count > 0 else { return }
        histogramCount += count
        let name = labels.first { $0.name == Labels.metricNameLabel }?.value ?? ""
        refusals.add(.histogram, count) { Self.shown(name) }
    }
}
