import Protobuf

/// Sparkplug payloads as an edge node writes them.
struct SparkplugMessage {
    var time: UInt64?
    var sequence: UInt64?
    var metrics: [Metric] = []

    enum Value {
        case int(UInt64)
        case long(UInt64)
        case float(Float)
        case double(Double)
        case flag(Bool)
        case text(String)
        case bytes([UInt8])
        case null
    }

    struct Metric {
        var name: String?
        var alias: UInt64?
        var time: UInt64?
        var datatype: UInt64?
        var unit: String?
        var isHistorical = false
        var value: Value

        init(
            _ name: String? = nil,
            alias: UInt64? = nil,
            time: UInt64? = nil,
            datatype: UInt64? = nil,
            unit: String? = nil,
            isHistorical: Bool = false,
            _ value: Value
        ) {
            self.name = name
            self.alias = alias
            self.time = time
            self.datatype = datatype
            self.unit = unit
            self.isHistorical = isHistorical
            self.value = value
        }
    }

    var payload: [UInt8] {
        var writer = ProtobufWriter()
        if let time { writer.variable(1, time) }
        for metric in metrics { writer.nested(2) { Self.write(metric, &$0) } }
        if let sequence { writer.variable(3, sequence) }
        return writer.bytes
    }

    private static func write(_ metric: Metric, _ writer: inout ProtobufWriter) {
        if let name = metric.name { writer.bytes(1, name.utf8) }
        if let alias = metric.alias { writer.variable(2, alias) }
        if let time = metric.time { writer.variable(3, time) }
        if let datatype = metric.datatype { writer.variable(4, datatype) }
        if metric.isHistorical { writer.variable(5, 1) }
        if let unit = metric.unit {
            writer.nested(9) { properties in
                properties.bytes(1, "engUnit".utf8)
                properties.nested(2) { value in
                    value.variable(1, 12)
                    value.bytes(8, unit.utf8)
                }
            }
        }
        switch metric.value {
        case .int(let value): writer.variable(10, value)
        case .long(let value): writer.variable(11, value)
        case .float(let value): writer.fixed32(12, value.bitPattern)
        case .double(let value): writer.fixed64(13, value.bitPattern)
        case .flag(let value): writer.variable(14, value ? 1 : 0)
        case .text(let value): writer.bytes(15, value.utf8)
        case .bytes(let value): writer.bytes(16, value)
        case .null: writer.variable(7, 1)
        }
    }
}
