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

    /// By identifier.
    private(set) var relations: [String: Relation] = [:]
    private let folder: String

    /// Relations whose targets lie in a folder, as `xl`.
    init(folder: String) {
        self.folder = folder
    }

    /// The first part of a kind.
    func target(of kind: String) -> String? {
        relations.sorted { $0.key < $1.key }.first { $0.value.kind == kind }?.value.target
    }

    mutating func begin(_ element: String, _ attributes: PartAttributes) {
        guard element == "Relationship", let id = attributes["Id"],
            let kind = attributes["Type"]?.split(separator: "/").last,
            let target = attributes["Target"], attributes["TargetMode"] != "External"
        else { return }
        relations[id] = Relation(kind: String(kind), target: resolved(target))
    }

    mutating func end(_ element: String, _ text: String) {}

    private func resolved(_ target: String) -> String {
        if target.hasPrefix("/") { return String(target.dropFirst()) }
        var parts = folder.split(separator: "/").map(String.init)
        for part in target.split(separator: "/") {
            if part == ".." {
                _ = parts.popLast()
            } else if part != "." {
                parts.append(String(part))
            }
        }
        return parts.joined(separator: "/")
    }
}
