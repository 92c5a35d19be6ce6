import TestKit
import Testing

@testable import CodecSandbox

struct CodecFrameTests {
    private static let frames: [CodecFrame] = [
        .load(codec: 7, keepsContexts: true, variables: #"{"a":"b"}"#, script: "var ä = 1;"),
        .call(codec: .max, port: 255, milliseconds: -1, device: "d", payload: [0, 255]),
        .call(codec: 0, port: 1, milliseconds: .max, device: "", payload: []),
        .ready,
        .answer(.result, microseconds: 12, words: Array("\u{1E}\u{1E}{}".utf8)),
        .answer(.failure, microseconds: .max, words: []),
    ]

    @Test func `what is written is read back, with its length before it`() throws {
        for frame in Self.frames {
            var bytes: [UInt8] = [9]
            frame.append(to: &bytes)
            #expect(CodecFrame.length(bytes[1..<5]) == bytes.count - 5)
            #expect(CodecFrame(bytes[5...]) == frame)
        }
    }

    @Test func `a frame that is cut, or has more than it says, is none`() {
        for frame in Self.frames.prefix(3) {
            var bytes: [UInt8] = []
            frame.append(to: &bytes)
            for end in CodecFrame.headerBytes..<bytes.count {
                #expect(CodecFrame(bytes[CodecFrame.headerBytes..<end]) == nil)
            }
            #expect(CodecFrame((bytes + [0])[CodecFrame.headerBytes...]) == nil)
        }
        #expect(CodecFrame([]) == nil && CodecFrame([99]) == nil)
        #expect(CodecFrame.length([0, 0, 0, 0]) == nil)
        #expect(CodecFrame.length([255, 255, 255, 255]) == nil)
    }

    @Test func `bytes that are no frames do no harm`() {
        var random = SeededGenerator(seed: 20_261_130)
        for _ in 0..<20_000 {
            var bytes: [UInt8] = [UInt8.random(in: 0...5, using: &random)]
            for _ in 0..<Int.random(in: 0...40, using: &random) {
                bytes.append(UInt8.random(in: 0...255, using: &random))
            }
            guard let frame = CodecFrame(bytes[...]) else { continue }
            var again: [UInt8] = []
            frame.append(to: &again)
            // What is text may have been no UTF-8; what was read is written alike.
            #expect(CodecFrame(again[CodecFrame.headerBytes...]) == frame)
        }
    }

    @Test func `a result has warnings, errors and data`() {
        let words = Array("a\u{1F}b\u{1E}\u{1E}{\"x\":1}".utf8)
        let result = CodecResult(words: words)
        #expect(result?.warnings == ["a", "b"] && result?.errors == [])
        #expect(result.map { String(decoding: $0.data, as: UTF8.self) } == "{\"x\":1}")
        #expect(CodecResult(words: Array("{}".utf8)) == nil)
    }
}
