internal import Protobuf
internal import Telemetry

/// The JSON mapping of protobuf, as far as the families need it.
///
/// Members with their default are written when the message has them: readers take a missing member
/// for the default anyway.
///
/// - Source: Protocol Buffers, "ProtoJSON Format"; `google/protobuf/struct.proto`,
///   `google/protobuf/timestamp.proto`.
extension JSONWriter {
    /// The kinds of one field and where its values stand; only for repeated ones.
    private struct Pending {
        let place: Int
        var values: [Range<Int>]
    }

    /// Writes a message as an object.
    ///
    /// - Parameters:
    ///   - message: the bytes in which the message stands.
    ///   - range: where it stands.
    ///   - schema: its fields.
    ///   - depth: how many objects and arrays are open.
    ///   - limits: how deep they may be nested, and how many values a field may repeat.
    /// - Throws: ``DecodingError``.
    mutating func write(
        _ message: [UInt8],
        _ range: Range<Int>,
        _ schema: MessageSchema,
        depth: Int,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        var reader = PayloadReader(message, in: range)
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth, offset: 0) }
        var pending: [Pending] = []
        beginObject()
        while !reader.isAtEnd {
            let (number, wire) = try reader.tag()
            guard let place = schema.place(of: number) else {
                try reader.skip(wire)
                continue
            }
            let field = schema.fields[place]
            guard field.isRepeated else {
                key(field.name)
                try write(&reader, wire, field, message, depth: depth + 1, limits)
                continue
            }
            // All values of an array must stand together, which those of the message need not.
            try reader.require(wire, .bytes, String(decoding: field.name, as: UTF8.self))
            let value = try reader.content()
            if let index = pending.firstIndex(where: { $0.place == place }) {
                guard pending[index].values.count < limits.elements else {
                    throw .tooManyElements(limit: limits.elements)
                }
                pending[index].values.append(value)
            } else {
                pending.append(Pending(place: place, values: [value]))
            }
        }
        for array in pending {
            guard case .message(let inner) = schema.fields[array.place].kind else { continue }
            key(schema.fields[array.place].name)
            beginArray()
            for value in array.values {
                try write(message, value, inner, depth: depth + 2, limits)
            }
            endArray()
        }
        endObject()
    }

    private mutating func write(
        _ reader: inout PayloadReader,
        _ wire: PayloadReader.Wire,
        _ field: MessageSchema.Field,
        _ message: [UInt8],
        depth: Int,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        func name() -> String { String(decoding: field.name, as: UTF8.self) }
        switch field.kind {
        case .text:
            try reader.require(wire, .bytes, name())
            string(message[try reader.textContent()])
        case .bytes:
            try reader.require(wire, .bytes, name())
            string(Base64Text.encode(message[try reader.content()]))
        case .flag:
            try reader.require(wire, .variable, name())
            flag(try reader.variable() != 0)
        case .unsigned:
            try reader.require(wire, .variable, name())
            raw("\(try reader.variable())")
        case .signed:
            try reader.require(wire, .variable, name())
            raw("\(Int64(bitPattern: try reader.variable()))")
        case .choice(let names):
            try reader.require(wire, .variable, name())
            let number = try reader.variable()
            guard number < UInt64(names.count) else { return raw("\(number)") }
            string(names[Int(number)].utf8)
        case .single:
            try reader.require(wire, .fixed32, name())
            try number(Float(bitPattern: try reader.fixed32()), name())
        case .double:
            try reader.require(wire, .fixed64, name())
            try number(Double(bitPattern: try reader.fixed64()), name())
        case .time:
            try reader.require(wire, .bytes, name())
            try writeTime(message, try reader.content(), name())
        case .structure:
            try reader.require(wire, .bytes, name())
            try writeStruct(message, try reader.content(), depth: depth, limits)
        case .message(let schema):
            try reader.require(wire, .bytes, name())
            try write(message, try reader.content(), schema, depth: depth, limits)
        }
    }

    /// Writes a number; JSON has none for infinity and what is no number.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` for those.
    mutating func number(
        _ value: some BinaryFloatingPoint & LosslessStringConvertible,
        _ field: @autoclosure () -> String
    ) throws(DecodingError) {
        guard value.isFinite else {
            throw .badValue(field: field(), problem: "it is no finite number")
        }
        raw(value.description)
    }

    private mutating func writeTime(_ message: [UInt8], _ range: Range<Int>, _ name: String)
        throws(DecodingError)
    {
        var reader = PayloadReader(message, in: range)
        var (seconds, nanoseconds): (Int64, Int64) = (0, 0)
        while !reader.isAtEnd {
            let (number, wire) = try reader.tag()
            switch (number, wire) {
            case (1, .variable): seconds = Int64(bitPattern: try reader.variable())
            case (2, .variable): nanoseconds = Int64(bitPattern: try reader.variable())
            default: try reader.skip(wire)
            }
        }
        // 0001-01-01T00:00:00Z to 9999-12-31T23:59:59Z, as the mapping has it.
        guard (-62_135_596_800...253_402_300_799).contains(seconds),
            (0..<1_000_000_000).contains(nanoseconds)
        else { throw .badValue(field: name, problem: "expected a time of the years 1 to 9999") }
        let time = Instant(milliseconds: seconds * 1000 + (nanoseconds + 500_000) / 1_000_000)
        string(time.rfc3339.utf8)
    }

    // MARK: Struct

    private mutating func writeStruct(
        _ message: [UInt8],
        _ range: Range<Int>,
        depth: Int,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth, offset: 0) }
        var reader = PayloadReader(message, in: range)
        beginObject()
        while !reader.isAtEnd {
            let (number, wire) = try reader.tag()
            guard number == 1 else {
                try reader.skip(wire)
                continue
            }
            try reader.require(wire, .bytes, "fields")
            var entry = PayloadReader(message, in: try reader.content())
            var name = 0..<0
            var value = 0..<0
            while !entry.isAtEnd {
                let (number, wire) = try entry.tag()
                switch (number, wire) {
                case (1, .bytes): name = try entry.textContent()
                case (2, .bytes): value = try entry.content()
                default: try entry.skip(wire)
                }
            }
            key(message[name])
            try writeValue(message, value, depth: depth + 1, limits)
        }
        endObject()
    }

    private mutating func writeValue(
        _ message: [UInt8],
        _ range: Range<Int>,
        depth: Int,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        var reader = PayloadReader(message, in: range)
        // Of several kinds the last one counts, as in every `oneof`.
        var last: (number: UInt64, value: Range<Int>, bits: UInt64) = (1, 0..<0, 0)
        while !reader.isAtEnd {
            let (number, wire) = try reader.tag()
            switch (number, wire) {
            case (1, .variable), (4, .variable): last = (number, 0..<0, try reader.variable())
            case (2, .fixed64): last = (number, 0..<0, try reader.fixed64())
            case (3, .bytes): last = (number, try reader.textContent(), 0)
            case (5, .bytes), (6, .bytes): last = (number, try reader.content(), 0)
            default: try reader.skip(wire)
            }
        }
        switch last.number {
        case 2: try number(Double(bitPattern: last.bits), "object")
        case 3: string(message[last.value])
        case 4: flag(last.bits != 0)
        case 5: try writeStruct(message, last.value, depth: depth, limits)
        case 6: try writeList(message, last.value, depth: depth, limits)
        default: null()
        }
    }

    private mutating func writeList(
        _ message: [UInt8],
        _ range: Range<Int>,
        depth: Int,
        _ limits: DecodingLimits
    ) throws(DecodingError) {
        guard depth < limits.depth else { throw .tooDeep(limit: limits.depth, offset: 0) }
        var reader = PayloadReader(message, in: range)
        beginArray()
        while !reader.isAtEnd {
            let (number, wire) = try reader.tag()
            guard number == 1 else {
                try reader.skip(wire)
                continue
            }
            try reader.require(wire, .bytes, "values")
            try writeValue(message, try reader.content(), depth: depth + 1, limits)
        }
        endArray()
    }
}
