public import Decoding
public import Telemetry

/// All commands with how far each has come.
///
/// A value that changes by ``apply(_:)`` alone: what should change is worked out first, goes to the
/// log, and counts when it is on the disk. So the log read again gives the same book.
public struct CommandBook: Sendable {
    /// The newest commands, and older ones that are not done, the oldest first.
    public private(set) var commands: [Command] = []
    /// How many devices' commands ended how, since the book was opened, by what was asked.
    public private(set) var results: [Result: UInt64] = [:]
    private var lastID = 0

    /// A way in which a command to one device ends.
    public struct Result: Hashable, Sendable {
        /// What was asked.
        public let kind: ProfileCommands.Kind
        /// How it ended.
        public let state: CommandState

        /// Creates a result.
        public init(kind: ProfileCommands.Kind, state: CommandState) {
            self.kind = kind
            self.state = state
        }
    }

    /// An order with the number of its command.
    public struct Open: Hashable, Sendable {
        /// Number of the command.
        public let command: Int
        /// The order.
        public let order: CommandOrder
    }

    /// Creates an empty book.
    public init() {}

    /// Number of the next command.
    public var nextID: Int { lastID + 1 }

    /// The orders that are not done.
    public var open: [Open] {
        commands.flatMap { command in
            command.orders.filter { !$0.state.isFinal }.map {
                Open(command: command.id, order: $0)
            }
        }
    }

    /// Addresses of the devices that are waited for.
    public var watchedAddresses: Set<String> {
        Set(open.filter { $0.order.state.isUnderWay }.map(\.order.address))
    }

    /// The command of a number.
    public subscript(id: Int) -> Command? { commands.last { $0.id == id } }

    // MARK: Changing

    /// Takes an entry that is in the log.
    public mutating func apply(_ entry: CommandEntry) {
        switch entry {
        case .accepted(let command):
            commands.append(command)
            lastID = max(lastID, command.id)
            forgetOldest()
        case .changed(let change): apply(change)
        }
    }

    private mutating func apply(_ change: CommandChange) {
        guard let place = commands.lastIndex(where: { $0.id == change.command }),
            let index = commands[place].orders.firstIndex(where: { $0.device == change.device }),
            !commands[place].orders[index].state.isFinal
        else { return }
        commands[place].orders[index].state = change.state
        commands[place].orders[index].changedAt = change.at
        commands[place].orders[index].detail = change.detail
        if change.state == .sending { commands[place].orders[index].sendingAt = change.at }
        guard change.state.isFinal else { return }
        let result = Result(kind: commands[place].action.kind, state: change.state)
        results[result, default: 0] += 1
    }

    /// Begins to count results anew, as a gateway does that was started.
    public mutating func resetResults() { results = [:] }

    private mutating func forgetOldest() {
        while commands.count > CommandLimits.rememberedCommands {
            guard let place = commands.firstIndex(where: { !$0.isOpen }) else { return }
            commands.remove(at: place)
        }
    }

    // MARK: Accepting

    /// What accepting a command comes to: the command itself, and the end of earlier ones to the
    /// same devices that it takes the place of.
    ///
    /// - Parameters:
    ///   - command: has ``nextID``.
    ///   - limits: what an operator set.
    /// - Throws: ``CommandRefusal`` above a limit.
    /// - Returns: the entries, which are not made yet.
    public func acceptance(
        of command: Command,
        _ limits: CommandLimits
    ) throws(CommandRefusal) -> [CommandEntry] {
        let now = command.acceptedAt
        guard command.orders.count <= limits.devices else {
            throw CommandRefusal(
                "\(command.orders.count) devices are more than the \(limits.devices) of "
                    + "commands.maximum_devices; choose fewer"
            )
        }
        let recent = commands.count { now >= $0.acceptedAt && now - $0.acceptedAt < .minutes(1) }
        guard recent < limits.commandsPerMinute else {
            throw CommandRefusal(
                "\(recent) commands were accepted within a minute, as many as "
                    + "commands.per_minute allows; wait a little"
            )
        }
        let open = open
        guard open.count + command.orders.count <= CommandLimits.openOrders else {
            throw CommandRefusal(
                "\(open.count) devices are still waited for; wait until some of them have answered"
            )
        }
        let radio = (open.map(\.order).filter { $0.state == .accepted } + command.orders)
            .count { $0.isRadio }
        let span = Milliseconds(limits.radioSpacing.count * Int64(max(0, radio - 1)))
        guard span <= CommandLimits.sendsWithin else {
            throw CommandRefusal(
                "\(radio) LoRaWAN downlinks, \(limits.radioSpacing.seconds) s apart, would take "
                    + "\(span.seconds) s, longer than the \(CommandLimits.sendsWithin.seconds) s "
                    + "that a command may wait; choose fewer devices"
            )
        }
        return replaced(open, by: command) + [.accepted(command)]
    }

    private func replaced(_ open: [Open], by command: Command) -> [CommandEntry] {
        guard command.action.changesLight else { return [] }
        let devices = Set(command.orders.map(\.device))
        return open.compactMap { open in
            guard devices.contains(open.order.device),
                self[open.command]?.action.changesLight == true
            else { return nil }
            return .changed(
                CommandChange(
                    command: open.command,
                    device: open.order.device,
                    state: open.order.state == .accepted ? .failed : .unconfirmed,
                    at: command.acceptedAt,
                    detail: "command \(command.id) took its place"
                )
            )
        }
    }

    // MARK: Sending

    /// The orders that can be sent now: all but those by LoRaWAN, and of these one, when the
    /// one before it is long enough ago.
    public func due(at now: Instant, _ limits: CommandLimits) -> [Open] {
        let waiting = open.filter { $0.order.state == .accepted && !isLate($0, at: now) }
        let last = commands.flatMap(\.orders).filter(\.isRadio).compactMap(\.sendingAt).max()
        // A clock that has gone back makes nobody wait for what lies ahead of it.
        let isQuiet = last.map { now < $0 || now - $0 >= limits.radioSpacing } ?? true
        let radio = isQuiet ? waiting.first { $0.order.isRadio } : nil
        return waiting.filter { !$0.order.isRadio } + (radio.map { [$0] } ?? [])
    }

    private func isLate(_ open: Open, at now: Instant) -> Bool {
        now - open.order.changedAt > CommandLimits.sendsWithin
    }

    /// A change of one order.
    public static func change(
        _ open: Open,
        to state: CommandState,
        at now: Instant,
        detail: String? = nil
    ) -> CommandEntry {
        .changed(
            CommandChange(
                command: open.command,
                device: open.order.device,
                state: state,
                at: now,
                detail: detail
            )
        )
    }

    /// The end of those whose time is over.
    public func expired(at now: Instant) -> [CommandEntry] {
        open.compactMap { open in
            let order = open.order
            guard let deadline = order.deadline else {
                guard isLate(open, at: now) else { return nil }
                let span = CommandLimits.sendsWithin.seconds
                return Self.change(
                    open,
                    to: .failed,
                    at: now,
                    detail: "it could not be sent within \(span) s: the broker was away, or the "
                        + "gateway"
                )
            }
            guard now > deadline else { return nil }
            guard order.state != .notAcknowledged else {
                return Self.change(open, to: .failed, at: now, detail: order.detail)
            }
            return Self.change(
                open,
                to: .unconfirmed,
                at: now,
                detail: "the device reported nothing within "
                    + "\(Milliseconds(order.deadlineMilliseconds).seconds) s that shows it"
            )
        }
    }
}
