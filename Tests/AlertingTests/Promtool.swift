import Foundation
import Testing

/// The `promtool` of this machine, which tests compare with.
enum Promtool {
    /// Where it is; nil when it is not installed.
    static let path: String? = {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/promtool" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    /// Whether it is installed; prints why tests are skipped when it is not.
    static let isInstalled: Bool = {
        if path == nil { print("skipped: promtool is not installed (apt-get install prometheus)") }
        return path != nil
    }()

    /// What a call gave.
    struct Answer {
        var code: Int32
        var output: String
    }

    /// Calls it and waits.
    static func run(_ arguments: [String]) throws -> Answer {
        let process = Process()
        process.executableURL = URL(filePath: try #require(path))
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return Answer(
            code: process.terminationStatus,
            output: String(decoding: output, as: UTF8.self)
        )
    }

    /// Calls a body with a folder of its own, which is removed afterwards.
    static func withFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = NSTemporaryDirectory() + "promtool-\(UUID())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    /// Path of a file of this checkout.
    static func path(inCheckout path: String, from file: String = #filePath) -> String {
        URL(filePath: file).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: path).path(percentEncoded: false)
    }
}
