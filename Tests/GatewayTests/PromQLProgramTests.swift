import Foundation
import TestKit
import Testing

/// `langso promql-test` as it was built.
@Suite(.oneAtATime, .enabled(if: LangsoProgram.path != nil)) struct PromQLProgramTests {
    @Test func `scripts of PromQL are counted`() async throws {
        let folder = try TemporaryFolder("langso-program")
        let script = """
            load 1m
              up 1 2 3

            eval instant at 2m up
              up 3

            eval instant at 2m up + 1
              {} 5

            """
        let path = folder.path(of: "a.test")
        try script.write(toFile: path, atomically: true, encoding: .utf8)
        let plain = try await LangsoProgram.run("promql-test", path)
        #expect(plain.code == 1)
        #expect(plain.output.hasSuffix("1 passed, 1 failed\n"), "\(plain)")
        let json = try await LangsoProgram.run("promql-test", path, "--json")
        #expect(json.code == 1)
        #expect(try json.names() == ["passed", "failed", "failures"])
    }

    private static let folder = SharedMaterial.path("promql-conformance")

    @Test(.enabled(if: folder != nil, "../shared/promql-conformance is not beside this checkout"))
    func `the program passes the statements of the Prometheus project`() async throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".test") }.sorted().map { "\(folder)/\($0)" }
        #expect(files.count == 14)
        let run = try await LangsoProgram.run(["promql-test"] + files)
        #expect(run.code == 0)
        let last = run.output.split(separator: "\n").last
        #expect(last == "412 passed, 0 failed", "\(run.output.prefix(2000))")
        #expect(run.errors.isEmpty, "\(run.errors)")
    }
}
