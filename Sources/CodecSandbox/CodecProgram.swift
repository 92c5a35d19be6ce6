internal import Glibc

/// Where the program `langso-codec` lies.
public enum CodecProgram {
    /// Name of the program.
    public static let name = "langso-codec"
    /// Variable of the environment that names it.
    public static let variable = "LANGSO_CODEC"

    /// Finds the program: the one that is named, the one of the environment, or the one beside the
    /// running program.
    ///
    /// - Parameter named: a path that goes before all others; nil for none.
    /// - Returns: a path that can be executed.
    /// - Throws: ``CodecError/noProgram(searched:)``.
    public static func find(_ named: String? = nil) throws(CodecError) -> String {
        let own = named ?? getenv(variable).map { String(cString: $0) }
        let candidates = own.map { [$0] } ?? ownFolder.map { ["\($0)/\(name)"] } ?? []
        for path in candidates where access(path, X_OK) == 0 { return path }
        throw .noProgram(searched: candidates)
    }

    private static var ownFolder: String? {
        var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &bytes, bytes.count)
        guard count > 0 else { return nil }
        let path = String(decoding: bytes[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
        return path.lastIndex(of: "/").map { String(path[..<$0]) }
    }
}
