internal import CodecSandbox
internal import Foundation
internal import Telemetry

/// A file of vectors, payloads with what a codec ought to make of them, run against codecs.
///
/// The file is JSON: `compare.numberRelTolerance`, and `vectors`, each with `id`, `source`,
/// `codecPath`, `fPort`, `bytes` in hexadecimal digits, `expected`, and where it counts `recvTime`.
/// A codec is looked for in the folder as `<source>/<codecPath>`, then as `<codecPath>`.
public struct CodecVectors: Decodable, Sendable {
    struct Comparison: Decodable, Sendable {
        let numberRelTolerance: Double
    }

    struct Vector: Decodable, Sendable {
        let id: String
        let source: String?
        let codecPath: String
        let fPort: UInt8
        let bytes: String
        let recvTime: String?
        let expected: JSONTree
    }

    /// What came of a run.
    public struct Outcome: Sendable {
        /// Vectors that came out as expected.
        public var passed = 0
        /// A line for each that did not, with its identifier.
        public var failures: [String] = []
    }

    let compare: Comparison
    let vectors: [Vector]

    /// Reads a file of vectors.
    ///
    /// - Throws: ``GatewayError`` when it cannot be read.
    public init(file: String) throws {
        let bytes = try InputFile.bytes(file, limit: InputFile.textBytes)
        do {
            self = try JSONDecoder().decode(CodecVectors.self, from: Data(bytes))
        } catch {
            throw GatewayError.usage("cannot read the vectors in \(file): \(error)")
        }
    }

    /// Runs all vectors.
    ///
    /// - Parameter folder: holds the codecs.
    /// - Throws: `CodecError` when there is no program to run them.
    /// - Returns: how many passed, and why the others did not.
    public func run(codecs folder: String) async throws -> Outcome {
        var outcome = Outcome()
        var files: [CodecFile] = []
        var places: [String: Int] = [:]
        for vector in vectors {
            guard let path = Self.path(of: vector, in: folder), places[path] == nil else {
                continue
            }
            places[path] = files.count
            files.append(CodecFile(name: vector.codecPath, path: path))
        }
        let questions = try CodecQuestions(files)
        defer { questions.stop() }
        for vector in vectors {
            guard let path = Self.path(of: vector, in: folder), let place = places[path] else {
                outcome.failures.append(
                    "\(vector.id): there is no codec \(vector.codecPath) in \(folder)"
                )
                continue
            }
            if let reason = try await fault(of: vector, CodecID(place), questions) {
                outcome.failures.append("\(vector.id): \(reason)")
            } else {
                outcome.passed += 1
            }
        }
        return outcome
    }

    private func fault(
        of vector: Vector,
        _ codec: CodecID,
        _ questions: CodecQuestions
    ) async throws -> String? {
        guard let payload = HexDigits.bytes(vector.bytes) else {
            return "its bytes are no pairs of hexadecimal digits"
        }
        let time = vector.recvTime.map { Instant(rfc3339: $0) } ?? Instant(milliseconds: 0)
        guard let time else { return "its recvTime is no RFC 3339 time" }
        let answer = try await questions.ask(
            CodecCall(
                codec: codec,
                tag: 0,
                port: vector.fPort,
                payload: payload,
                receivedAtMilliseconds: time.milliseconds,
                device: "",
                origin: vector.id
            )
        )
        guard case .decoded(let result) = answer.outcome else {
            return answer.outcome.failure ?? "no values"
        }
        let found = try JSONDecoder().decode(JSONTree.self, from: Data(result.data))
        return vector.expected.difference(
            from: found,
            tolerance: compare.numberRelTolerance,
            at: "data"
        )
    }

    private static func path(of vector: Vector, in folder: String) -> String? {
        let candidates =
            (vector.source.map { ["\(folder)/\($0)/\(vector.codecPath)"] } ?? [])
            + ["\(folder)/\(vector.codecPath)"]
        return candidates.first { FileManager.default.fileExists(atPath: $0) }
    }
}

/// Bytes written as pairs of hexadecimal digits.
public enum HexDigits {
    /// The bytes; nil when the text is anything else.
    ///
    /// Spaces between the digits do not count.
    public static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.filter { !$0.isWhitespace }
        let bytes = stride(from: 0, to: digits.count, by: 2).compactMap { offset -> UInt8? in
            let start = digits.index(digits.startIndex, offsetBy: offset)
            let pair = digits[start...].prefix(2)
            return pair.allSatisfy(\.isHexDigit) ? UInt8(pair, radix: 16) : nil
        }
        return digits.count.isMultiple(of: 2) && bytes.count * 2 == digits.count ? bytes : nil
    }

    /// The digits of bytes, small letters and nothing between.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
