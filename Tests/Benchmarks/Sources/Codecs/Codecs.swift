import CodecSandbox
import Foundation

/// How many payloads a second a worker decodes, with fresh contexts and with kept ones, beside
/// Node.js in the same run: the same script in a context of `vm` for each call, and in one kept.
///
/// With each the processor time a call, of the process that runs the scripts with all its threads,
/// which other work on the machine changes little.
///
/// `Codecs [program] [seconds]`: where `langso-codec` lies, and how long each part is measured.
@main
enum Codecs {
    static let script = """
        function decodeUplink(input) {
          var b = input.bytes, flags = [];
          if (b.length < 8) return { errors: ['too short'] };
          for (var bit = 0; bit < 8; bit++) flags.push((b[7] >> bit & 1) === 1);
          return {
            data: {
              battery_V: ((b[0] << 8) + b[1]) / 1000, level_cm: (b[2] << 8) + b[3],
              temperature_C: ((b[4] << 24 >> 16) + b[5]) / 10, humidity: b[6] / 2,
              leak: flags[0], frozen: flags[1], flags: flags
            },
            warnings: [], errors: []
          };
        }
        """

    static func main() throws {
        let words = CommandLine.arguments.dropFirst()
        let program = words.first
        let seconds = words.dropFirst().first.flatMap(Double.init) ?? 3
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "langso-codecs-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "codec.js").path(percentEncoded: false)
        try script.write(toFile: file, atomically: true, encoding: .utf8)
        for keeps in [false, true] {
            let name = keeps ? "kept" : "fresh"
            let rate = try Worker(file, keepsContexts: keeps, program: program).rate(seconds)
            print("langso-codec, \(name) contexts: \(rate)")
            if let peer = try Node.rate(script, keepsContexts: keeps, seconds, in: folder) {
                print("node, \(name) contexts: \(peer)")
            }
        }
    }
}

/// What was measured.
struct Rate: CustomStringConvertible {
    let callsPerSecond: Double
    let processorMicroseconds: Double

    var description: String {
        "\(Int(callsPerSecond)) calls/s, \(Int(processorMicroseconds)) µs of processor time a call"
    }
}

/// The supervisor with one worker, kept busy.
final class Worker: Sendable {
    private let supervisor: CodecSupervisor
    private let room = DispatchSemaphore(value: 0)

    init(_ file: String, keepsContexts: Bool, program: String?) throws {
        let room = room
        // A semaphore may not end below what it began with.
        for _ in 0..<900 { room.signal() }
        supervisor = try CodecSupervisor(
            [CodecFile(name: "bench", path: file, keepsContexts: keepsContexts)],
            settings: CodecSettings(program: program),
            onEvent: { print("\($0)") },
            onAnswers: { answers in
                for answer in answers {
                    if let words = answer.outcome.failure { print(words) }
                    room.signal()
                }
            }
        )
    }

    /// Calls a second over some time, after a second of warming up; 50 devices.
    func rate(_ seconds: Double) throws -> Rate {
        let spentBefore = Self.childrenSeconds()
        try run(1)
        let before = supervisor.figures.codecs[0].calls
        let begin = ContinuousClock.now
        try run(seconds)
        let done = supervisor.figures.codecs[0].calls - before
        let rate = Double(done) / (begin.duration(to: .now) / .seconds(1))
        supervisor.stop()
        let spent = Self.childrenSeconds() - spentBefore
        let all = Double(supervisor.figures.codecs[0].calls)
        return Rate(callsPerSecond: rate, processorMicroseconds: spent / all * 1e6)
    }

    /// Processor time of the children that have ended.
    private static func childrenSeconds() -> Double {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
        let whole = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec
        return Double(whole) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
    }

    private func run(_ seconds: Double) throws {
        let end = ContinuousClock.now + .seconds(seconds)
        var tag: UInt64 = 0
        while ContinuousClock.now < end {
            room.wait()
            tag += 1
            try supervisor.submit(
                CodecCall(
                    codec: CodecID(0),
                    tag: tag,
                    port: 2,
                    payload: [11, 209, 1, 244, 0, 215, 90, UInt8(truncatingIfNeeded: tag)],
                    receivedAtMilliseconds: 0,
                    device: "device-\(tag % 50)",
                    origin: "benchmark"
                )
            )
        }
    }
}

/// Node.js with the same script; nil where it is not installed.
enum Node {
    static func rate(
        _ script: String,
        keepsContexts: Bool,
        _ seconds: Double,
        in folder: URL
    ) throws -> Rate? {
        let program = ["/usr/bin/node", "/usr/local/bin/node"].first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        guard let program else { return nil }
        let driver = """
            const vm = require('vm'), fs = require('fs');
            const source = fs.readFileSync(process.argv[2], 'utf8');
            const call = 'JSON.stringify(decodeUplink({bytes: input.bytes, fPort: 2, '
              + 'recvTime: new Date(0), variables: {}}))';
            const keeps = process.argv[3] === 'true', seconds = Number(process.argv[4]);
            const script = new vm.Script(source), asked = new vm.Script(call), kept = [];
            function once(tag) {
              const device = tag % 50;
              let context = keeps ? kept[device] : undefined;
              if (!context) {
                context = vm.createContext({});
                script.runInContext(context);
                if (keeps) kept[device] = context;
              }
              context.input = { bytes: [11, 209, 1, 244, 0, 215, 90, tag & 255] };
              return asked.runInContext(context, { timeout: 100 });
            }
            function run(time) {
              const begin = process.hrtime.bigint(), spent = process.cpuUsage();
              let count = 0, passed = 0;
              while (passed < time) {
                once(count++);
                passed = Number(process.hrtime.bigint() - begin) / 1e9;
              }
              const used = process.cpuUsage(spent);
              return count / passed + ' ' + (used.user + used.system) / count;
            }
            run(1);
            console.log(run(seconds));
            """
        let path = folder.appending(path: "peer.js").path(percentEncoded: false)
        try driver.write(toFile: path, atomically: true, encoding: .utf8)
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            path, folder.appending(path: "codec.js").path(percentEncoded: false),
            "\(keepsContexts)", "\(seconds)",
        ]
        process.standardOutput = output
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        let numbers = text.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        guard numbers.count == 2 else { return nil }
        return Rate(callsPerSecond: numbers[0], processorMicroseconds: numbers[1])
    }
}
