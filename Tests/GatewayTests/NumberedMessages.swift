import Foundation
import TestKit

/// Messages with a number and no clock: only their arrival says when, so that a repetition cannot
/// hide behind an equal time.
enum NumberedMessages {
    /// Name of their profile.
    static let profile = "numbered"

    /// The payload of a number.
    static func payload(_ number: Int) -> [UInt8] { Array(#"{"number": \#(number)}"#.utf8) }

    /// Writes their profile into the folder `profiles` of another; returns that folder's path.
    static func writeProfile(in folder: TemporaryFolder) throws -> String {
        let path = folder.path(of: "profiles/\(profile)")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try text.write(toFile: "\(path)/profile.yaml", atomically: true, encoding: .utf8)
        return folder.path(of: "profiles")
    }

    private static let text = """
        id: numbered
        manufacturer: test
        model: numbered
        title: Numbered messages without a clock
        kind: other
        source: test
        families: [plain_json]
        expected_interval: 1m
        messages:
          - json:
              - {quantity: water.volume, path: number}
        """
}
