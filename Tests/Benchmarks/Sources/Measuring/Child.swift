package import Foundation

/// A child process that ends with the value.
package final class Child {
    package let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []

    /// Starts a program; what it prints is thrown away unless asked for.
    package init(
        _ program: String,
        _ arguments: [String],
        collectsOutput: Bool = false,
        isFed: Bool = false
    ) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = collectsOutput ? output : FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        if isFed { process.standardInput = input }
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Its figures while it runs.
    package var figures: ProcessFigures { ProcessFigures(process.processIdentifier) }

    /// Waits for the end and gives what was printed and not read yet.
    package func finish() -> String {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: unread + data, as: UTF8.self)
    }

    /// The next line it prints, or nil when it ends before.
    package func readLine() -> String? {
        while true {
            if let end = unread.firstIndex(of: 10) {
                defer { unread.removeFirst(end + 1) }
                return String(decoding: unread[..<end], as: UTF8.self)
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            unread += data
        }
    }

    /// Waits for a line that it should print.
    ///
    /// - Throws: ``Failure`` when it prints another one or ends.
    package func expect(_ line: String) throws {
        let found = readLine()
        guard found == line else {
            throw Failure("\(name) printed \(found ?? "nothing more") instead of \(line)")
        }
    }

    /// Waits for its end.
    ///
    /// - Throws: ``Failure`` when it ends with an error.
    package func requireSuccess() throws {
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure("\(name) ended with \(process.terminationStatus)")
        }
    }

    /// How it was started.
    private var name: String {
        ([process.executableURL?.path ?? ""] + (process.arguments ?? [])).joined(separator: " ")
    }

    /// Gives it something to read.
    package func feed(_ text: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    }

    /// Lets it find the end of what it reads.
    package func endInput() throws { try input.fileHandleForWriting.close() }

    /// Ends it as a power cut would: it can do nothing about it.
    package func killAtOnce() {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}

/// Waits for something that another process does.
///
/// - Throws: ``Failure`` when it has not come after so many seconds.
package func wait(_ what: String, seconds: Double = 60, until condition: () -> Bool) throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while !condition() {
        guard Date.now < end else { throw Failure("waited in vain: \(what)") }
        Thread.sleep(forTimeInterval: 0.01)
    }
}
