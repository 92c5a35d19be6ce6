/// Names of the members that a family reads; the raw value is a place from 0 on.
protocol JSONMemberName: RawRepresentable<Int>, CaseIterable, Sendable {
    /// The key as it stands in the text.
    var key: String { get }
    /// All keys, made once.
    static var keys: JSONKeyTable { get }
}

/// Keys that are looked for together.
///
/// A class, so that it is handed on without counting its arrays.
final class JSONKeyTable: Sendable {
    /// Most keys of a table.
    static let maximumCount = 32

    /// All keys one after another, so that looking at one counts no references.
    private let letters: [UInt8]
    /// Where each key begins, and the last one ends.
    private let limits: [Int]
    private let places: SignatureTable

    /// Makes the table of a family's names.
    ///
    /// - Precondition: there are no more than ``maximumCount``, their raw values counted from 0.
    init<Name: JSONMemberName>(_ names: Name.Type) {
        precondition(Name.allCases.count <= Self.maximumCount, "too many names of members")
        precondition(
            Name.allCases.map(\.rawValue) == Array(0..<Name.allCases.count),
            "names of members are not counted from 0"
        )
        let keys = Name.allCases.map { JSONKey($0.key) }
        letters = keys.flatMap(\.bytes)
        limits = keys.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.bytes.count) }
        places = SignatureTable(keys.map(\.signature))
    }

    /// The place of the key that a key node of a text has; nil for one that is not asked for.
    fileprivate func place(_ text: Span<UInt8>, _ node: JSONNode) -> Int? {
        let letters = letters
        var next = places.first(of: node.next)
        while let place = next {
            let start = limits[place]
            let count = limits[place + 1] - start
            if node.range.count == count,
                JSONKey.isSame(text, Int(node.start), letters.span, start, count: count)
            {
                return place
            }
            next = places.next(after: place)
        }
        return nil
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
            if let place = keys.place(text, nodes[index]) {
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
