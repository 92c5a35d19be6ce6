internal import Protobuf
internal import Telemetry

/// One metric as it stands in a payload; ranges are places in the payload's bytes.
struct SparkplugMetric {
    /// A value as it was written, before its datatype is known.
    enum Value {
        case integer(UInt64)
        case number(Double)
        case flag(Bool)
        case text(Range<Int>)
        /// Bytes, a data set, a template: no reading is made of those.
        case other
    }

    var name = 0..<0
    var alias: UInt64?
    var time: Instant?
    var datatype: SparkplugDatatype?
    var isHistorical = false
    var isNull = false
    var value: Value?
    /// The property `engUnit`; empty for none.
    var unit = 0..<0
}

/// Types of a metric's value; those that are not here give no reading.
///
/// - Source: Sparkplug 3.0.0, section 6.4.16.
enum SparkplugDatatype: UInt64 {
    case int8 = 1, int16, int32, int64
    case uint8, uint16, uint32, uint64
    case float, double, boolean, string, dateTime, text, uuid
    case dataSet, bytes, file, template, propertySet, propertySetList
    case int8Array, int16Array, int32Array, int64Array
    case uint8Array, uint16Array, uint32Array, uint64Array
    case floatArray, doubleArray, booleanArray, stringArray, dateTimeArray

    /// What a value of the type means; nil for one that no reading is made of, or of another type.
    ///
    /// Signed types are two's complement in as many bits as they have, or more.
    func reading(of value: SparkplugMetric.Value) -> SparkplugMetric.Value? {
        switch (self, value) {
        case (.int8, .integer(let bits)): .number(Double(Int8(truncatingIfNeeded: bits)))
        case (.int16, .integer(let bits)): .number(Double(Int16(truncatingIfNeeded: bits)))
        case (.int32, .integer(let bits)): .number(Double(Int32(truncatingIfNeeded: bits)))
        case (.int64, .integer(let bits)): .number(Double(Int64(bitPattern: bits)))
        case (.uint8, .integer(let bits)): .number(Double(UInt8(truncatingIfNeeded: bits)))
        case (.uint16, .integer(let bits)): .number(Double(UInt16(truncatingIfNeeded: bits)))
        case (.uint32, .integer(let bits)): .number(Double(UInt32(truncatingIfNeeded: bits)))
        case (.uint64, .integer(let bits)), (.dateTime, .integer(let bits)):
            .number(Double(bits))
        case (.float, .number), (.double, .number): value
        case (.boolean, .flag): value
        case (.string, .text), (.text, .text), (.uuid, .text): value
        default: nil
        }
    }

    /// Whether readings can be made of the type.
    var isReadable: Bool { rawValue <= Self.uuid.rawValue }
}

/// A Sparkplug B payload: `org.eclipse.tahu.protobuf.Payload`.
///
/// - Source: Sparkplug 3.0.0, section 6.4 and its `sparkplug_b.proto`.
struct SparkplugPayload {
    let bytes: [UInt8]
    private(set) var time: Instant?
    private(set) var sequence: UInt64?
    private(set) var metrics: [SparkplugMetric] = []

    /// Reads a payload.
    ///
    /// - Throws: ``DecodingError``.
    init(_ bytes: [UInt8], limits: DecodingLimits) throws(DecodingError) {
        self.bytes = bytes
        var reader = PayloadReader(bytes)
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .variable): time = Self.instant(try reader.variable())
            case (2, .bytes):
                guard metrics.count < limits.elements else {
                    throw .tooManyElements(limit: limits.elements)
                }
                metrics.append(try Self.metric(bytes, try reader.content()))
            case (3, .variable):
                let number = try reader.variable()
                guard number <= 255 else {
                    throw .badValue(field: "seq", problem: "expected 0 to 255")
                }
                sequence = number
            default: try reader.skip(wire)
            }
        }
    }

    /// The value of the metric `bdSeq`, which ties a death to its birth; nil when there is none.
    var birthSequence: UInt64? {
        for metric in metrics where bytes[metric.name].elementsEqual("bdSeq".utf8) {
            if case .integer(let value) = metric.value { return value }
        }
        return nil
    }

    private static func instant(_ milliseconds: UInt64) -> Instant? {
        // The largest time of the years up to 9999.
        milliseconds <= 253_402_300_799_999
            ? Instant(milliseconds: Int64(milliseconds)) : nil
    }

    private static func metric(_ bytes: [UInt8], _ range: Range<Int>)
        throws(DecodingError) -> SparkplugMetric
    {
        var reader = PayloadReader(bytes, in: range)
        var metric = SparkplugMetric()
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .bytes): metric.name = try reader.textContent()
            case (2, .variable): metric.alias = try reader.variable()
            case (3, .variable): metric.time = instant(try reader.variable())
            case (4, .variable):
                metric.datatype = SparkplugDatatype(rawValue: try reader.variable())
            case (5, .variable): metric.isHistorical = try reader.variable() != 0
            case (7, .variable): metric.isNull = try reader.variable() != 0
            case (9, .bytes): metric.unit = try unit(bytes, try reader.content())
            case (10, .variable), (11, .variable): metric.value = .integer(try reader.variable())
            case (12, .fixed32):
                metric.value = .number(Double(Float(bitPattern: try reader.fixed32())))
            case (13, .fixed64): metric.value = .number(Double(bitPattern: try reader.fixed64()))
            case (14, .variable): metric.value = .flag(try reader.variable() != 0)
            case (15, .bytes): metric.value = .text(try reader.textContent())
            case (16...18, _):
                metric.value = .other
                try reader.skip(wire)
            default: try reader.skip(wire)
            }
        }
        return metric
    }

    /// The text of the property `engUnit`: keys and values are two lists in one order.
    private static func unit(_ bytes: [UInt8], _ range: Range<Int>)
        throws(DecodingError) -> Range<Int>
    {
        var reader = PayloadReader(bytes, in: range)
        var keys: [Range<Int>] = []
        var values: [Range<Int>] = []
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            switch (field, wire) {
            case (1, .bytes): keys.append(try reader.textContent())
            case (2, .bytes): values.append(try reader.content())
            default: try reader.skip(wire)
            }
        }
        guard let place = keys.firstIndex(where: { bytes[$0].elementsEqual("engUnit".utf8) }),
            place < values.count
        else { return 0..<0 }
        var value = PayloadReader(bytes, in: values[place])
        var text = 0..<0
        while !value.isAtEnd {
            let (field, wire) = try value.tag()
            if field == 8, wire == .bytes {
                text = try value.textContent()
            } else {
                try value.skip(wire)
            }
        }
        return text
    }
}
