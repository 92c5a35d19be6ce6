internal import Telemetry

/// The record of all deletions of a store: who asked for what, when and why.
///
/// The file `deletions.jsonl` beside the store: one JSON object a line, in the order of their
/// carrying out. Fields: `time`, `from`, `to` (RFC 3339, UTC), `selection`, `author`, `reason`,
/// `series` (how many were named).
public enum DeletionLog {
    /// Name of the file.
    public static let fileName = "deletions.jsonl"

    /// Adds an entry; when it returns, the entry is on the disk.
    ///
    /// - Throws: ``StoreError/file(_:)``.
    static func append(
        _ deletion: StoreDeletion,
        seriesCount: Int,
        in storage: StorageFolder
    ) throws(StoreError) {
        try StoreError.wrapping { () throws(FileError) in
            var bytes = try storage.contents(of: fileName) ?? []
            bytes += line(deletion, seriesCount).utf8
            try storage.replace(fileName, with: bytes)
        }
    }

    private static func line(_ deletion: StoreDeletion, _ seriesCount: Int) -> String {
        let fields = [
            ("time", deletion.time.rfc3339), ("from", deletion.range.lowerBound.rfc3339),
            ("to", deletion.range.upperBound.rfc3339), ("selection", deletion.selection),
            ("author", deletion.author), ("reason", deletion.reason),
        ]
        let texts = fields.map { "\"\($0.0)\":\(quoted($0.1))" }.joined(separator: ",")
        return "{\(texts),\"series\":\(seriesCount)}\n"
    }

    /// A JSON string.
    ///
    /// - Source: RFC 8259, section 7.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
