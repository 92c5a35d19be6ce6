internal import Protobuf
internal import Telemetry

/// The state as bytes, so that what is taken from the journal after a checkpoint is read as it was
/// the first time, however long before it a node was born.
///
/// A message of protobuf: field 1 is a node, with 1 name, 2 whether alive, 3 bdSeq, 4 when born,
/// 5 the last number, 6 a device, 7 a metric, 8 a missing number, 9 when the message with the last
/// number was written, 10 when it arrived; times are milliseconds since 1970. Nodes that are not
/// alive are not written; they were once, and are passed over. A metric has 1 device, 2 name,
/// 3 datatype, 4 unit, 5 alias; a missing number 1 the number, 2 its deadline. What was asked is
/// not kept: after a start it may be asked again.
extension SparkplugState {
    /// The state as bytes; empty when no node is known.
    ///
    /// Equal states give equal bytes.
    var bytes: [UInt8] {
        var writer = ProtobufWriter()
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            writer.nested(Self.nodeField) { Self.write(name, node, &$0) }
        }
        return writer.bytes
    }

    private static func write(_ name: String, _ node: SparkplugNode, _ writer: inout ProtobufWriter)
    {
        writer.bytes(1, Array(name.utf8))
        writer.variable(2, 1)
        if let number = node.birthSequence { writer.variable(3, number) }
        writer.variable(4, UInt64(bitPattern: node.bornAt.milliseconds))
        if let last = node.last { writer.variable(5, UInt64(last)) }
        for device in node.devices.sorted() { writer.bytes(6, Array(device.utf8)) }
        let metrics = node.metrics.values.flatMap(\.values).sorted {
            ($0.device, $0.alias ?? 0) < ($1.device, $1.alias ?? 0)
                || ($0.device, $0.alias ?? 0) == ($1.device, $1.alias ?? 0)
                    && $0.name.lexicographicallyPrecedes($1.name)
        }
        for metric in metrics {
            writer.nested(7) { inner in
                inner.bytes(1, Array(metric.device.utf8))
                inner.bytes(2, metric.name)
                if let datatype = metric.datatype { inner.variable(3, datatype.rawValue) }
                inner.bytes(4, metric.unit)
                if let alias = metric.alias { inner.variable(5, alias) }
            }
        }
        for missing in node.missing {
            writer.nested(8) { inner in
                inner.variable(1, UInt64(missing.sequence))
                inner.variable(2, UInt64(bitPattern: missing.deadline.milliseconds))
            }
        }
        if let time = node.lastWrittenAt {
            writer.variable(9, UInt64(bitPattern: time.milliseconds))
        }
        writer.variable(10, UInt64(bitPattern: node.lastArrivedAt.milliseconds))
    }

    /// Number of the field that is a node.
    static let nodeField: UInt64 = 1

    /// Takes a node that ``bytes`` wrote.
    ///
    /// - Throws: ``DecodingError`` when it is something else.
    mutating func restore(_ bytes: [UInt8], _ range: Range<Int>) throws(DecodingError) {
        var reader = PayloadReader(bytes, in: range)
        var name = ""
        var isAlive = true
        var node = SparkplugNode()
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .bytes): name = try reader.text()
            case (2, .variable): isAlive = try reader.variable() != 0
            case (3, .variable): node.birthSequence = try reader.variable()
            case (4, .variable): node.bornAt = try Self.instant(&reader)
            case (5, .variable): node.last = UInt8(truncatingIfNeeded: try reader.variable())
            case (6, .bytes): node.add(device: try reader.text())
            case (7, .bytes): try node.define(try Self.metric(bytes, try reader.content()))
            case (8, .bytes):
                node.missing.append(try Self.missing(bytes, try reader.content()))
            case (9, .variable): node.lastWrittenAt = try Self.instant(&reader)
            case (10, .variable): node.lastArrivedAt = try Self.instant(&reader)
            default: throw reader.fault("a node has the field \(field)")
            }
        }
        if isAlive { restore(name, node) }
    }

    private static func instant(_ reader: inout PayloadReader) throws(DecodingError) -> Instant {
        Instant(milliseconds: Int64(bitPattern: try reader.variable()))
    }

    private static func metric(_ bytes: [UInt8], _ range: Range<Int>)
        throws(DecodingError) -> SparkplugNode.Metric
    {
        var reader = PayloadReader(bytes, in: range)
        var (device, alias): (String, UInt64?) = ("", nil)
        var (name, unit): ([UInt8], [UInt8]) = ([], [])
        var datatype: SparkplugDatatype?
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .bytes): device = try reader.text()
            case (2, .bytes): name = Array(bytes[try reader.content()])
            case (3, .variable): datatype = SparkplugDatatype(rawValue: try reader.variable())
            case (4, .bytes): unit = Array(bytes[try reader.content()])
            case (5, .variable): alias = try reader.variable()
            default: throw reader.fault("a metric has the field \(field)")
            }
        }
        return SparkplugNode.Metric(
            device: device,
            name: name,
            datatype: datatype,
            unit: unit,
            alias: alias
        )
    }

    private static func missing(_ bytes: [UInt8], _ range: Range<Int>)
        throws(DecodingError) -> SparkplugNode.Missing
    {
        var reader = PayloadReader(bytes, in: range)
        var (sequence, deadline): (UInt64, UInt64) = (0, 0)
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .variable): sequence = try reader.variable()
            case (2, .variable): deadline = try reader.variable()
            default: throw reader.fault("a missing number has the field \(field)")
            }
        }
        return SparkplugNode.Missing(
            sequence: UInt8(truncatingIfNeeded: sequence),
            deadline: Instant(milliseconds: Int64(bitPattern: deadline))
        )
    }
}
