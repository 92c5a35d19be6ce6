import CodecSandbox
import Foundation
import TestKit
import Testing

/// Limits, kills, quarantine, fairness: with the built program, and no waiting but for answers.
struct CodecSupervisorTests {
    /// Takes memory without end.
    private static let bomb =
        "function decodeUplink() { var a = []; for (;;) a.push(new Array(5000).fill(a)); }"
    private static let loop =
        "function decodeUplink() { for (;;) { try { for (;;); } catch (e) {} } }"
    /// Searches in the engine itself, where no limit of the script is seen, for days.
    private static let hang = """
        function decodeUplink(input) {
          if (input.bytes[0] !== 1) return { data: { value: 1 } };
          return { data: { value: /^(([a-z])+.)+[A-Z]([a-z])+$/.test('a'.repeat(80)) } };
        }
        """
    /// Five times what a script may take, in the worker's own processor time: how busy the machine
    /// is makes no difference.
    private static let hasty = CodecSettings(
        patience: .milliseconds(500),
        longestCall: .seconds(60),
        fileInterval: .milliseconds(10)
    )

    @Test func `a script that runs too long is stopped, and the worker goes on`() async throws {
        let codecs = try Codecs([Self.loop, Codecs.giving("1")])
        #expect(try await codecs.ask().failure == "the script ran longer than 100 ms")
        #expect(try await codecs.data(codec: 1) == #"{"value":1}"#)
        let figures = codecs.supervisor.figures
        #expect(figures.starts == 1 && figures.codecs[0].kills == 0)
        #expect(figures.codecs[0].failures == 1 && figures.codecs[0].seconds > 0.09)
    }

    @Test func `a script at its top level is stopped too`() async throws {
        let codecs = try Codecs(["for (;;);"])
        #expect(try await codecs.ask().failure == "the script ran longer than 100 ms")
    }

    @Test func `a worker that holds too much memory ends, and another takes its place`()
        async throws
    {
        // Slow processors give a script more wall time: the limit of memory comes first.
        let codecs = try Codecs([Self.bomb, Codecs.giving("1")])
        let outcome = try await codecs.ask()
        switch outcome {
        case .killed(let reason): #expect(reason.contains("MiB of memory"))
        case .failed: #expect(outcome.failure == "the script ran longer than 100 ms")
        default: Issue.record("\(outcome)")
        }
        #expect(try await codecs.data(codec: 1) == #"{"value":1}"#)
    }

    @Test func `what one script took is not held against the next`() async throws {
        let codecs = try Codecs([Self.bomb, Codecs.giving("1")])
        for _ in 0..<12 where codecs.supervisor.figures.codecs[0].quarantine == nil {
            _ = try await codecs.ask()
            #expect(try await codecs.data(codec: 1) == #"{"value":1}"#)
        }
        #expect(codecs.supervisor.figures.codecs[1].kills == 0)
    }

    @Test func `kept memory that grows is given up, and nobody is killed for it`() async throws {
        let script = """
            var kept = [];
            function decodeUplink() {
              for (var i = 0; i < 200; i++) kept.push(new Array(5000).fill(i + 0.5));
              return { data: { value: kept.length } };
            }
            """
        // Takes as much in one call as is left beside all that may be kept, and leaves nothing.
        let large = Codecs.giving(
            "take()",
            before: """
                function take() {
                  var a = [];
                  for (var i = 0; i < 600; i++) a.push(new Float64Array(5000).fill(i));
                  return a.length;
                }
                """
        )
        let codecs = try Codecs([script, large], keepsContexts: true)
        var counts: [String] = []
        for _ in 0..<40 {
            counts.append(try await codecs.data())
            #expect(try await codecs.data(codec: 1) == #"{"value":600}"#)
        }
        // 40 times 8 MB is more than a worker may hold.
        #expect(counts.filter { $0 == #"{"value":200}"# }.count > 1, "\(counts)")
        #expect(codecs.supervisor.figures.starts == 1)
    }

    @Test func `a worker that hangs is killed, its message named, and the others are answered`()
        async throws
    {
        let codecs = try Codecs([Self.hang, Codecs.giving("7")], settings: Self.hasty)
        try codecs.submit(1, [1], device: "bad")
        for tag in 2...20 { try codecs.submit(UInt64(tag), codec: tag % 2, [0]) }
        for tag in 2...20 {
            guard case .decoded = try await codecs.answer(UInt64(tag)).outcome else {
                Issue.record("\(tag) has no values")
                return
            }
        }
        guard case .killed(let reason) = try await codecs.answer(1).outcome else {
            Issue.record("the first was not killed")
            return
        }
        #expect(reason.contains("no answer after 0.5 s of processor time"))
        let events = await codecs.events { if case .killed = $0 { true } else { false } }
        #expect(
            events.contains(
                .killed(codec: "codec-0", device: "bad", origin: "test 1", reason: reason)
            )
        )
        #expect(codecs.supervisor.figures.codecs[0].kills == 1)
        #expect(codecs.supervisor.figures.codecs[1].kills == 0)
    }

    @Test func `after three kills a codec is out, until its file changes`() async throws {
        let codecs = try Codecs([Self.hang], settings: Self.hasty)
        for tag in 1...3 { try codecs.submit(UInt64(tag), [1], device: "d\(tag)") }
        try codecs.submit(4, [0])
        for tag in 1...3 {
            guard case .killed = try await codecs.answer(UInt64(tag)).outcome else {
                Issue.record("\(tag) was not killed")
                return
            }
        }
        guard case .quarantined(let reason) = try await codecs.answer(4).outcome else {
            Issue.record("the fourth was run")
            return
        }
        #expect(reason.contains("'codec-0'") && reason.contains("d3 (test 3)"), "\(reason)")
        #expect(reason.contains("langso codecs release codec-0"))
        #expect(codecs.supervisor.room(for: CodecID(0)) == 0)
        #expect(codecs.supervisor.figures.codecs[0].quarantine == reason)
        #expect(throws: CodecSupervisor.Refusal.quarantined(reason)) { try codecs.submit(5) }
        try Codecs.giving("'mended'").write(
            toFile: codecs.folder.path(of: "codec-0.js"),
            atomically: true,
            encoding: .utf8
        )
        let events = await codecs.events { if case .released = $0 { true } else { false } }
        #expect(
            events.last == .released(codec: "codec-0", reason: "its file has changed")
        )
        #expect(try await codecs.data([1]) == #"{"value":"mended"}"#)
    }

    @Test func `an operator lets a codec run again`() async throws {
        let codecs = try Codecs([Self.hang], settings: Self.hasty)
        #expect(!codecs.supervisor.release(CodecID(0)), "it is not out")
        for tag in 1...3 { try codecs.submit(UInt64(tag), [1]) }
        _ = await codecs.events { if case .quarantined = $0 { true } else { false } }
        #expect(codecs.supervisor.release(CodecID(0)))
        #expect(codecs.supervisor.room(for: CodecID(0)) == CodecLimits.waitingPerCodec)
        #expect(try await codecs.data([0]) == #"{"value":1}"#)
    }

    @Test func `the first call after a file has changed runs it as it is now`() async throws {
        let codecs = try Codecs(
            [Codecs.giving("1")],
            settings: CodecSettings(fileInterval: .zero)
        )
        #expect(try await codecs.data() == #"{"value":1}"#)
        for round in 2...10 {
            try Codecs.giving("\(round) + 0").write(
                toFile: codecs.folder.path(of: "codec-0.js"),
                atomically: true,
                encoding: .utf8
            )
            #expect(try await codecs.data() == "{\"value\":\(round)}")
        }
    }

    @Test func `a slow codec and a fast one are both answered`() async throws {
        let slow = Codecs.giving("1", before: "").replacing(
            "return",
            with: "var end = Date.now() + 20; while (Date.now() < end); return"
        )
        let codecs = try Codecs([slow, Codecs.giving("2")])
        for tag in 0..<10 { try codecs.submit(UInt64(tag)) }
        for tag in 100..<200 { try codecs.submit(UInt64(tag), codec: 1) }
        for tag in Array(0..<10) + Array(100..<200) { _ = try await codecs.answer(UInt64(tag)) }
        let figures = codecs.supervisor.figures
        #expect(figures.codecs.map(\.calls) == [10, 100] && figures.starts == 1)
    }

    @Test func `answers before a kill are kept, and the message that did it is blamed`()
        async throws
    {
        let codecs = try Codecs([Self.hang], settings: Self.hasty)
        // Before the worker has started: it gets them at once.
        for tag in 1...3 { try codecs.submit(UInt64(tag), [0], device: "good") }
        try codecs.submit(4, [1], device: "bad")
        for tag in 1...3 {
            guard case .decoded = try await codecs.answer(UInt64(tag)).outcome else {
                Issue.record("\(tag) has no values")
                return
            }
        }
        guard case .killed = try await codecs.answer(4).outcome else {
            Issue.record("the fourth was not killed")
            return
        }
        let figures = codecs.supervisor.figures
        #expect(figures.codecs[0].kills == 1 && figures.codecs[0].calls == 3)
    }

    /// A call that is lost would be waited for without end.
    @Test(.timeLimit(.minutes(2)))
    func `a worker that ends while it has two batches loses no call and doubles none`()
        async throws
    {
        let codecs = try Codecs([Self.hang], settings: Self.hasty)
        // Well over two batches, whose first and second each have one that hangs.
        let tags = 1...500
        let bad = [50, 200]
        for tag in tags { try codecs.submit(UInt64(tag), bad.contains(tag) ? [1] : [0]) }
        var killed: [Int] = []
        for tag in tags {
            switch try await codecs.answer(UInt64(tag)).outcome {
            case .decoded: continue
            case .killed: killed.append(tag)
            case let other: Issue.record("\(tag): \(other)")
            }
        }
        #expect(killed == bad)
        #expect(codecs.order == tags.map(UInt64.init))
        let figures = codecs.supervisor.figures
        #expect(figures.codecs[0].calls == 498 && figures.codecs[0].kills == 2)
        #expect(figures.codecs[0].waiting == 0 && figures.starts == 3)
    }

    @Test func `long payloads and long results do not make both sides wait for each other`()
        async throws
    {
        let codecs = try Codecs(
            [Codecs.giving("'x'.repeat(100000) + input.bytes.length")],
            settings: CodecSettings(patience: .seconds(60), longestCall: .seconds(60))
        )
        let payload = [UInt8](repeating: 7, count: CodecLimits.payloadBytes)
        for tag in 1...100 { try codecs.submit(UInt64(tag), payload) }
        for tag in 1...100 {
            let outcome = try await codecs.answer(UInt64(tag)).outcome
            guard case .decoded(let result) = outcome else {
                Issue.record("\(tag) has no values: \(outcome.failure ?? "no reason")")
                return
            }
            #expect(result.data.count == 100_016)
        }
        #expect(codecs.supervisor.figures.codecs[0].kills == 0)
    }

    /// A wake-up that goes to the other worker's thread would be waited for without end.
    @Test(.timeLimit(.minutes(2)))
    func `the worker that keeps a codec's contexts is the one that wakes`() async throws {
        let codecs = try Codecs(
            [Codecs.giving("1"), Codecs.giving("2")],
            keepsContexts: true,
            settings: CodecSettings(workerCount: 2)
        )
        for round in 0..<40 {
            let codec = round % 2
            #expect(try await codecs.data(codec: codec) == "{\"value\":\(codec + 1)}")
        }
    }

    @Test func `warnings are counted, the last is kept, the first is told`() async throws {
        let script = """
            function decodeUplink(input) {
              return { data: {}, warnings: ['a', 'cold ' + input.bytes[0] + 'x'.repeat(600)] };
            }
            """
        let codecs = try Codecs([script, Codecs.giving("1")])
        for number in 1...3 { _ = try await codecs.ask([UInt8(number)]) }
        _ = try await codecs.ask(codec: 1)
        let figures = codecs.supervisor.figures.codecs
        let warning = "cold 3" + String(repeating: "x", count: CodecLimits.remarkCharacters - 6)
        #expect(figures[0].warnings == 6 && figures[0].lastWarning == warning)
        #expect(figures[1].warnings == 0 && figures[1].lastWarning == nil)
        let events = await codecs.events { if case .warned = $0 { true } else { false } }
        let told = events.filter { if case .warned = $0 { true } else { false } }
        guard case .warned("codec-0", "d", _, let text)? = told.first, told.count == 1 else {
            Issue.record("\(events)")
            return
        }
        #expect(text.hasPrefix("cold 1"))
    }

    @Test func `a codec that has too many waiting takes no more`() throws {
        // Nothing is run: the program is not there.
        let codecs = try Codecs(
            [Codecs.giving("1"), Codecs.giving("2")],
            settings: CodecSettings(program: "/nonexistent/langso-codec")
        )
        for tag in 0..<CodecLimits.waitingPerCodec { try codecs.submit(UInt64(tag)) }
        // Those that a thread holds on its way wait again, in any case not more than a batch.
        #expect(throws: CodecSupervisor.Refusal.busy) {
            for tag in 0..<100 { try codecs.submit(UInt64(5000 + tag)) }
        }
        try codecs.submit(9999, codec: 1)
        #expect(throws: CodecSupervisor.Refusal.tooLong) {
            try codecs.submit(1, codec: 1, [UInt8](repeating: 0, count: 4097))
        }
        #expect(codecs.supervisor.figures.refused == 1)
    }

    @Test func `a program that is not there is told, with what to do`() async throws {
        let codecs = try Codecs(
            [Codecs.giving("1")],
            settings: CodecSettings(program: "/nonexistent/langso-codec")
        )
        try codecs.submit(1)
        let events = await codecs.events { if case .cannotStart = $0 { true } else { false } }
        guard case .cannotStart(let reason) = events[0] else { return }
        #expect(reason.contains("/nonexistent/langso-codec") && reason.contains("LANGSO_CODEC"))
    }

    @Test func `what is no worker is not waited for without end`() async throws {
        let codecs = try Codecs(
            [Codecs.giving("1")],
            settings: CodecSettings(program: "/bin/true")
        )
        try codecs.submit(1)
        let events = await codecs.events { if case .cannotStart = $0 { true } else { false } }
        #expect("\(events[0])".contains("it is not ready: it ended with code 0"))
    }

    @Test func `what a worker writes to its error output is told`() async throws {
        let folder = try TemporaryFolder("langso-codec")
        let program = folder.path(of: "program")
        try "#!/bin/sh\necho 'no engine' >&2\necho 'at all' >&2\nexit 3\n"
            .write(toFile: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: program)
        let codecs = try Codecs([Codecs.giving("1")], settings: CodecSettings(program: program))
        try codecs.submit(1)
        // A program that was only just written is busy while another test starts one: then the
        // supervisor tries again.
        let events = await codecs.events { event in
            guard case .cannotStart(let reason) = event else { return false }
            return !reason.contains(String(cString: strerror(ETXTBSY)))
        }
        let words = "it ended with code 3; it wrote: no engine / at all"
        #expect(events.contains { "\($0)".contains(words) }, "\(events)")
    }

    @Test func `variables that are too long are refused with their length`() throws {
        let folder = try TemporaryFolder("langso-codec")
        let path = folder.path(of: "codec.js")
        try Codecs.giving("1").write(toFile: path, atomically: true, encoding: .utf8)
        func file(_ count: Int) -> CodecFile {
            // With its name, quotes and braces as JSON.
            let value = String(repeating: "x", count: count - 9)
            return CodecFile(name: "n", path: path, variables: ["ab": value])
        }
        _ = try CodecSupervisor([file(CodecLimits.variablesBytes)]) { _ in }
        let error = CodecError.variablesTooLong(codec: "n", bytes: 16_385, limit: 16_384)
        #expect(throws: error) {
            _ = try CodecSupervisor([file(CodecLimits.variablesBytes + 1)]) { _ in }
        }
    }

    @Test func `a file that cannot be read is refused at the start`() {
        #expect(throws: CodecError.self) {
            _ = try CodecSupervisor([CodecFile(name: "x", path: "/nonexistent.js")]) { _ in }
        }
    }

    @Test func `random payloads and scripts of random bytes do no harm`() async throws {
        let seed: UInt64 = 20_261_130
        var random = SeededGenerator(seed: seed)
        var scripts = [Codecs.giving("input.bytes.length")]
        for _ in 0..<30 {
            let letters = Array("(){}[];,.=+'\"`$abc012 \n/*return throw for(;;)function var")
            let text = (0..<Int.random(in: 1...80, using: &random)).map { _ in
                letters.randomElement(using: &random) ?? " "
            }
            scripts.append(String(text))
        }
        let codecs = try Codecs(scripts)
        for codec in 1..<scripts.count { _ = try await codecs.ask(codec: codec) }
        for length in [0, 1, 255, CodecLimits.payloadBytes] {
            let payload = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(try await codecs.data(payload) == "{\"value\":\(length)}", "seed \(seed)")
        }
    }
}
