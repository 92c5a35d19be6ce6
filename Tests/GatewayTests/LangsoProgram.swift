import Foundation
@testable import Gateway
import TestKit
import Testing

/// The program `langso` itself, as it was built beside the tests.
enum LangsoProgram {
    /// Where it lies; nil when it was not built.
    static var path: String? {
        let own = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let candidates = [
            own.deletingLastPathComponent().appending(path: "langso"),
            Bundle.allBundles.first?.bundleURL.deletingLastPathComponent()
                .appending(path: "langso"),
            URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
                .appending(path: "langso"),
        ]
        return candidates.compactMap { $0?.path(percentEncoded: false) }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Longest wait for an end that was asked for: the other tests hold the cores meanwhile.
    static let patience: TimeInterval = 120

    /// What a run left.
    struct Finished {
        let code: Int32?
        let output: String
        let errors: String

        /// The output as one JSON document.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(output.utf8), options: .fragmentsAllowed)
        }

        /// The names of the members of a JSON object.
        func names() throws -> Set<String> {
            Set(try #require(try json() as? [String: Any]).keys)
        }
    }

    /// A program that was started, with its outputs in files.
    struct Running {
        let process: ChildProcess
        let folder: TemporaryFolder

        var output: String { Self.text(folder.path(of: "out")) }
        var errors: String { Self.text(folder.path(of: "err")) }

        private static func text(_ path: String) -> String {
            (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        }
    }

    static func start(_ words: [String]) throws -> Running {
        let folder = try TemporaryFolder("langso-program")
        let process = try ChildProcess(
            program: try #require(path),
            arguments: words,
            logPath: folder.path(of: "out"),
            errorPath: folder.path(of: "err")
        )
        return Running(process: process, folder: folder)
    }

    /// Runs it to its end, for a minute at most.
    static func run(_ words: String...) async throws -> Finished { try await run(words) }

    /// Runs it to its end, for a minute at most.
    static func run(_ words: [String]) async throws -> Finished {
        let running = try start(words)
        let deadline = ContinuousClock.now + .seconds(60)
        while running.process.isRunning {
            try #require(ContinuousClock.now < deadline, "langso \(words) does not end")
            await GatewayUnderTest.tick()
        }
        return Finished(
            code: running.process.exitCode,
            output: running.output,
            errors: running.errors
        )
    }
}
