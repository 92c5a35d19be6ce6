internal import Yams

/// A node of a YAML document that knows its place, for reading files that operators write.
///
/// Reading collects faults in a ``FaultCollector`` and goes on, so that one run shows them all.
public struct ConfigurationNode: Sendable {
    /// What the node holds.
    public enum Content: Sendable {
        /// A number, a flag, a text or nothing, as it was written.
        case scalar(String, isQuoted: Bool)
        /// A list in its order.
        case sequence([ConfigurationNode])
        /// Keys and values in the order of the file.
        case mapping([(key: ConfigurationNode, value: ConfigurationNode)])
    }

    /// What the node holds.
    public let content: Content
    /// Path from the document's root, as `groups[0].rules[3].expr`; empty at the root.
    public let path: String
    /// File as it was named by the caller.
    public let file: String
    /// Line, from 1.
    public let line: Int
    /// Column, from 1.
    public let column: Int

    /// Largest document that is read: 16 MiB.
    public static let maximumSizeBytes = 16 << 20
    /// Most nodes of a document; what an alias repeats counts each time, so that a short file
    /// cannot stand for one that fills the memory.
    public static let maximumNodeCount = 200_000
    /// Deepest nesting of lists and mappings.
    public static let maximumDepth = 64
    /// Longest key that stands in ``path``; longer ones are written `?` there.
    public static let maximumNameBytes = 256

    /// Reads one YAML document.
    ///
    /// - Parameters:
    ///   - text: the document.
    ///   - file: how faults name it.
    /// - Throws: ``ConfigurationFault`` when it is not YAML, empty, too large or too deep, or has a
    ///   key twice.
    public init(parsing text: String, file: String) throws(ConfigurationFault) {
        guard text.utf8.count <= Self.maximumSizeBytes else {
            throw ConfigurationFault(
                file: file,
                message:
                    "the file has \(text.utf8.count) bytes, the limit is \(Self.maximumSizeBytes)"
            )
        }
        let node: Node?
        do {
            // What a plain scalar stands for is decided where it is read: no tags are guessed here.
            node = try Yams.compose(yaml: text, .basic)
        } catch let error as YamlError {
            throw Self.fault(of: error, file: file)
        } catch {
            throw ConfigurationFault(file: file, message: "not a YAML document: \(error)")
        }
        guard let node else {
            throw ConfigurationFault(file: file, message: "the file is empty")
        }
        var room = Room(file: file)
        try self.init(node, path: "", &room)
    }

    /// What a document may still hold while it is read.
    private struct Room {
        let file: String
        var nodeCount = ConfigurationNode.maximumNodeCount
        var depth = ConfigurationNode.maximumDepth

        /// Takes the room of a node.
        mutating func take(_ node: Node) throws(ConfigurationFault) {
            nodeCount -= 1
            let limit = ConfigurationNode.self
            if nodeCount < 0 {
                throw fault(node, "more than \(limit.maximumNodeCount) values, aliases counted")
            }
            if depth < 0 {
                throw fault(node, "lists and mappings nested deeper than \(limit.maximumDepth)")
            }
        }

        private func fault(_ node: Node, _ what: String) -> ConfigurationFault {
            ConfigurationFault(
                file: file,
                line: node.mark?.line ?? 0,
                column: node.mark?.column ?? 0,
                message: "the document has \(what): divide it"
            )
        }
    }

    private init(_ node: Node, path: String, _ room: inout Room) throws(ConfigurationFault) {
        try room.take(node)
        self.path = path
        file = room.file
        line = node.mark?.line ?? 0
        column = node.mark?.column ?? 0
        room.depth -= 1
        defer { room.depth += 1 }
        switch node {
        case .scalar(let scalar):
            let quoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            content = .scalar(scalar.string, isQuoted: quoted)
        case .sequence(let sequence):
            var elements: [ConfigurationNode] = []
            for (place, element) in sequence.enumerated() {
                elements.append(try ConfigurationNode(element, path: "\(path)[\(place)]", &room))
            }
            content = .sequence(elements)
        case .mapping(let mapping):
            var pairs: [(key: ConfigurationNode, value: ConfigurationNode)] = []
            for (key, value) in try Self.merged(mapping, &room) {
                // Each node below would repeat a key of any length.
                let isName = key.string.map { $0.utf8.count <= Self.maximumNameBytes } ?? false
                let name = isName ? key.string ?? "?" : "?"
                let inner = path.isEmpty ? name : "\(path).\(name)"
                pairs.append(
                    (
                        try ConfigurationNode(key, path: inner, &room),
                        try ConfigurationNode(value, path: inner, &room)
                    )
                )
            }
            content = .mapping(pairs)
        case .alias:
            content = .scalar("", isQuoted: false)
        }
    }

    /// The pairs of a mapping with those that `<<` takes over from others; its own ones win.
    ///
    /// - Source: YAML, "Merge Key Language-Independent Type", 2005.
    private static func merged(_ mapping: Node.Mapping, _ room: inout Room)
        throws(ConfigurationFault) -> [(Node, Node)]
    {
        guard let other = mapping.first(where: { isMergeKey($0.key) })?.value else {
            return mapping.map { ($0.key, $0.value) }
        }
        room.depth -= 1
        defer { room.depth += 1 }
        var pairs = mapping.filter { !isMergeKey($0.key) }.map { ($0.key, $0.value) }
        var known = Set(pairs.map(\.0))
        for source in other.sequence.map(Array.init) ?? [other] {
            try room.take(source)
            guard let mapping = source.mapping else { continue }
            for (key, value) in try merged(mapping, &room) where known.insert(key).inserted {
                pairs.append((key, value))
            }
        }
        return pairs
    }

    private static func isMergeKey(_ key: Node) -> Bool {
        guard case .scalar(let scalar) = key else { return false }
        return scalar.style == .plain && scalar.string == "<<"
    }

    private static func fault(of error: YamlError, file: String) -> ConfigurationFault {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationFault(
                file: file,
                line: mark.line,
                column: mark.column,
                message: "not a YAML document: \(problem)"
            )
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationFault(
                file: file,
                line: context.mark.line,
                column: context.mark.column,
                message: "a key stands twice: "
                    + duplicates.map { "\($0)" }.joined(separator: ", ")
            )
        default:
            ConfigurationFault(file: file, message: "not a YAML document: \(error)")
        }
    }

    /// A fault at this node.
    public func fault(_ message: String) -> ConfigurationFault {
        ConfigurationFault(file: file, line: line, column: column, field: path, message: message)
    }
}
