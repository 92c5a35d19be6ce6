/// Messages that were sent and not yet answered, in the order of sending.
///
/// Brokers answer in that order, so that the first is nearly always the one that is looked for.
struct SentMessages {
    private struct Entry {
        let identifier: Int32
        var message: OutgoingMessage?
    }

    private var entries: [Entry] = []
    private var first = 0

    /// Messages between the oldest unanswered and the newest, answered ones between included.
    var span: Int { entries.count - first }

    mutating func append(_ message: OutgoingMessage, identifier: Int32) {
        entries.append(Entry(identifier: identifier, message: message))
    }

    /// Forgets a message and returns it; nil for one that waits for no answer.
    mutating func remove(_ identifier: Int32) -> OutgoingMessage? {
        var index = first
        while index < entries.count, entries[index].identifier != identifier { index += 1 }
        guard index < entries.count, let message = entries[index].message else { return nil }
        entries[index].message = nil
        while first < entries.count, entries[first].message == nil { first += 1 }
        // The front is cut off in large pieces: each entry is moved once or so.
        if first >= 1_024, first * 2 >= entries.count {
            entries.removeFirst(first)
            first = 0
        }
        return message
    }

    /// Everything unanswered, in order, marked as sent; nothing is left.
    mutating func takeAll() -> [OutgoingMessage] {
        defer {
            entries.removeAll(keepingCapacity: true)
            first = 0
        }
        return entries[first...].compactMap { entry in
            var message = entry.message
            message?.wasSent = true
            return message
        }
    }
}
