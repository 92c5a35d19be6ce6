import Foundation
import PromQL
import TestKit
import Testing

@Suite struct ConformanceTests {
    /// Without the folder the reason is printed, as ``SharedMaterial`` does.
    @Test func `the statements of the Prometheus project give what they must`() throws {
        guard let folder = SharedMaterial.path("promql-conformance") else { return }
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
