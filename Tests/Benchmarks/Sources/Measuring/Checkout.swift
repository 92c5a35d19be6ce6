internal import Foundation

/// The checkout that this program was built from.
package enum Checkout {
    /// Its top folder.
    package static let top = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .path(percentEncoded: false)

    /// This program, for children of its own.
    package static let thisProgram =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""

    /// The gateway's program, built in release mode; nil when it is not there.
    package static var langso: String? { executable("\(top).build/release/langso") }

    /// Where a program of the system is, or nil when it is not installed.
    package static func program(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").lazy.compactMap { executable("\($0)/\(name)") }.first
    }

    private static func executable(_ path: String) -> String? {
        FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }
}
