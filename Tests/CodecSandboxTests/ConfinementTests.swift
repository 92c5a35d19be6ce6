import CodecSandbox
import Foundation
import Testing

/// Tries to break out, from inside the built program.
struct ConfinementTests {
    /// Runs the program until it has ended.
    private func run(_ words: [String]) throws -> (code: Int32, lines: [String]) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: try CodecProgram.find())
        process.arguments = words
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return (process.terminationStatus, text.split(separator: "\n").map(String.init))
    }

    @Test func `every way to files, network and processes is refused`() throws {
        let (code, lines) = try run(["--probe"])
        #expect(code == 0)
        // Once from the first thread, once from another.
        for name in ["openat", "socket", "execve", "clone", "kill", "ptrace", "mmap", "tgkill"] {
            #expect(lines.filter { $0.hasPrefix("\(name) ") }.count >= 2, "\(lines)")
        }
        let refused = lines.filter { !$0.hasPrefix("thread ") }
        #expect(refused.count > 50)
        for line in refused {
            // The kernel knows no such call: the C library then takes one that the filter judges.
            let expected = line.hasPrefix("clone3 ") ? ENOSYS : EPERM
            #expect(line.hasSuffix(" \(expected)"), "\(line)")
        }
        #expect(lines.contains("thread 0"))
        #expect(!FileManager.default.fileExists(atPath: "/tmp/langso-codec-probe"))
    }

    @Test func `a script finds nothing that leads out`() async throws {
        // Names of everything that can be reached from a context, and what is known to be harmless.
        let script = """
            function decodeUplink() {
              var names = Object.getOwnPropertyNames(globalThis).filter(function (name) {
                return ['require', 'process', 'import', 'module', 'load', 'print', 'read', 'write',
                  'file', 'fs', 'net', 'socket', 'http', 'fetch', 'exec', 'system', 'spawn',
                  'worker', 'quit', 'run', 'agent'].some(function (word) {
                    return name.toLowerCase().indexOf(word) >= 0;
                  });
              });
              var way = 'none';
              try { way = Function('return typeof require')(); } catch (error) { way = error.name; }
              return { data: { names: names, way: way } };
            }
            """
        let codecs = try Codecs([script])
        #expect(try await codecs.data() == #"{"names":[],"way":"undefined"}"#)
    }

    @Test func `a module cannot be imported`() async throws {
        let script = """
            var said = 'nothing yet';
            import('file:///etc/hostname').then(
              function (m) { said = 'loaded'; }, function (e) { said = 'refused'; });
            function decodeUplink() { return { data: { said: said } }; }
            """
        let codecs = try Codecs([script], keepsContexts: true)
        _ = try await codecs.data()
        #expect(try await codecs.data() == #"{"said":"refused"}"#)
    }

    @Test func `one codec leaves nothing for another`() async throws {
        let codecs = try Codecs([
            Codecs.giving("1", before: "Object.prototype.left = 1; JSON.stringify = null;"),
            Codecs.giving("typeof ({}).left + typeof JSON.stringify"),
        ])
        #expect(try await codecs.data() == #"{"value":1}"#)
        #expect(try await codecs.data(codec: 1) == #"{"value":"undefinedfunction"}"#)
    }
}
