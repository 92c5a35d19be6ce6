/// A member of a message that no field of the profile reads, as it stood there.
public struct UnreadMember: Hashable, Sendable, Codable {
    /// Where it stood: a path, a record's name, a channel in hexadecimal digits, or `byte 12`.
    public var name: String
    /// Its raw value: a string's text, other JSON as written, or hexadecimal digits; cut at
    /// ``DecodingLimits/unreadValueBytes``.
    public var value: String
}

/// Counting what is not read; names and values are made only where they are asked for.
extension MessageInterpreter {
    /// Counts a member, and lists it when there is room.
    func noteUnread(_ message: inout DecodedMessage, _ member: () -> (name: String, value: String))
    {
        message.unreadMemberCount += 1
        guard message.unreadMembers.count < unreadMemberLimit else { return }
        let (name, value) = member()
        message.unreadMembers.append(
            UnreadMember(name: name, value: UnreadMember.cut(value))
        )
    }

    /// Counts the values of a record that no field took, and lists them when asked to.
    func noteUnreadMembers(
        _ message: inout DecodedMessage,
        of record: Int,
        _ fields: [FieldLayout],
        _ usedCount: Int,
        _ document: JSONDocument
    ) {
        let count = max(0, document.leafCount(in: record) - usedCount)
        message.unreadMemberCount += count
        guard count > 0, unreadMemberLimit > 0 else { return }
        var used: Set<Int> = []
        for field in fields {
            guard case .json(let path) = field.source else { continue }
            for place in 0..<(field.countsChannels ? Self.maximumChannels : 1) {
                guard let node = path.resolve(in: document, from: record, place: place) else {
                    break
                }
                used.insert(node)
            }
        }
        document.forEachLeaf(in: record) { path, node in
            guard !used.contains(node), message.unreadMembers.count < unreadMemberLimit else {
                return
            }
            let text = String(decoding: document.bytes[document.nodes[node].range], as: UTF8.self)
            message.unreadMembers.append(
                UnreadMember(name: path, value: UnreadMember.cut(text))
            )
        }
    }
}

extension UnreadMember {
    /// A text that is no longer than the limit, whole characters only.
    fileprivate static func cut(_ text: String) -> String {
        guard text.utf8.count > DecodingLimits.unreadValueBytes else { return text }
        let end = text.utf8.index(text.startIndex, offsetBy: DecodingLimits.unreadValueBytes)
        return String(text[..<end]) + "…"
    }
}

extension SenMLRecord {
    /// Name and value as text.
    func described(_ document: JSONDocument) -> (name: String, value: String) {
        let text =
            switch value {
            case .number(let number): "\(number)"
            case .flag(let flag): "\(flag)"
            case .text(let node): document.string(node) ?? ""
            }
        return (name.flatMap { document.string($0) } ?? "", text)
    }
}

extension JSONDocument {
    /// Calls for each value that is no container and not null, with the path to it.
    fileprivate func forEachLeaf(in root: Int, _ body: (String, Int) -> Void) {
        forEachLeaf(root, path: "", body)
    }

    /// As deep as the document is nested, which ``DecodingLimits/depth`` bounds.
    private func forEachLeaf(_ node: Int, path: String, _ body: (String, Int) -> Void) {
        switch nodes[node].kind {
        case .object:
            var index = node + 1
            while index < Int(nodes[node].next) {
                let key = text(of: index)
                forEachLeaf(index + 1, path: path.isEmpty ? key : "\(path).\(key)", body)
                index = Int(nodes[index + 1].next)
            }
        case .array:
            var next = firstElement(of: node)
            var place = 0
            while let element = next {
                forEachLeaf(element, path: "\(path)[\(place)]", body)
                next = nextSibling(of: element, in: node)
                place += 1
            }
        case .string, .number, .yes, .no: body(path, node)
        case .key, .null: break
        }
    }
}
