import Protobuf
import TestKit
import Testing

/// Fields of protobuf: what is written is read, and what is damaged is refused at its place.
struct ProtobufTests {
    struct Fault: ProtobufFailure, Equatable {
        let problem: String
        let offset: Int

        static func malformedProtobuf(_ problem: String, offset: Int) -> Fault {
            Fault(problem: problem, offset: offset)
        }
    }

    typealias Reader = ProtobufReader<Fault>

    private enum Value: Equatable {
        case variable(UInt64)
        case fixed64(UInt64)
        case fixed32(UInt32)
        case bytes([UInt8])
    }

    @Test func `random fields come back as they were written`() throws {
        var generator = SeededGenerator(seed: 501)
        print("seed \(generator.seed)")
        for _ in 0..<500 {
            var writer = ProtobufWriter()
            var written: [(UInt64, Value)] = []
            for _ in 0..<Int.random(in: 0..<20, using: &generator) {
                let field = UInt64.random(in: 1...Reader.maximumField, using: &generator)
                let number = generator.next() >> UInt64.random(in: 0...63, using: &generator)
                switch Int.random(in: 0..<4, using: &generator) {
                case 0:
                    writer.variable(field, number)
                    written.append((field, .variable(number)))
                case 1:
                    writer.fixed64(field, number)
                    written.append((field, .fixed64(number)))
                case 2:
                    let value = UInt32(truncatingIfNeeded: number)
                    writer.fixed32(field, value)
                    written.append((field, .fixed32(value)))
                default:
                    let content = (0..<Int(number % 200)).map { UInt8(truncatingIfNeeded: $0) }
                    writer.bytes(field, content)
                    written.append((field, .bytes(content)))
                }
            }
            var reader = Reader(writer.bytes)
            for (field, value) in written {
                let (number, wire) = try reader.tag()
                #expect(number == field)
                switch wire {
                case .variable: #expect(value == .variable(try reader.variable()))
                case .fixed64: #expect(value == .fixed64(try reader.fixed64()))
                case .fixed32: #expect(value == .fixed32(try reader.fixed32()))
                case .bytes: #expect(value == .bytes(Array(writer.bytes[try reader.content()])))
                }
            }
            #expect(reader.isAtEnd)
        }
    }

    @Test func `groups, the field 0 and fields above 2^29 - 1 are refused`() {
        for bytes: [UInt8] in [[0x0B], [0x0C], [0x00], [0x80, 0x80, 0x80, 0x80, 0x10]] {
            var reader = Reader(bytes)
            #expect(throws: Fault.self) { _ = try reader.tag() }
        }
    }

    @Test func `a number of more than 64 bits is refused, the largest is read`() throws {
        var largest = Reader([UInt8](repeating: 0xFF, count: 9) + [0x01])
        #expect(try largest.variable() == .max)
        var beyond = Reader([UInt8](repeating: 0xFF, count: 9) + [0x02])
        #expect(throws: Fault.self) { _ = try beyond.variable() }
        var endless = Reader([UInt8](repeating: 0xFF, count: 40))
        #expect(throws: Fault.self) { _ = try endless.variable() }
    }

    @Test func `a length beyond the message is refused, also the largest`() {
        for length: [UInt8] in [[2], [UInt8](repeating: 0xFF, count: 9) + [0x01]] {
            var reader = Reader([0x0A] + length + [0x61])
            #expect(throws: Fault.self) {
                _ = try reader.tag()
                _ = try reader.content()
            }
        }
    }

    @Test func `messages are read as deep as the limit and no deeper`() throws {
        func deep(_ levels: Int) -> [UInt8] {
            var bytes: [UInt8] = []
            for _ in 0..<levels {
                var outer = ProtobufWriter()
                outer.bytes(1, bytes)
                bytes = outer.bytes
            }
            return bytes
        }
        func descend(_ reader: inout Reader) throws(Fault) {
            while !reader.isAtEnd {
                _ = try reader.tag()
                try reader.nested { (reader) throws(Fault) in try descend(&reader) }
            }
        }
        var fitting = Reader(deep(Reader.maximumDepth))
        try descend(&fitting)
        var deeper = Reader(deep(Reader.maximumDepth + 1))
        #expect(throws: Fault.self) { try descend(&deeper) }
    }

    @Test func `fields that nobody asks for are passed over`() throws {
        var writer = ProtobufWriter()
        writer.variable(9, 300)
        writer.fixed64(8, 1)
        writer.fixed32(7, 1)
        writer.nested(6) { $0.variable(1, 1) }
        writer.variable(1, 5)
        var reader = Reader(writer.bytes)
        var found: UInt64?
        while !reader.isAtEnd {
            let (field, wire) = try reader.tag()
            if field == 1 { found = try reader.variable() } else { try reader.skip(wire) }
        }
        #expect(found == 5)
    }
}
