import Foundation
import Measuring

/// What decoding a message costs on one core: envelopes of 300 bytes through the decoder as the
/// pipeline calls it, and radio payloads through their profiles; beside parsers of JSON that read
/// the same bytes in the same run and make nothing of them.
///
/// `Messages [seconds]` measures processor time. `Messages instructions` counts instructions and
/// allocations a message by valgrind, which is the same on every machine. `Messages run NAME COUNT`
/// is what it starts.
@main
enum Messages {
    static func main() throws {
        let words = Array(CommandLine.arguments.dropFirst())
        switch words.first {
        case "instructions": try showInstructions()
        case "run":
            guard words.count == 3, let count = Int(words[2]) else {
                throw Failure("usage: Messages run NAME COUNT")
            }
            _ = try workload(words[1]).run(count)
        default: try showTimes(words.first.flatMap(Double.init) ?? 2)
        }
    }

    /// The peers under the name of the envelope that they read.
    private static var peers: [Workload] {
        Uplink.all.flatMap { uplink in
            Peers.all(uplink.payload).map { peer in
                Workload(
                    name: "\(uplink.name) \(peer.name)",
                    byteCount: peer.byteCount,
                    run: peer.run
                )
            }
        }
    }

    private static func workload(_ name: String) throws -> Workload {
        let peer = peers.first { $0.name == name }
        guard let found = try peer ?? Workload.named(name) else {
            throw Failure("no workload is called \(name)")
        }
        return found
    }

    // MARK: Time

    private static let roundCount = 15

    /// Every round measures each thing once, so that a machine that is slow for a while is slow for
    /// all of them.
    private static func showTimes(_ seconds: Double) throws {
        let workloads = try Workload.all() + peers
        var rounds = [[Double]](repeating: [], count: workloads.count)
        for _ in 0..<roundCount {
            for (place, workload) in workloads.enumerated() {
                rounds[place].append(try nanoseconds(workload, seconds / Double(roundCount)))
            }
        }
        var table = Table(
            "bytes",
            "readings",
            "ns a message",
            "messages/s",
            "best of \(roundCount)"
        )
        for (workload, times) in zip(workloads, rounds) {
            let readingCount = Double(try workload.run(1000)) / 1000
            let sorted = times.sorted()
            let median = sorted[roundCount / 2]
            table.add(
                workload.name,
                [
                    "\(workload.byteCount)", decimals(readingCount, 1), decimals(median, 0),
                    decimals(1e9 / median, 0), decimals(1e9 / sorted[0], 0),
                ]
            )
        }
        table.show()
    }

    private static let batchCount = 2_000

    private static func nanoseconds(_ workload: Workload, _ seconds: Double) throws -> Double {
        let mark = Mark()
        var count = 0
        while mark.elapsed.cpuSeconds < seconds {
            _ = try workload.run(batchCount)
            count += batchCount
        }
        return mark.elapsed.cpuSeconds / Double(count) * 1e9
    }

    // MARK: Instructions

    private static func showInstructions() throws {
        guard let valgrind = Checkout.program("valgrind"), let strip = Checkout.program("strip")
        else {
            throw Failure("valgrind is not installed: apt-get install valgrind binutils")
        }
        // Valgrind cannot read what Swift writes for debuggers.
        let program = FileManager.default.temporaryDirectory
            .appending(path: "langso-messages-\(UUID().uuidString)")
            .path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: program) }
        try Child(strip, ["--strip-debug", "-o", program, Checkout.thisProgram]).requireSuccess()
        var table = Table("instructions", "allocations")
        for workload in try Workload.all() + peers {
            // The difference of two runs leaves out what the program does once.
            let few = try counted(valgrind, program, workload.name, 1_000)
            let many = try counted(valgrind, program, workload.name, 6_000)
            table.add(
                workload.name,
                [
                    decimals(Double(many.instructions - few.instructions) / 5_000, 0),
                    decimals(Double(many.allocations - few.allocations) / 5_000, 2),
                ]
            )
        }
        table.show()
    }

    private static func counted(
        _ valgrind: String,
        _ program: String,
        _ name: String,
        _ count: Int
    ) throws -> (instructions: Int, allocations: Int) {
        let run = [program, "run", name, "\(count)"]
        let calls = try log(
            valgrind,
            ["--tool=callgrind", "--callgrind-out-file=/dev/null"],
            run
        )
        let heap = try log(valgrind, ["--leak-check=no", "--undef-value-errors=no"], run)
        return (try number(after: "Collected : ", calls), try number(after: "heap usage: ", heap))
    }

    private static func log(_ valgrind: String, _ options: [String], _ run: [String]) throws
        -> String
    {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "langso-messages-\(UUID().uuidString)")
            .path(percentEncoded: false)
        defer { try? FileManager.default.removeItem(atPath: file) }
        try Child(valgrind, options + ["--log-file=\(file)"] + run).requireSuccess()
        return try String(contentsOfFile: file, encoding: .utf8)
    }

    private static func number(after words: String, _ text: String) throws -> Int {
        guard let range = text.range(of: words),
            let number = Int(
                text[range.upperBound...].prefix { $0.isNumber || $0 == "," }
                    .filter(\.isNumber)
            )
        else { throw Failure("valgrind did not say '\(words)'") }
        return number
    }
}
