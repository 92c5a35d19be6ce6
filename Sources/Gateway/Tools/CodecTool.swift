internal import CodecSandbox
internal import Foundation
internal import Synchronization
public import Telemetry

/// What a codec says of one payload, as `langso decode --codec` shows it.
///
/// - Source: LoRa Alliance TS013-1.0.0, output of `decodeUplink`.
public struct CodecReport: Sendable {
    /// The decoded values, JSON text; nil where there are none.
    public var data: String?
    /// What the codec warns of.
    public var warnings: [String]
    /// Why there are no values; empty when there are.
    public var errors: [String]

    /// The report as one JSON document: `data`, `warnings`, `errors`.
    public var json: String {
        "{\"data\":\(data ?? "null"),\"warnings\":\(Self.list(warnings)),"
            + "\"errors\":\(Self.list(errors))}"
    }

    /// The report as lines for people.
    public var lines: [String] {
        (data.map { ["data: \($0)"] } ?? []) + warnings.map { "warning: \($0)" }
            + errors.map { "error: \($0)" }
    }

    private static func list(_ texts: [String]) -> String {
        let data = try? JSONEncoder().encode(texts)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "[]"
    }
}

/// Runs payload codecs outside a gateway, as a gateway runs them.
public enum CodecTool {
    /// Decodes one payload by a codec.
    ///
    /// - Parameters:
    ///   - file: the script.
    ///   - port: LoRaWAN port.
    ///   - payload: at most 4 096 bytes.
    ///   - receivedAt: when the network server received it.
    ///   - variables: `input.variables` to the script.
    /// - Throws: `CodecError` when the script or the program that runs it cannot be found, or
    ///   ``GatewayError`` when the payload is too long.
    /// - Returns: what the codec says.
    public static func decode(
        file: String,
        port: UInt8,
        payload: [UInt8],
        receivedAt: Instant,
        variables: [String: String] = [:]
    ) async throws -> CodecReport {
        let runner = try CodecQuestions([
            CodecFile(name: file, path: file, variables: variables)
        ])
        defer { runner.stop() }
        let answer = try await runner.ask(
            CodecCall(
                codec: CodecID(0),
                tag: 0,
                port: port,
                payload: payload,
                receivedAtMilliseconds: receivedAt.milliseconds,
                device: "",
                origin: "the command line"
            )
        )
        return CodecReport(answer.outcome)
    }
}

extension CodecReport {
    init(_ outcome: CodecAnswer.Outcome) {
        switch outcome {
        case .decoded(let result), .failed(let result):
            let text = String(decoding: result.data, as: UTF8.self)
            self.init(
                data: text.isEmpty ? nil : text,
                warnings: result.warnings,
                errors: result.errors
            )
        case .killed(let reason), .quarantined(let reason):
            self.init(data: nil, warnings: [], errors: [reason])
        }
    }
}

/// Codecs that are asked one payload after the other.
final class CodecQuestions: Sendable {
    private typealias Waiting = CheckedContinuation<Result<CodecAnswer, GatewayError>, Never>

    /// Where answers go; the last thing that kept workers from starting.
    private final class Mailbox: Sendable {
        let waiting = Mutex<Waiting?>(nil)

        func resume(_ result: Result<CodecAnswer, GatewayError>) {
            waiting.withLock { $0.take() }?.resume(returning: result)
        }
    }

    private let supervisor: CodecSupervisor
    private let mailbox = Mailbox()

    init(_ files: [CodecFile]) throws {
        // Before the first call: a program that is not there would be looked for again and again.
        _ = try CodecProgram.find()
        let mailbox = mailbox
        supervisor = try CodecSupervisor(files) { event in
            guard case .cannotStart(let reason) = event else { return }
            mailbox.resume(.failure(.childFailed(name: CodecProgram.name, reason: reason)))
        } onAnswers: { answers in
            for answer in answers { mailbox.resume(.success(answer)) }
        }
    }

    /// Asks one payload; one at a time.
    func ask(_ call: CodecCall) async throws -> CodecAnswer {
        let result: Result<CodecAnswer, GatewayError> = await withCheckedContinuation { waiting in
            mailbox.waiting.withLock { $0 = waiting }
            do throws(CodecSupervisor.Refusal) {
                try supervisor.submit(call)
            } catch {
                mailbox.resume(.failure(.usage("the codec takes no payload: \(error)")))
            }
        }
        return try result.get()
    }

    func stop() { supervisor.stop() }
}
