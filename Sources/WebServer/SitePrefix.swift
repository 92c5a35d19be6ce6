/// The path below which the whole site stands, as `/langso`; nothing where it stands at the top.
///
/// Pages, their assets and both APIs are below it, and nothing is elsewhere. A reverse proxy hands
/// on paths as they came; one that takes the prefix away needs none here, as all links of the pages
/// are relative.
/// - Source: Prometheus, `--web.route-prefix`.
public struct SitePrefix: Hashable, Sendable {
    /// Slash and names, without a slash at its end; empty at the top.
    public let path: String

    /// The top of the server.
    public static let none = SitePrefix()

    /// Longest prefix in bytes; one of a reverse proxy has some ten.
    public static let maximumBytes = 200

    /// Why a text is no prefix.
    public struct Fault: Error, CustomStringConvertible {
        /// What is wrong, and what would be right.
        public let description: String
    }

    private init() { path = "" }

    /// Reads a prefix.
    ///
    /// - Parameter text: Names of letters, digits and `-._~`, each behind a slash; `/` alone and
    ///   the empty text stand for the top.
    /// - Throws: ``Fault`` that says what is wrong.
    public init(_ text: String) throws(Fault) {
        guard !text.isEmpty, text != "/" else {
            path = ""
            return
        }
        func fault(_ reason: String) -> Fault {
            Fault(description: "'\(text)' \(reason); a prefix is a path such as /langso")
        }
        guard text.utf8.count <= Self.maximumBytes else {
            throw fault("is longer than \(Self.maximumBytes) bytes")
        }
        guard text.hasPrefix("/") else { throw fault("does not begin with a slash") }
        guard !text.hasSuffix("/") else { throw fault("ends with a slash") }
        for name in text.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard !name.isEmpty else { throw fault("has two slashes in a row") }
            guard name != ".", name != ".." else { throw fault("has '\(name)' as a name") }
            guard name.allSatisfy(Self.isPlain) else {
                throw fault("has other signs than letters, digits and -._~ in '\(name)'")
            }
        }
        path = text
    }

    /// Whether a character stands for itself in a path, wherever it is.
    ///
    /// - Source: RFC 3986, section 2.3.
    private static func isPlain(_ character: Character) -> Bool {
        character.isASCII
            && (character.isLetter || character.isNumber || "-._~".contains(character))
    }

    /// What follows the prefix in a path that was asked for, `/` where nothing does; the path
    /// itself outside of it.
    func rest(of asked: String) -> String {
        guard asked.hasPrefix(path) else { return asked }
        let rest = asked.dropFirst(path.count)
        if rest.isEmpty { return "/" }
        return rest.hasPrefix("/") ? String(rest) : asked
    }
}
