import Foundation
import PromQL
import TestKit
import Testing

@Suite struct ConformanceTests {
    private static let folder = SharedMaterial.path("promql-conformance")

    @Test(.enabled(if: folder != nil, "../shared/promql-conformance is not beside this checkout"))
    func `the statements of the Prometheus project give what they must`() throws {
        let folder = try #require(Self.folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            .filter { $0.hasSuffix(".test") }.sorted()
        var passed = 0
        var failures: [String] = []
        for file in files {
            let text = try String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8)
            let report = ScriptRunner().run(text: text, file: file)
            passed += report.passed
            failures += report.failures.map(\.description)
        }
        print("\(passed) passed, \(failures.count) failed")
        #expect(failures.isEmpty, "\(failures.joined(separator: "\n"))")
        #expect(passed == 412)
    }
}
