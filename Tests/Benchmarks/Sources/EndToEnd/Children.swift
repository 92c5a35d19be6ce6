internal import Foundation
internal import Measuring

/// Where programs and folders of one run are.
struct Bench {
    private let temporary: BenchFolder
    var folder: String { temporary.path }

    init() throws { temporary = try BenchFolder() }

    func remove() { temporary.remove() }

    func write(_ name: String, _ text: String) throws -> String {
        try temporary.write(name, text)
    }

    var langso: String {
        get throws {
            guard let path = Checkout.langso else {
                throw Failure(".build/release/langso is missing: run swift build -c release first")
            }
            return path
        }
    }

    /// mqbench, compiled from the folder beside the checkout.
    func mqbench() throws -> String {
        let path = URL(filePath: Checkout.top).deletingLastPathComponent()
            .appending(path: "shared/baselines/mqbench.c").path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure("\(path) is missing: the peer cannot be built")
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
            throw Failure("cc could not compile \(path)")
        }
        return program
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
        try wait("mosquitto") { HTTPConnection.connects(to: port) }
        return child
    }

    /// The answer to one GET, nil when there is none.
    func get(_ path: String, port: Int) -> String? {
        (try? HTTPConnection(port: port).get(path))?.text
    }

    /// A figure of the gateway's own metrics.
    func metric(_ name: String, port: Int) -> Double? {
        get("/metrics", port: port)?.split(separator: "\n")
            .first { $0.hasPrefix(name + " ") }
            .flatMap { $0.split(separator: " ").last.flatMap { Double($0) } }
    }
}
