/// What a Sparkplug topic says: `spBv1.0/{group}/{type}/{node}[/{device}]`, or
/// `spBv1.0/STATE/{host}`.
///
/// Levels before that are where a bridge put the messages of another broker: what stands behind
/// them are other nodes than those of the same names without.
///
/// - Source: Sparkplug 3.0.0, chapter 4 (tck-id-topic-structure).
struct SparkplugTopic {
    enum Kind {
        case nodeBirth, nodeDeath, nodeData, deviceBirth, deviceDeath, deviceData
        /// NCMD and DCMD: said to a node, not by one.
        case command
        /// Whether a host application is there.
        case hostState
    }

    let kind: Kind
    /// Group and edge node with `/` between, behind the levels before the namespace; the host's
    /// identifier for its state.
    let node: String
    /// The device; empty for the node itself.
    let device: String

    /// Reads a topic.
    ///
    /// - Throws: ``DecodingError/badValue(field:problem:)`` when it is not of the form.
    init(_ topic: [UInt8]) throws(DecodingError) {
        let levels = TopicLevels(topic)
        func text(_ place: Int) -> String {
            levels.range(place).map { String(decoding: topic[$0], as: UTF8.self) } ?? ""
        }
        guard let start = (0..<levels.count).first(where: { levels.level($0, is: "spBv1.0") })
        else { throw Self.fault("it has no level spBv1.0") }
        let count = levels.count - start
        if count == 3, levels.level(start + 1, is: "STATE") {
            kind = .hostState
            node = text(start + 2)
            device = ""
            guard !node.isEmpty else { throw Self.fault("it names no host") }
            return
        }
        guard let (kind, hasDevice) = Self.kinds[text(start + 2)] else {
            throw Self.fault("its third level is no type of message")
        }
        guard count == (hasDevice ? 5 : 4) else {
            throw Self.fault("expected spBv1.0/group/type/node, with a device for its own types")
        }
        let prefix = levels.range(start).map { topic[..<$0.lowerBound] } ?? []
        let (group, name) = (text(start + 1), text(start + 3))
        device = hasDevice ? text(start + 4) : ""
        guard !group.isEmpty, !name.isEmpty, hasDevice != device.isEmpty else {
            throw Self.fault("group, node and device must have names")
        }
        guard [group, name, device].allSatisfy({ $0.utf8.count <= DecodingLimits.nameBytes }),
            prefix.count <= DecodingLimits.nameBytes
        else { throw Self.fault("a name in it is longer than \(DecodingLimits.nameBytes) bytes") }
        self.kind = kind
        node = String(decoding: prefix, as: UTF8.self) + group + "/" + name
    }

    /// The topic on which a node hears commands.
    ///
    /// - Parameter node: as ``node`` has it.
    /// - Returns: the topic, for the node itself.
    static func commandTopic(of node: String) -> String {
        // Neither group nor node has a stroke.
        let parts = node.split(separator: "/", omittingEmptySubsequences: false)
        let prefix = parts.dropLast(2).map { $0 + "/" }.joined()
        return prefix + namespace + "/" + parts.suffix(2).joined(separator: "/NCMD/")
    }

    /// The device as the registry names it: `{group}/{node}` or `{group}/{node}/{device}`, behind
    /// the levels before the namespace where there are any.
    var address: String { device.isEmpty ? node : node + "/" + device }

    private static let namespace = "spBv1.0"
    private static let kinds: [String: (Kind, hasDevice: Bool)] = [
        "NBIRTH": (.nodeBirth, false), "NDEATH": (.nodeDeath, false),
        "NDATA": (.nodeData, false), "NCMD": (.command, false),
        "DBIRTH": (.deviceBirth, true), "DDEATH": (.deviceDeath, true),
        "DDATA": (.deviceData, true), "DCMD": (.command, true),
    ]

    private static func fault(_ problem: String) -> DecodingError {
        .badValue(field: "topic", problem: problem)
    }
}
