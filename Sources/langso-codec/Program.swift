internal import CConfinement
internal import CodecSandbox
internal import Glibc

/// `langso-codec`: runs payload codecs for the gateway, in a process that can reach nothing.
///
/// It is started by `CodecSupervisor` with a socket as descriptors 0 and 1. It makes its engine
/// warm, gives up every way to files, network and processes, says that it is ready, and then
/// answers calls until the socket is closed.
@main
enum Program {
    static func main() {
        var error = langso_die_with_parent()
        guard error == 0 else { exit(failing: "cannot follow the gateway's end", error) }
        let engine = ScriptEngine()
        WarmUp.run(engine)
        let status = unsafe open("/proc/self/status", O_RDONLY)
        guard status >= 0 else { exit(failing: "cannot open /proc/self/status", errno) }
        error = langso_watch_memory(
            status,
            CodecLimits.residentBytes,
            CodecLimits.memoryExitCode
        )
        guard error == 0 else { exit(failing: "cannot watch the memory", error) }
        error = langso_confine()
        guard error == 0 else { exit(failing: "cannot confine the process", error) }
        // For the test that tries to break out.
        if CommandLine.arguments.contains("--probe") { return langso_probe_confinement() }
        serve(engine)
    }

    private static func serve(_ engine: ScriptEngine) {
        var channel = Channel()
        guard channel.send(.ready) else { return }
        while let frame = channel.next() {
            switch frame {
            case .load(let codec, let keepsContexts, let variables, let script):
                engine.load(
                    codec,
                    keepsContexts: keepsContexts,
                    variables: variables,
                    script: script
                )
            case .call(let codec, let port, let milliseconds, let device, let payload):
                let begin = ContinuousClock.now
                var sort = CodecFrame.Sort.result
                var words: [UInt8]
                langso_script_runs(1)
                do {
                    words = try engine.decode(
                        codec: codec,
                        port: port,
                        milliseconds: milliseconds,
                        device: device,
                        payload: payload
                    )
                } catch {
                    sort = .failure
                    words = Array(error.words.utf8)
                }
                langso_script_runs(0)
                let microseconds = begin.duration(to: .now) / .microseconds(1)
                if microseconds >= 2_000 { langso_look_at_memory() }
                let answer = CodecFrame.answer(
                    sort,
                    microseconds: UInt32(min(microseconds, 4e9)),
                    words: words
                )
                guard channel.send(answer) else { return }
                // What it leaves must not count against the script that runs next.
                if langso_memory_seen() > CodecLimits.keptBytes {
                    engine.forgetKept()
                    langso_look_at_memory()
                }
            case .ready, .answer: return
            }
        }
    }

    private static func exit(failing what: String, _ error: Int32) -> Never {
        let text = "langso-codec: \(what): error \(error)\n"
        // The text outlives the call.
        _ = unsafe text.withCString { unsafe write(2, $0, strlen($0)) }
        Glibc.exit(1)
    }
}
