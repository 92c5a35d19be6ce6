import Foundation
import Testing

/// The rules of style that a machine can check.
struct TidyTests {
    static let maximumLines = 500
    static let maximumColumns = 100

    @Test(arguments: ["Sources", "Tests", "Devices", "Dashboards"])
    func `no file and no line is too long`(folder: String) throws {
        for file in try SourceTree.swiftFiles(under: folder) {
            #expect(file.lines.count <= Self.maximumLines + 1, "\(file.path)")
            for (index, line) in file.lines.enumerated() where line.count > Self.maximumColumns {
                Issue.record("\(file.path):\(index + 1) has \(line.count) columns")
            }
        }
    }

    @Test func `sources hold no word that marks unfinished or unsafe work`() throws {
        // Written in halves so that this file passes its own rule.
        let banned = ["TO" + "DO", "FIX" + "ME", "try" + "!", "as" + "!", "fatal" + "Error("]
        for file in try SourceTree.swiftFiles(under: "Sources") {
            for (index, line) in file.lines.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) says \(word)")
                }
            }
        }
    }

    @Test func `no test sleeps`() throws {
        let banned = ["Task." + "sleep", "use" + "leep(", "Thread." + "sleep"]
        let files = try SourceTree.swiftFiles(under: "Tests")
        // Benchmarks are programs of their own, which wait for the programs they measure.
        for file in files where !file.path.hasPrefix("Tests/Benchmarks/") {
            for (index, line) in file.lines.enumerated() {
                for word in banned where line.contains(word) {
                    Issue.record("\(file.path):\(index + 1) says \(word)")
                }
            }
        }
    }
}
