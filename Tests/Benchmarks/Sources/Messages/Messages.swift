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
    private static let batchCount = 1_000
    /// How much longer than at its best the wide loop may take around a batch on a whole core.
    private static let wholeLimit = 1.1

    /// So many messages, and the longer one of the wide loops before and after them.
    private struct Batch {
        let nanoseconds: Double
        let loopSeconds: Double
    }

    /// Every round measures each thing once, so that a machine that is slow for a while is slow for
    /// all of them.
    private static func showTimes(_ seconds: Double) throws {
        let workloads = try Workload.all() + peers
        var batches = [[Batch]](repeating: [], count: workloads.count)
        var (wide, chained): ([Double], [Double]) = ([], [])
        for _ in 0..<roundCount {
            for (place, workload) in workloads.enumerated() {
                chained.append(CoreShare.chainedLoop())
                wide.append(CoreShare.wideLoop())
                batches[place] += try measured(workload, seconds / Double(roundCount))
            }
        }
        show("instructions that wait for nothing", wide.sorted())
        show("instructions that wait for one another", chained.sorted())
        let best = min(wide.min() ?? 0, batches.joined().map(\.loopSeconds).min() ?? 0)
        var table = Table(
            "bytes",
            "readings",
            "ns a message",
            "messages/s",
            "on a whole core",
            "messages/s",
            "batches"
        )
        for (workload, batches) in zip(workloads, batches) {
            let readingCount = Double(try workload.run(1000)) / 1000
            let whole = batches.filter { $0.loopSeconds <= wholeLimit * best }
            table.add(
                workload.name,
                ["\(workload.byteCount)", decimals(readingCount, 1)] + figures(batches)
                    + figures(whole) + ["\(whole.count) of \(batches.count)"]
            )
        }
        table.show()
    }

    /// How much longer a loop took at times than at its best.
    private static func show(_ name: String, _ sorted: [Double]) {
        let ratios = [sorted.count / 2, sorted.count * 9 / 10].map { sorted[$0] / sorted[0] }
        print(
            "\(name): median \(decimals(ratios[0], 2)) of the best, "
                + "one of ten above \(decimals(ratios[1], 2))"
        )
    }

    /// The median of batches, as time and as rate.
    private static func figures(_ batches: [Batch]) -> [String] {
        guard !batches.isEmpty else { return ["", ""] }
        let median = batches.map(\.nanoseconds).sorted()[batches.count / 2]
        return [decimals(median, 0), decimals(1e9 / median, 0)]
    }

    private static func measured(_ workload: Workload, _ seconds: Double) throws -> [Batch] {
        let start = Mark()
        var batches: [Batch] = []
        var before = CoreShare.wideLoop()
        repeat {
            let mark = Mark()
            _ = try workload.run(batchCount)
            let time = mark.elapsed.cpuSeconds / Double(batchCount) * 1e9
            let after = CoreShare.wideLoop()
            batches.append(Batch(nanoseconds: time, loopSeconds: max(before, after)))
            before = after
        } while start.elapsed.cpuSeconds < seconds
        return batches
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
