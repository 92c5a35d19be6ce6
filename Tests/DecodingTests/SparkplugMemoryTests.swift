import Telemetry
import TestKit
import Testing

@testable import Decoding

/// What the decoder remembers of births: it can be carried over, and no input breaks it.
struct SparkplugMemoryTests {
    private struct Message {
        let topic: String
        let payload: [UInt8]
        let time: Instant
    }

    /// What three nodes with two devices each might say, with gaps, repetitions and deaths.
    private static func traffic(_ count: Int, _ generator: inout SeededGenerator) -> [Message] {
        var sequences: [Int: UInt64] = [:]
        var time = SparkplugTests.start
        return (0..<count).map { _ in
            time = time + Milliseconds(Int64.random(in: 0...1500, using: &generator))
            let node = Int.random(in: 0..<3, using: &generator)
            let device = "d\(Int.random(in: 0..<2, using: &generator))"
            var message = SparkplugMessage(time: UInt64(time.milliseconds))
            var type = "DDATA"
            switch Int.random(in: 0..<20, using: &generator) {
            case 0:
                type = "NBIRTH"
                sequences[node] = 0
                message.metrics = [.init("bdSeq", datatype: 8, .long(UInt64(node)))]
            case 1...4:
                type = "DBIRTH"
                let alias = device == "d0" ? UInt64(1) : 2
                message.metrics = [
                    .init("lamp/power", alias: alias, datatype: 10, unit: "kW", .double(0.02))
                ]
            case 5: type = "DDEATH"
            case 6:
                type = "NDEATH"
                message.time = nil
                message.metrics = [.init("bdSeq", datatype: 8, .long(UInt64(node)))]
            default:
                message.metrics = [
                    .init(alias: device == "d0" ? 1 : 2, .double(Double(node) / 100))
                ]
            }
            if type != "NDEATH" {
                message.sequence = sequences[node, default: 0]
                // Now and then one is lost, or comes twice.
                let step = [0, 1, 1, 1, 1, 1, 2].randomElement(using: &generator) ?? 1
                sequences[node] = (sequences[node, default: 0] + UInt64(step)) % 256
            }
            let end = type.first == "N" ? "" : "/\(device)"
            return Message(
                topic: "spBv1.0/g/\(type)/n\(node)\(end)",
                payload: message.payload,
                time: time
            )
        }
    }

    private enum Outcome: Equatable {
        case decoded(DecodedMessage)
        case refused(DecodingError)
    }

    private static func outcome(_ decoder: inout MessageDecoder, _ message: Message) -> Outcome {
        do throws(DecodingError) {
            return .decoded(
                try decoder.decode(
                    topic: message.topic,
                    payload: message.payload,
                    receivedAt: message.time
                )
            )
        } catch {
            return .refused(error)
        }
    }

    @Test func `a decoder that takes the memory of another goes on as that one would`() throws {
        var generator = SeededGenerator(seed: 505)
        print("seed \(generator.seed)")
        for _ in 0..<20 {
            let traffic = Self.traffic(300, &generator)
            let cut = Int.random(in: 0..<300, using: &generator)
            var first = try SparkplugTests.decoder()
            for message in traffic[..<cut] { _ = Self.outcome(&first, message) }
            var second = try SparkplugTests.decoder()
            try second.recall(first.memory)
            #expect(second.memory == first.memory)
            var decoded = 0
            for message in traffic[cut...] {
                let outcome = Self.outcome(&first, message)
                #expect(Self.outcome(&second, message) == outcome)
                if case .decoded = outcome { decoded += 1 }
            }
            #expect(second.memory == first.memory)
            if cut < 200 { #expect(decoded > 10) }
        }
    }

    @Test func `decoding aside changes neither memory nor requests`() throws {
        var generator = SeededGenerator(seed: 506)
        print("seed \(generator.seed)")
        var decoder = try SparkplugTests.decoder()
        let traffic = Self.traffic(200, &generator)
        for message in traffic { _ = Self.outcome(&decoder, message) }
        _ = decoder.takeRequests()
        let memory = decoder.memory
        #expect(!memory.isEmpty)
        for message in traffic {
            _ = try? decoder.aside { (decoder) throws(DecodingError) in
                try decoder.decode(
                    topic: message.topic,
                    payload: message.payload,
                    receivedAt: message.time
                )
            }
        }
        #expect(decoder.memory == memory)
        #expect(decoder.takeRequests().isEmpty)
    }

    @Test func `a message that was refused for its device is read aside when it is known`() throws {
        var generator = SeededGenerator(seed: 507)
        var decoder = try SparkplugTests.decoder(profile: nil)
        var last: Message?
        for message in Self.traffic(400, &generator) {
            if Self.outcome(&decoder, message)
                == .refused(.unknownDevice(address: "g/n0/d0", family: .sparkplug)),
                message.topic.hasPrefix("spBv1.0/g/DDATA")
            {
                last = message
                break
            }
        }
        let message = try #require(last)
        var directory = DeviceDirectory()
        directory.assign(
            "g/n0/d0",
            DeviceDirectory.Assignment(profile: "sparkplug-street-lamp", parameters: [:])
        )
        decoder.replaceDirectory(directory)
        let read = try decoder.aside { (decoder) throws(DecodingError) in
            try decoder.decode(
                topic: message.topic,
                payload: message.payload,
                receivedAt: message.time
            )
        }
        #expect(read.readings.map(\.quantity.id) == ["lamp.power"])
    }

    @Test func `damaged messages and memories are read soundly or refused`() throws {
        var generator = SeededGenerator(seed: 508)
        print("seed \(generator.seed)")
        var decoder = try SparkplugTests.decoder()
        var reasons: [String: Int] = [:]
        for message in Self.traffic(4000, &generator) {
            let payload =
                Bool.random(using: &generator)
                ? message.payload : BinaryDamage.damaged(message.payload, &generator)
            let heard = Message(topic: message.topic, payload: payload, time: message.time)
            switch Self.outcome(&decoder, heard) {
            case .decoded(let message):
                for reading in message.readings { #expect(reading.value.isFinite) }
                reasons["decoded", default: 0] += 1
            case .refused(let error): reasons[error.reason, default: 0] += 1
            }
        }
        print(reasons.sorted { $0.key < $1.key })
        for reason in ["decoded", "no_birth", "unknown_alias", "not_protobuf"] {
            #expect(reasons[reason, default: 0] > 0, "\(reason)")
        }
        let memory = decoder.memory
        for _ in 0..<200 {
            var other = try SparkplugTests.decoder()
            do throws(DecodingError) {
                try other.recall(BinaryDamage.damaged(memory, &generator))
                _ = other.memory
            } catch {
                #expect(other.memory.isEmpty)
            }
        }
    }

    @Test func `nodes and devices beyond the limits are refused`() throws {
        var decoder = try SparkplugTests.decoder()
        let birth = SparkplugMessage(sequence: 0, metrics: [.init("a", datatype: 10, .double(1))])
        for number in 0..<DecodingLimits.sparkplugNodes {
            _ = try decoder.decode(
                topic: "spBv1.0/g/NBIRTH/n\(number)",
                payload: birth.payload,
                receivedAt: SparkplugTests.start
            )
        }
        #expect(throws: DecodingError.tooManyElements(limit: DecodingLimits.sparkplugNodes)) {
            _ = try decoder.decode(
                topic: "spBv1.0/g/NBIRTH/more",
                payload: birth.payload,
                receivedAt: SparkplugTests.start
            )
        }
    }
}
