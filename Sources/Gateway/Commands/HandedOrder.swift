internal import Commands
internal import MQTT
internal import Synchronization
internal import Telemetry

/// An order whose messages the connection with the broker has, and what the broker said of each.
final class HandedOrder: Sendable {
    /// The order.
    let open: CommandBook.Open
    private let state = Mutex(State())

    private struct State {
        var taken = 0
        var ends: [MessageEnd] = []
    }

    init(_ open: CommandBook.Open) { self.open = open }

    /// Whether no message of it was taken.
    var isEmpty: Bool { state.withLock { $0.taken == 0 } }

    /// Whether it is known of all of its messages what became of them.
    var isSettled: Bool { state.withLock { $0.ends.count == $0.taken } }

    /// Notes that one more message was taken; to be called before it is.
    func take() { state.withLock { $0.taken += 1 } }

    /// Notes that a message was not taken after all.
    func untake() { state.withLock { $0.taken -= 1 } }

    /// Notes what became of a message.
    func end(_ end: MessageEnd) { state.withLock { $0.ends.append(end) } }

    /// How far the order came by what is known; nil where nothing can be said, as the device may
    /// have been reached on a connection that broke: then its own report counts alone.
    var outcome: CommandDesk.Outcome? {
        let ends = state.withLock { $0.ends }
        if ends.contains(.expired(mayHaveArrived: true)) { return nil }
        let rejections = ends.compactMap { end -> Int? in
            if case .rejected(let code) = end { code } else { nil }
        }
        let codes = Set(rejections).sorted().map { "\($0)" }.joined(separator: ", ")
        guard ends.contains(.acknowledged) else {
            let why =
                rejections.isEmpty ? CommandNote(.brokerAway) : CommandNote(.brokerRefused, codes)
            return CommandDesk.Outcome(open: open, state: .failed, detail: why)
        }
        let lost = ends.count { $0 != .acknowledged }
        let why = CommandNote(
            .brokerTookPart,
            "\(lost)",
            "\(ends.count)",
            codes.isEmpty ? "–" : codes
        )
        return CommandDesk.Outcome(open: open, state: .sent, detail: lost == 0 ? nil : why)
    }
}
