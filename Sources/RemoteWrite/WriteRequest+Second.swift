internal import Protobuf
internal import Telemetry

extension WriteRequest {
    /// Reads an `io.prometheus.write.v2.Request`.
    ///
    /// Symbols may stand behind the series that refer to them, so they are read first. Metadata and
    /// the times at which counters began are passed over: a counter's resets tell the same.
    /// - Source: Prometheus Remote-Write 2.0, "io.prometheus.write.v2.Request".
    mutating func readSecond(_ bytes: [UInt8]) throws(RemoteWriteError) {
        let symbols = try Self.symbols(bytes)
        var reader = RequestReader(bytes)
        var labels: [Label] = []
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            guard field == 5 else {
                try reader.skip(wire)
                continue
            }
            try reader.require(wire, .bytes, "timeseries")
            try reader.nested { (reader) throws(RemoteWriteError) in
                try readSeries(&reader, symbols, &labels)
            }
        }
    }

    private static func symbols(_ bytes: [UInt8]) throws(RemoteWriteError) -> [String] {
        var symbols: [String] = []
        var reader = RequestReader(bytes)
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            guard field == 4 else {
                try reader.skip(wire)
                continue
            }
            try reader.require(wire, .bytes, "symbols")
            guard symbols.count < maximumSymbols else {
                throw .tooMany("symbols", limit: maximumSymbols)
            }
            symbols.append(try reader.text())
        }
        guard symbols.isEmpty || symbols[0].isEmpty else {
            throw .malformedMessage("the first symbol must be empty")
        }
        return symbols
    }

    private mutating func readSeries(
        _ reader: inout RequestReader,
        _ symbols: [String],
        _ labels: inout [Label]
    ) throws(RemoteWriteError) {
        labels.removeAll(keepingCapacity: true)
        let first = samples.count
        var histograms = 0
        var references: [UInt64] = []
        // One pair too many says that there are too many labels.
        func note(_ reference: UInt64) {
            if references.count < 2 * (Self.maximumLabels + 1) { references.append(reference) }
        }
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .bytes):
                try reader.nested { (reader) throws(RemoteWriteError) in
                    while !reader.isAtEnd { note(try reader.variable()) }
                }
            case (1, _):
                // Numbers of a list may also come one by one.
                try reader.require(wire, .variable, "labels_refs")
                note(try reader.variable())
            case (2, _):
                try reader.require(wire, .bytes, "samples")
                try add(try Self.sample(&reader))
            case (3, _):
                histograms += 1
                try reader.skip(wire)
            case (4, _):
                exemplarCount += 1
                try reader.skip(wire)
            default: try reader.skip(wire)
            }
        }
        guard references.count.isMultiple(of: 2) else {
            throw reader.fault("labels_refs has a name without a value")
        }
        for index in stride(from: 0, to: references.count, by: 2) {
            let (name, value) = (references[index], references[index + 1])
            guard name < symbols.count, value < symbols.count else {
                throw reader.fault(
                    "labels_refs asks for symbol \(max(name, value)) of \(symbols.count)"
                )
            }
            labels.append(Label(symbols[Int(name)], symbols[Int(value)]))
        }
        noteHistograms(histograms, of: labels)
        end(labels, samplesFrom: first)
    }
}
