import Foundation
import TestKit
import Testing

/// `langso registry` as people and scripts use it: outputs, shapes of JSON, exit codes.
@Suite(.oneAtATime, .enabled(if: LangsoProgram.path != nil)) struct RegistryProgramTests {
    private func run(_ words: String...) async throws -> LangsoProgram.Finished {
        try await LangsoProgram.run(["registry"] + words)
    }

    @Test func `a file is tried, taken, given back as a workbook and taken again`() async throws {
        let folder = try TemporaryFolder("langso-registry")
        let data = folder.path
        let file = folder.path(of: "villages.csv")
        try "code,name\nb1,Bản 1\nb 2,Bản 2\n".write(
            toFile: file,
            atomically: true,
            encoding: .utf8
        )
        let wrong = try await run("import", file, "--data", data)
        #expect(wrong.code == 1, "\(wrong)")
        #expect(wrong.output.contains("refused: \(file):3:1: code: \"b 2\" is not a code"))
        #expect(wrong.output.contains("nothing was written: correct it first"))
        try "code,name\nb1,Bản 1\n".write(toFile: file, atomically: true, encoding: .utf8)
        let tried = try await run("import", file, "--data", data, "--dry-run", "--json")
        #expect(tried.code == 0, "\(tried)")
        #expect(try tried.names() == ["dryRun", "written", "files", "refused", "warnings"])
        #expect(tried.output.contains(#""written" : false"#))
        let taken = try await run("import", file, "--data", data, "--by", "Hoàng Văn A")
        #expect(taken.code == 0, "\(taken)")
        #expect(taken.output.contains("villages.csv: 1 new, 0 changed, 0 unchanged, 0 refused"))
        let workbook = folder.path(of: "all.xlsx")
        let given = try await run("export", workbook, "--data", data, "--json")
        #expect(given.code == 0, "\(given)")
        #expect(try given.names() == ["output", "format", "rows"])
        let again = try await run("import", workbook, "--data", data)
        #expect(again.code == 0, "\(again)")
        #expect(again.output.contains(":villages: 0 new, 0 changed, 1 unchanged, 0 refused"))
        #expect(again.output.hasSuffix("every line stands already\n"))
        let replaced = try await run("export", workbook, "--data", data)
        #expect(replaced.code == 1 && replaced.errors.contains("it is there already"))
    }

    @Test func `words that do not go together are refused`() async throws {
        let neither = try await run("export", "a.xlsx")
        #expect(neither.code == 64 && neither.errors.contains("--template"), "\(neither)")
        let both = try await run("export", "a.xlsx", "--data", "d", "--template")
        #expect(both.code == 64, "\(both)")
    }
}
