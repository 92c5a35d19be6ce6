/// The relations of a part to others: which part is meant by an identifier.
///
/// - Source: ISO/IEC 29500-2, section 9.3.
struct Relationships: PartContent {
    struct Relation {
        /// The last word of its kind, as `worksheet`.
        let kind: String
        /// Name of the part that is meant.
        let target: String
    }

    /// By the bytes of their identifiers.
    private var relations: [[UInt8]: Relation] = [:]
    private let folder: String

    /// Relations whose targets lie in a folder, as `xl`.
    init(folder: String) {
        self.folder = folder
    }

    /// The first part of a kind.
    func target(of kind: String) -> String? {
        relations.filter { $0.value.kind == kind }
            .min { $0.key.lexicographicallyPrecedes($1.key) }?.value.target
    }

    /// The relation of an identifier.
    func relation(_ id: String) -> Relation? { relations[Array(id.utf8)] }

    /// The folders and the file that a part's name is made of.
    static func names(of part: String) -> [String] {
        part.unicodeScalars.split(separator: "/").map { String($0) }
    }

    mutating func begin(_ element: String, _ attributes: PartAttributes) {
        guard element == "Relationship", let id = attributes["Id"],
            let kind = attributes.word("Type")?.split(separator: "/").last,
            let target = attributes["Target"], attributes.word("TargetMode") != "External"
        else { return }
        relations[Array(id.utf8)] = Relation(kind: String(kind), target: resolved(target))
    }

    mutating func end(_ element: String, _ text: String) {}

    private func resolved(_ target: String) -> String {
        if target.utf8.first == UInt8(ascii: "/") {
            return String(target.unicodeScalars.dropFirst())
        }
        var parts = Self.names(of: folder)
        for part in Self.names(of: target) {
            if part.utf8.elementsEqual("..".utf8) {
                _ = parts.popLast()
            } else if !part.utf8.elementsEqual(".".utf8) {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }
}
