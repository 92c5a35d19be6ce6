internal import ArgumentParser
internal import Foundation
internal import Gateway
internal import Synchronization

/// What commands write: results to standard output, everything else to standard error.
enum Output {
    /// Writes a value as one JSON document.
    static func json(_ value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        print(String(decoding: try encoder.encode(value), as: UTF8.self))
    }

    /// Writes figures for people, a line each, with their values below one another.
    static func table(_ figures: [(name: String, value: String)]) {
        for (name, value) in figures {
            print(name.padding(toLength: 18, withPad: " ", startingAt: 0) + value)
        }
    }

    /// Writes a line for people to standard error.
    static func note(_ text: String) {
        errors(text + "\n")
    }

    /// Writes to standard error; what a closed terminal does not take is lost.
    static func errors(_ text: String) {
        try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    }

    /// Says why a command failed and ends it: with exit code 64 when its words were wrong, else 1.
    static func failure(_ error: any Error) -> ExitCode {
        // Errors name devices and files as others wrote them.
        let lines = "langso: \(error)".split(separator: "\n", omittingEmptySubsequences: false)
        note(lines.map { TerminalText.shown(String($0)) }.joined(separator: "\n"))
        return if case GatewayError.usage = error { .validationFailure } else { .failure }
    }
}

/// A bar on a terminal; nothing where standard error is none.
final class ProgressBar: Sendable {
    private let isShown = isatty(STDERR_FILENO) == 1
    private let last = Mutex("")

    private static let width = 30

    /// Shows a share from 0 to 1 with words before and behind.
    func show(_ title: String, _ share: Double, _ detail: String = "") {
        guard isShown else { return }
        let done = Int((min(max(share, 0), 1) * Double(Self.width)).rounded())
        let bar =
            String(repeating: "█", count: done)
            + String(repeating: "░", count: Self.width - done)
        let text = "\(title) \(bar) \(Int(share * 100)) % \(detail)"
        let isNew = last.withLock { kept in
            defer { kept = text }
            return kept != text
        }
        guard isNew else { return }
        Output.errors("\r\u{1B}[K\(text)")
    }

    /// Ends the line of the bar.
    func end() {
        let wasShown = last.withLock { kept in
            defer { kept = "" }
            return !kept.isEmpty
        }
        if isShown, wasShown { Output.errors("\n") }
    }
}
