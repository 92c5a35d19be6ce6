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

    /// Reads one YAML document.
    ///
    /// - Parameters:
    ///   - text: the document.
    ///   - file: how faults name it.
    /// - Throws: ``ConfigurationFault`` when it is not YAML, empty, too large, or has a key twice.
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
            node = try Yams.compose(yaml: text)
        } catch let error as YamlError {
            throw Self.fault(of: error, file: file)
        } catch {
            throw ConfigurationFault(file: file, message: "not a YAML document: \(error)")
        }
        guard let node else {
            throw ConfigurationFault(file: file, message: "the file is empty")
        }
        self.init(node, path: "", file: file)
    }

    private init(_ node: Node, path: String, file: String) {
        self.path = path
        self.file = file
        line = node.mark?.line ?? 0
        column = node.mark?.column ?? 0
        switch node {
        case .scalar(let scalar):
            let quoted = scalar.style == .singleQuoted || scalar.style == .doubleQuoted
            content = .scalar(scalar.string, isQuoted: quoted)
        case .sequence(let sequence):
            content = .sequence(
                sequence.enumerated().map {
                    ConfigurationNode($0.element, path: "\(path)[\($0.offset)]", file: file)
                }
            )
        case .mapping(let mapping):
            content = .mapping(
                Self.merged(mapping).map { key, value in
                    let name = key.string ?? "?"
                    let inner = path.isEmpty ? name : "\(path).\(name)"
                    return (
                        ConfigurationNode(key, path: inner, file: file),
                        ConfigurationNode(value, path: inner, file: file)
                    )
                }
            )
        case .alias:
            content = .scalar("", isQuoted: false)
        }
    }

    /// The pairs of a mapping with those that `<<` takes over from others; its own ones win.
    ///
    /// - Source: YAML, "Merge Key Language-Independent Type", 2005.
    private static func merged(_ mapping: Node.Mapping) -> [(Node, Node)] {
        let mark = Node("<<")
        guard let other = mapping[mark] else { return mapping.map { ($0.key, $0.value) } }
        var pairs = mapping.filter { $0.key != mark }.map { ($0.key, $0.value) }
        var known = Set(pairs.map(\.0))
        for source in other.sequence.map(Array.init) ?? [other] {
            for (key, value) in source.mapping.map(merged) ?? [] where known.insert(key).inserted {
                pairs.append((key, value))
            }
        }
        return pairs
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
