import CodecSandbox
import Foundation
import Synchronization
import TestKit
import Testing

/// Codecs written for the tests, and a supervisor that runs them in the built program.
final class Codecs: Sendable {
    let folder: TemporaryFolder
    let supervisor: CodecSupervisor
    private let inbox: Inbox

    /// Answers and events as they came, and those who wait for them.
    private final class Inbox: Sendable {
        struct Content {
            var answers: [UInt64: CodecAnswer] = [:]
            var order: [UInt64] = []
            var events: [CodecEvent] = []
            var waiting: [(@Sendable (Content) -> Bool, CheckedContinuation<Void, Never>)] = []
        }

        let content = Mutex(Content())

        func change(_ body: @Sendable (inout Content) -> Void) {
            let ready = content.withLock { content in
                body(&content)
                let (waiting, now) = (content.waiting, content)
                content.waiting = waiting.filter { !$0.0(now) }
                return waiting.filter { $0.0(now) }.map(\.1)
            }
            for one in ready { one.resume() }
        }

        func wait(_ condition: @escaping @Sendable (Content) -> Bool) async {
            await withCheckedContinuation { continuation in
                let isReady = content.withLock { content in
                    if condition(content) { return true }
                    content.waiting.append((condition, continuation))
                    return false
                }
                if isReady { continuation.resume() }
            }
        }
    }

    /// Starts with scripts, each a file of its own.
    init(
        _ scripts: [String],
        keepsContexts: Bool = false,
        variables: [String: String] = [:],
        settings: CodecSettings = CodecSettings()
    ) throws {
        let folder = try TemporaryFolder("langso-codec")
        var files: [CodecFile] = []
        for (index, script) in scripts.enumerated() {
            let path = folder.path(of: "codec-\(index).js")
            try script.write(toFile: path, atomically: true, encoding: .utf8)
            files.append(
                CodecFile(
                    name: "codec-\(index)",
                    path: path,
                    keepsContexts: keepsContexts,
                    variables: variables
                )
            )
        }
        let inbox = Inbox()
        self.folder = folder
        self.inbox = inbox
        supervisor = try CodecSupervisor(files, settings: settings) { event in
            inbox.change { $0.events.append(event) }
        } onAnswers: { answers in
            inbox.change { content in
                for answer in answers {
                    content.answers[answer.tag] = answer
                    content.order.append(answer.tag)
                }
            }
        }
    }

    deinit { supervisor.stop() }

    func submit(
        _ tag: UInt64,
        codec: Int = 0,
        port: UInt8 = 1,
        _ payload: [UInt8] = [1, 2, 3],
        device: String = "d",
        at milliseconds: Int64 = 0
    ) throws {
        try supervisor.submit(
            CodecCall(
                codec: CodecID(codec),
                tag: tag,
                port: port,
                payload: payload,
                receivedAtMilliseconds: milliseconds,
                device: device,
                origin: "test \(tag)"
            )
        )
    }

    /// The answer of a call, when it has come.
    func answer(_ tag: UInt64) async throws -> CodecAnswer {
        await inbox.wait { $0.answers[tag] != nil }
        return try #require(inbox.content.withLock { $0.answers[tag] })
    }

    /// Tags in the order in which their answers came.
    var order: [UInt64] { inbox.content.withLock { $0.order } }

    /// The events, once one of them fits.
    func events(until isLast: @escaping @Sendable (CodecEvent) -> Bool) async -> [CodecEvent] {
        await inbox.wait { $0.events.contains(where: isLast) }
        return inbox.content.withLock { $0.events }
    }

    /// Asks one payload.
    func ask(
        _ payload: [UInt8] = [1, 2, 3],
        codec: Int = 0,
        port: UInt8 = 1,
        device: String = "d",
        at milliseconds: Int64 = 0
    ) async throws -> CodecAnswer.Outcome {
        let tag = UInt64.random(in: 1 << 32 ... .max)
        try submit(tag, codec: codec, port: port, payload, device: device, at: milliseconds)
        return try await answer(tag).outcome
    }

    /// The data of an answer that has some.
    func data(
        _ payload: [UInt8] = [1, 2, 3],
        codec: Int = 0,
        port: UInt8 = 1,
        device: String = "d",
        at milliseconds: Int64 = 0
    ) async throws -> String {
        let outcome = try await ask(
            payload,
            codec: codec,
            port: port,
            device: device,
            at: milliseconds
        )
        guard case .decoded(let result) = outcome else { return "\(outcome)" }
        return String(decoding: result.data, as: UTF8.self)
    }

    /// A script that gives one value.
    static func giving(_ expression: String, before: String = "") -> String {
        before + "\nfunction decodeUplink(input) { return { data: { value: \(expression) } }; }"
    }
}
