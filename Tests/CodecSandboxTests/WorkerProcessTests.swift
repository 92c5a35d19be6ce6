import CConfinement
import Foundation
import TestKit
import Testing

@testable import CodecSandbox

/// One worker, spoken with as the supervisor does.
struct WorkerProcessTests {
    private func start() throws -> WorkerProcess {
        try WorkerProcess.start(try CodecProgram.find(), patience: .seconds(60))
    }

    /// Asks the worker one payload; the words of its answer.
    private func ask(
        _ worker: inout WorkerProcess,
        script: String? = nil,
        keepsContexts: Bool = false,
        device: String = "d",
        patience: WorkerProcess.Patience = WorkerProcess.Patience(time: .seconds(60))
    ) throws(WorkerProcess.Silence) -> String {
        var bytes: [UInt8] = []
        if let script {
            CodecFrame.load(
                codec: 0,
                keepsContexts: keepsContexts,
                variables: "",
                script: script
            ).append(to: &bytes)
        }
        CodecFrame.call(codec: 0, port: 1, milliseconds: 0, device: device, payload: [1])
            .append(to: &bytes)
        worker.send(bytes)
        guard case .answer(_, _, let words) = try worker.receive(patience) else {
            throw .garbled
        }
        return String(decoding: words, as: UTF8.self)
    }

    /// Eight bytes each of a million numbers: forty of it are more than a worker may hold.
    private static let large = "var a = new Array(1000000).fill(0.5);"

    @Test func `a script that throws at its top level leaves nothing behind`() throws {
        var worker = try start()
        for _ in 0..<40 {
            let words = try ask(&worker, script: Self.large + " throw 'no';")
            #expect(words == "no")
        }
        #expect(worker.end() == "it was killed")
    }

    @Test func `a changed script leaves nothing of the kept contexts behind`() throws {
        var worker = try start()
        for round in 0..<40 {
            let script = Self.large + Codecs.giving("a.length + \(round)")
            let words = try ask(&worker, script: script, keepsContexts: true)
            #expect(words.hasSuffix("{\"value\":\(1_000_000 + round)}"))
        }
        #expect(worker.end() == "it was killed")
    }

    @Test func `processor time counts, and not that the worker has to wait`() throws {
        var worker = try start()
        let hasty = WorkerProcess.Patience(
            time: .milliseconds(300),
            processorTime: .milliseconds(500)
        )
        _ = try ask(&worker, script: Codecs.giving("1"))
        kill(worker.processID, SIGSTOP)
        // It does nothing: the longest time counts alone.
        #expect(throws: WorkerProcess.Silence.late) { try ask(&worker, patience: hasty) }
        kill(worker.processID, SIGCONT)
        _ = try worker.receive(WorkerProcess.Patience(time: .seconds(60)))
        let hang = Codecs.giving("/^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(80))")
        let patient = WorkerProcess.Patience(
            time: .seconds(60),
            processorTime: .milliseconds(300)
        )
        #expect(throws: WorkerProcess.Silence.overTime) {
            try ask(&worker, script: hang, patience: patient)
        }
        _ = worker.end()
    }

    @Test func `descriptors, threads, files and dumps of a worker are limited`() throws {
        let worker = try start()
        let path = "/proc/\(worker.processID)/limits"
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        func limit(_ name: String) -> [Int]? {
            lines.first { $0.hasPrefix(name) }?.split(separator: " ").compactMap { Int($0) }
        }
        #expect(limit("Max open files") == [64, 64])
        #expect(limit("Max file size") == [0, 0] && limit("Max core file size") == [0, 0])
        #expect(try #require(limit("Max processes")).allSatisfy { $0 <= 4096 })
        _ = worker.end()
    }

    @Test func `what is held includes what was moved to the disk, and unreadable is not little`()
        throws
    {
        let folder = try TemporaryFolder("langso-codec")
        func bytes(_ text: String) throws -> UInt64 {
            let path = folder.path(of: "status")
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            let file = open(path, O_RDONLY)
            defer { close(file) }
            return langso_memory_bytes(file)
        }
        let text = "Name:\tx\nVmHWM:\t   900 kB\nVmRSS:\t   30 kB\nVmSwap:\t    12 kB\n"
        #expect(try bytes(text) == 42 * 1024)
        #expect(try bytes("Name:\tx\n") == 0 && bytes("") == 0)
        #expect(langso_memory_bytes(-1) == 0)
        let own = open("/proc/self/status", O_RDONLY)
        defer { close(own) }
        #expect(langso_memory_bytes(own) > 1 << 20)
        // Nothing runs where it cannot be told.
        #expect(langso_watch_memory(-1, .max, 1) == EIO)
    }
}
