import Foundation

/// A child process that ends with the value.
final class Child {
    let process = Process()
    private let output = Pipe()

    init(_ program: String, _ arguments: [String], collectsOutput: Bool = false) throws {
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        process.standardOutput = collectsOutput ? output : FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    deinit {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }

    /// Waits for the end and gives what was printed.
    func finish() -> String {
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self)
    }

    /// Peak resident memory in bytes.
    var peakBytes: Int? {
        let path = "/proc/\(process.processIdentifier)/status"
        guard let status = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
}

struct Failure: Error, CustomStringConvertible {
    let description: String
}

/// Where programs and folders of one run are.
struct Bench {
    let folder: String
    let top: URL

    init() throws {
        top = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        folder =
            "\(NSTemporaryDirectory())/langso-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    var langso: String {
        get throws {
            let path = top.appending(path: ".build/release/langso").path(percentEncoded: false)
            guard FileManager.default.isExecutableFile(atPath: path) else {
                throw Failure(description: "\(path) is missing: run swift build -c release first")
            }
            return path
        }
    }

    /// mqbench, compiled from the folder beside the checkout.
    func mqbench() throws -> String {
        let source = top.deletingLastPathComponent().appending(path: "shared/baselines/mqbench.c")
        let path = source.path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(description: "\(path) is missing: the peer cannot be built")
        }
        let program = "\(folder)/mqbench"
        // Its frame counter has leading zeros, which are no JSON: such a message would be refused
        // where it should be decoded.
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let copy = try write("mqbench.c", text.replacing("%06ld", with: "%ld"))
        let compiler = try Child(
            "/usr/bin/cc",
            ["-O2", "-w", "-o", program, copy, "-lmosquitto", "-lpthread"]
        )
        compiler.process.waitUntilExit()
        guard compiler.process.terminationStatus == 0 else {
            throw Failure(description: "cc could not compile \(path)")
        }
        return program
    }

    func write(_ name: String, _ text: String) throws -> String {
        let path = "\(folder)/\(name)"
        let parent = URL(filePath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    /// mosquitto as the baselines ran it.
    func mosquitto(port: Int) throws -> Child {
        let config = try write(
            "mosquitto-\(port).conf",
            """
            listener \(port) 127.0.0.1
            allow_anonymous true
            persistence false
            max_queued_messages 0
            max_inflight_messages 1000
            set_tcp_nodelay true
            log_type none

            """
        )
        let child = try Child("/usr/sbin/mosquitto", ["-c", config])
        try wait("mosquitto") { (try? connects(to: port)) == true }
        return child
    }

    func wait(_ what: String, seconds: Double = 60, until condition: () -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while !condition() {
            guard Date.now < end else { throw Failure(description: "waited in vain: \(what)") }
            Thread.sleep(forTimeInterval: 0.01)
        }
    }

    func connects(to port: Int) throws -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// One GET over HTTP/1.0 by hand: what measures must cost nothing.
    func get(_ path: String, port: Int) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { return nil }
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        guard write(descriptor, request, request.utf8.count) == request.utf8.count else {
            return nil
        }
        var answer: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            guard count > 0 else { break }
            answer += chunk[..<count]
        }
        return String(decoding: answer, as: UTF8.self)
    }

    private func write(_ descriptor: Int32, _ text: String, _ count: Int) -> Int {
        text.withCString { Foundation.write(descriptor, $0, count) }
    }

    /// A figure of the gateway's own metrics.
    func metric(_ name: String, port: Int) -> Double? {
        get("/metrics", port: port)?.split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    }
}
