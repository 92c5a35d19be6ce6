import ConfigurationText
import Foundation
import Registry
import TestKit
import Testing

struct ImportOrderTests {
    /// Files with faults, repeated keys and conflicts among them, so that refusals are tested too.
    private static var texts: [String: String] {
        var texts = SmallFolder.texts
        texts["devices.csv"]? += """

            x1,cccccccccccccccc,,lamp,,,dm,,f1,,,,,,,,
            x2,CC-CC-CC-CC-CC-CC-CC-CC,,lamp,,,dm,,f1,,,,,,,,
            x3,dddddddddddddddd,,lamp,,,dm,,f9,,,,,,,,
            x4,eeeeeeeeeeeeeeee,,lamp,,,dm,,f1,,,,,,,,
            x4,ffffffffffffffff,,lamp,,,pl,,f1,,,,,,,,
            x5,ffffffffffffffff,,lamp,,,pl,,f1,,,,,,,,
            """
        texts["memberships.csv"]? += """

            hm,kr,2020-01-01,2022-12-31
            hm-old,kr,2022-12-31,2024-01-01
            dv-old,kr,2024-01-01,
            """
        texts["roads.csv"]? += "rd2,dm,commune,1,x4\nrd3,dm,commune,1,x5\n"
        return texts
    }

    @Test func `the order of files and lines does not matter`() throws {
        let seed =
            ProcessInfo.processInfo.environment["LANGSO_TEST_SEED"].flatMap { UInt64($0) }
            ?? UInt64.random(in: 0...UInt64.max)
        print("ImportOrderTests: seed \(seed)")
        var generator = SeededGenerator(seed: seed)
        var first: (everything: [[AnyHashable]], refused: Set<String>)?
        for _ in 0..<40 {
            let files = Self.texts.sorted { $0.key < $1.key }.shuffled(using: &generator).map {
                name,
                text in
                let lines = text.split(separator: "\n")
                let body = lines.dropFirst().shuffled(using: &generator)
                return SmallFolder.file(name, ([lines[0]] + body).joined(separator: "\n"))
            }
            let database = try RegistryDatabase.inMemory()
            let report = try database.importFiles(files, by: "test", at: SmallFolder.now)
            let everything = try database.snapshot().everything
            let refused = Set(report.refused.map { "\($0.file) \($0.field)" })
            #expect(report.refused.count == 9, "seed \(seed)\n\(report)")
            if let first {
                #expect(everything == first.everything, "seed \(seed)")
                #expect(refused == first.refused, "seed \(seed)")
            }
            first = first ?? (everything, refused)
        }
    }
}
