import Foundation
import Replay
import Telemetry
import TestKit
import Testing

/// Recordings nobody wrote: every byte is either read or refused, and reading comes to its end.
struct ReplayFuzzTests {
    private static let csv = """
        format: csv
        topic: "s/{name}"
        time: {column: t, format: unix_s}
        payload:
          members:
            v: {column: v, type: number, missing: ["", "NULL"]}
            label: {column: name}
        """
    private static let json = """
        format: json_lines
        topic: "s/{name}"
        time: {path: t, format: unix_s}
        payload:
          as: record
        """
    /// Bytes that mean something to one of the formats, among others that mean nothing.
    private static let bytes: [UInt8] =
        Array(#""',;{}[]:\/-+.eE0159tnu"#.utf8) + [
            0, 9, 10, 13, 32, 0x7F, 0xC3, 0xA9, 0xEF, 0xBB, 0xFF,
        ]

    private static func generator() -> SeededGenerator {
        let environment = ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"]
        let seed = environment.flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
        print("LANGSO_TEST_SEED=\(seed)")
        return SeededGenerator(seed: seed)
    }

    /// Whether Foundation reads a payload, numbers of large exponents put aside: RFC 8259, section
    /// 6, has a form for numbers and leaves limits to who reads them; Foundation's is a double.
    private static func isJSON(_ payload: [UInt8]) -> Bool {
        let number = /(?<digits>-?(0|[1-9][0-9]*)(\.[0-9]+)?)[eE][-+]?[0-9]{3,}/
        let text = String(decoding: payload, as: UTF8.self)
            .replacing(number) { $0.output.digits }
        return (try? JSONSerialization.jsonObject(with: Data(text.utf8))) != nil
    }

    /// What a number means is for the gateway to say, which the recording is played to: a replay
    /// that left the record out would show less than what happened.
    @Test func `a number that no double holds goes out as it was written`() throws {
        let mapping = try ReplayMapping(parsing: Self.csv, file: "m.yaml")
        let playing = Playing(Array("t,name,v\n1,a,-1E390\n".utf8), mapping: mapping)
        #expect(playing.faults.isEmpty)
        let payload = try #require(playing.messages.first?.payload)
        #expect(String(decoding: payload, as: UTF8.self).contains("-1E390"))
        #expect(Self.isJSON(payload) && !Self.isJSON(Array(payload.dropLast())))
        #expect(!Self.isJSON(Array(#"{"a":-1E390,"b":"\q"}"#.utf8)))
    }

    @Test(arguments: [
        (csv, "t,name,v\n1,a,1\n2,\"b, c\",2.5\n3,đ,NULL\n4,e,-1e3\n"),
        (
            json,
            #"{"t":1,"name":"a","v":1}"# + "\n" + #"{"t":2,"name":"b\u00e9","v":-2.5e1}"# + "\n"
        ),
    ])
    func `changed bytes are read or refused, and what comes after them is read`(
        mapping: String,
        recording: String
    ) throws {
        var generator = Self.generator()
        let mapping = try ReplayMapping(parsing: mapping, file: "m.yaml")
        let whole = Playing(Array(recording.utf8), mapping: mapping)
        #expect(whole.faults.isEmpty && !whole.messages.isEmpty)
        for _ in 0..<3_000 {
            var bytes = Array(recording.utf8)
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                let byte = Self.bytes.randomElement(using: &generator) ?? 0
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: bytes[place] = byte
                case 1: bytes.insert(byte, at: place)
                default: bytes.remove(at: place)
                }
            }
            let playing = Playing(bytes, mapping: mapping)
            let counts = playing.counts
            #expect(counts.messagesMade == playing.messages.count)
            #expect(
                counts.recordsRead
                    == counts.recordsRefused + counts.messagesMade + counts.messagesSkipped,
                "\(bytes)"
            )
            for message in playing.messages {
                #expect(!message.topic.contains { "+#\0".contains($0) }, "\(bytes)")
                #expect(Self.isJSON(message.payload), "\(bytes)")
            }
        }
    }
}
