import Foundation

/// The checkout that the tests were built from, as texts.
enum SourceTree {
    struct File {
        /// Path from the checkout's top.
        let path: String
        let lines: [Substring]

        /// Names of the modules it imports.
        var imports: [String] {
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard let at = words.firstIndex(of: "import"), at + 1 < words.count,
                    words[..<at].allSatisfy({ Self.modifiers.contains($0) || $0.hasPrefix("@") })
                else { return nil }
                let last = words[words.count - 1]
                return String(last.split(separator: ".")[0])
            }
        }

        private static let modifiers: Set<Substring> = [
            "public", "package", "internal", "fileprivate", "private",
        ]
    }

    static let top = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func swiftFiles(under folder: String) throws -> [File] {
        let root = top.appending(path: folder).path(percentEncoded: false)
        let names = FileManager.default.enumerator(atPath: root)?.compactMap { $0 as? String } ?? []
        return try names.filter(isSource).sorted().map {
            let text = try String(contentsOfFile: "\(root)/\($0)", encoding: .utf8)
            return File(
                path: "\(folder)/\($0)",
                lines: text.split(separator: "\n", omittingEmptySubsequences: false)
            )
        }
    }

    /// Swift files outside of build folders (packages under `Tests` have their own).
    private static func isSource(_ path: String) -> Bool {
        path.hasSuffix(".swift") && !path.split(separator: "/").contains { $0.hasPrefix(".") }
    }
}
