internal import Foundation

/// What the kernel tells of a process in `/proc`, at the moment that each is asked for.
package struct ProcessFigures {
    private let folder: String

    /// This process, or another one that runs.
    package init(_ process: Int32? = nil) {
        folder = "/proc/\(process.map { "\($0)" } ?? "self")"
    }

    /// Resident bytes now.
    package var residentBytes: Int { kibibytes("VmRSS") << 10 }
    /// Most resident bytes so far.
    package var peakBytes: Int { kibibytes("VmHWM") << 10 }
    /// Resident bytes that no file backs.
    package var anonymousBytes: Int { kibibytes("RssAnon") << 10 }
    /// Bytes handed to the kernel in writes so far.
    package var writtenBytes: Int { number("io", "wchar") }
    /// Bytes that went to, or wait to go to, a disk: whole pages.
    package var diskBytes: Int { number("io", "write_bytes") }

    /// Seconds on the processors so far, of the program and of the kernel for it.
    package var cpuSeconds: Double {
        // The name in parentheses may hold blanks: fields are counted from behind it.
        let fields = text("stat").split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { return 0 }
        return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    }

    private func kibibytes(_ name: String) -> Int { number("status", name) }

    private func number(_ file: String, _ name: String) -> Int {
        let line = text(file).split(separator: "\n").first { $0.hasPrefix(name + ":") }
        let words = line?.split(whereSeparator: \.isWhitespace) ?? []
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }

    private func text(_ name: String) -> String {
        (try? String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)) ?? ""
    }
}
