/// A topic with places for fields of a record, as `water/{zone}/data`.
struct TopicTemplate: Sendable {
    enum Piece: Hashable, Sendable {
        case text(String)
        case field(FieldReference)
    }

    let pieces: [Piece]

    /// The fields that are put in.
    var references: [FieldReference] {
        pieces.compactMap { piece in
            if case .field(let reference) = piece { reference } else { nil }
        }
    }

    /// The topic of a record.
    func topic(of record: Record) throws(RecordProblem) -> String {
        var topic = ""
        for piece in pieces {
            switch piece {
            case .text(let text): topic += text
            case .field(let reference):
                let text = try record.text(of: reference).withoutBlanks
                guard !text.isEmpty else {
                    throw RecordProblem(
                        field: reference.description,
                        message: "the topic needs it, and it is empty"
                    )
                }
                topic += text
            }
        }
        if let problem = Self.problem(of: topic) {
            throw RecordProblem(field: "topic", message: problem)
        }
        return topic
    }

    /// Why nothing can be published under a topic; nil when it can.
    ///
    /// - Source: MQTT 5.0, sections 4.7.1 to 4.7.3.
    static func problem(of topic: String) -> String? {
        if topic.isEmpty { return "a topic must not be empty" }
        if topic.utf8.count > ReplayLimits.topicBytes {
            return "a topic of \(topic.utf8.count) bytes, the limit is \(ReplayLimits.topicBytes)"
        }
        if topic.hasPrefix("$") {
            return "cannot publish under '\(topic)': topics that begin with $ are the broker's own"
        }
        return wildcardProblem(of: topic)
    }

    /// Why a piece of a topic cannot stand there; nil when it can.
    static func wildcardProblem(of text: String) -> String? {
        guard text.unicodeScalars.contains(where: { $0 == "+" || $0 == "#" || $0 == "\0" }) else {
            return nil
        }
        return "cannot publish under '\(text)': + and # are wildcards of filters, zeros are banned"
    }
}
