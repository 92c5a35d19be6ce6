/// An MQTT topic filter: levels divided by `/`, `+` for one level of any name, `#` for the rest.
///
/// - Source: MQTT 5.0 sections 4.7 and 4.8.2.
public struct TopicFilter: Hashable, Sendable, CustomStringConvertible {
    /// The filter as it was written, a `$share/group/` in front included.
    public let description: String
    /// The names of its levels one after another, wildcards left out.
    private let names: [UInt8]
    private let levels: [Level]
    /// Whether the filter has `+` or `#`.
    public let hasWildcards: Bool

    /// A level; the name is a range of ``names``, so that going through levels counts no
    /// references.
    private enum Level: Hashable, Sendable {
        case name(start: Int, end: Int)
        case one
        case rest
    }

    /// Reads a filter; nil when it is empty, too long, or has a wildcard where none may stand.
    public init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= DecodingLimits.topicBytes,
            !text.utf8.contains(0)
        else { return nil }
        var parts = text.split(separator: "/", omittingEmptySubsequences: false)
        if parts[0] == "$share" {
            guard parts.count >= 3, !parts[1].isEmpty, !parts[1].contains("+"),
                !parts[1].contains("#")
            else { return nil }
            parts.removeFirst(2)
            if parts.count == 1, parts[0].isEmpty { return nil }
        }
        var names: [UInt8] = []
        var levels: [Level] = []
        for (index, part) in parts.enumerated() {
            switch part {
            case "+": levels.append(.one)
            case "#":
                guard index == parts.count - 1 else { return nil }
                levels.append(.rest)
            default:
                guard !part.contains("+"), !part.contains("#") else { return nil }
                levels.append(.name(start: names.count, end: names.count + part.utf8.count))
                names.append(contentsOf: part.utf8)
            }
        }
        self.names = names
        self.levels = levels
        description = text
        hasWildcards = levels.contains { $0 == .one || $0 == .rest }
    }

    /// Whether a topic matches; a filter that starts with a wildcard does not match `$…` topics.
    public func matches(_ topic: String) -> Bool {
        matches(Array(topic.utf8))
    }

    /// Whether a topic matches; no allocation.
    func matches(_ topic: [UInt8]) -> Bool {
        let topic = topic.span
        let names = names.span
        let levels = levels.span
        var position = 0
        if !topic.isEmpty, topic[0] == UInt8(ascii: "$") {
            guard case .name = levels[0] else { return false }
        }
        for index in levels.indices {
            let level = levels[index]
            if case .rest = level { return true }
            guard position <= topic.count else { return false }
            var end = position
            if case .name(let first, let last) = level {
                end = position + last - first
                guard end <= topic.count, end == topic.count || topic[end] == UInt8(ascii: "/"),
                    JSONKey.isSame(names, first, topic, position, count: last - first)
                else { return false }
            } else {
                end = TopicLevels.end(of: topic, from: position)
            }
            position = end + 1
            // `sport/#` matches `sport` too: the parent level.
            if position > topic.count, index == levels.count - 2, levels[index + 1] == .rest {
                return true
            }
        }
        return position > topic.count
    }

    /// Appends what the wildcards matched, divided by `/`, to an address.
    ///
    /// - Precondition: the topic matches.
    func appendWildcards(of topic: [UInt8], to address: inout [UInt8]) {
        var position = 0
        for level in levels where position <= topic.count {
            let end = TopicLevels.end(of: topic.span, from: position)
            switch level {
            case .name: break
            case .one:
                if !address.isEmpty { address.append(UInt8(ascii: "/")) }
                address.append(contentsOf: topic[position..<end])
            case .rest:
                if !address.isEmpty { address.append(UInt8(ascii: "/")) }
                address.append(contentsOf: topic[position...])
            }
            position = end + 1
        }
    }

    /// How many levels stand before the first wildcard; of a filter without one, all but the last.
    public var literalLevelCount: Int {
        levels.firstIndex { $0 == .one || $0 == .rest } ?? levels.count - 1
    }
}
