internal import Alerting
internal import ConfigurationText
internal import Foundation

/// What `langso rules test` found in files of unit tests.
public struct RuleTestReport: Codable, Sendable {
    /// What came of one file.
    public struct File: Codable, Sendable {
        /// The file as it was named.
        public var file: String
        /// How many tests it has; 0 when it cannot be read.
        public var tests = 0
        /// What did not come out as expected, and faults of the files; over several lines each.
        public var failures: [String] = []
        /// What is allowed and yet likely a mistake.
        public var warnings: [String] = []

        /// Whether every test came out as expected.
        public var isGood: Bool { failures.isEmpty }
    }

    /// The files in the order in which they were named.
    public var files: [File]

    /// Whether every test of every file came out as expected.
    public var isGood: Bool { files.allSatisfy(\.isGood) }

    /// Most rule files of one file of tests.
    public static let maximumRuleFiles = 1000

    /// Runs the tests of files.
    public init(files paths: [String]) {
        files = paths.map(Self.run)
    }

    private static func run(_ path: String) -> File {
        var report = File(file: path)
        do {
            let tests = try RuleTestFile.parse(text: try InputFile.text(path), file: path)
            let folder = URL(filePath: path).deletingLastPathComponent()
            var groups: [RuleGroup] = []
            var paths: [String] = []
            for pattern in tests.ruleFiles {
                let whole =
                    pattern.hasPrefix("/")
                    ? pattern : folder.appending(path: pattern).path(percentEncoded: false)
                let found = matches(of: whole)
                if found.isEmpty { report.warnings.append("no file is named \(pattern)") }
                paths += found
            }
            guard paths.count <= maximumRuleFiles else {
                report.failures = [
                    "\(paths.count) rule files, the limit is \(maximumRuleFiles); divide the tests"
                ]
                return report
            }
            for path in paths {
                groups += try RuleFile.parse(text: try InputFile.text(path), file: path).groups
            }
            report.tests = tests.tests.count
            report.failures = tests.run(groups: groups).map(\.description)
        } catch let faults as ConfigurationFaults {
            report.failures = faults.faults.map(\.description)
        } catch {
            report.failures = ["\(error)"]
        }
        return report
    }

    /// The files that a path with wildcards names, sorted.
    private static func matches(of pattern: String) -> [String] {
        var found = glob_t()
        defer { globfree(&found) }
        guard glob(pattern, 0, nil, &found) == 0 else { return [] }
        return (0..<Int(found.gl_pathc)).compactMap { index in
            found.gl_pathv[index].map { String(cString: $0) }
        }
    }
}
