/// Names of the members that a family reads; the raw value is a place from 0 on.
protocol JSONMemberName: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The key as it stands in the text.
    var key: String { get }
    /// All keys, made once.
    static var keys: KeyTable { get }
}

extension KeyTable {
    /// Most keys that a family looks for together.
    static let maximumCount = 32

    /// Makes the table of a family's names.
    ///
    /// - Precondition: there are no more than ``maximumCount``, their raw values counted from 0.
    convenience init<Name: JSONMemberName>(_ names: Name.Type) {
        precondition(Name.allCases.count <= Self.maximumCount, "too many names of members")
        precondition(
            Name.allCases.map(\.rawValue) == Array(0..<Name.allCases.count),
            "names of members are not counted from 0"
        )
        self.init(Name.allCases.map { JSONKey($0.key) })
    }
}

/// The values of an object's members that a family reads, found in one pass over it.
///
/// Asking for each by its name would go over the object again and again.
struct JSONMembers<Name: JSONMemberName> {
    /// Nodes of values by places of names; 0, where no value of a member stands, for none.
    private var nodes = InlineArray<32, UInt32>(repeating: 0)

    /// Finds the members; a node that is no object has none.
    init(_ document: borrowing JSONDocument, _ object: Int) {
        let nodes = document.nodes.span
        guard nodes[object].kind == .object else { return }
        let text = document.bytes.span
        let keys = Name.keys
        var index = object + 1
        let end = Int(nodes[object].next)
        while index < end {
            if let place = keys.first(nodes[index].next, text, nodes[index].range) {
                self.nodes[place] = UInt32(truncatingIfNeeded: index + 1)
            }
            index = Int(nodes[index + 1].next)
        }
    }

    /// The node of a member's value, or nil.
    subscript(name: Name) -> Int? {
        let node = nodes[name.rawValue]
        return node == 0 ? nil : Int(node)
    }
}
