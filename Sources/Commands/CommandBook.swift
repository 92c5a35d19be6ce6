public import Decoding
public import Telemetry

/// All commands with how far each has come.
///
/// A value that changes by ``apply(_:)`` alone: what should change is worked out first, goes to the
/// log, and counts when it is on the disk. So the log read again gives the same book.
public struct CommandBook: Sendable {
    /// The newest commands, and older ones that are not done, the oldest first.
    public private(set) var commands: [Command] = []
    /// The newest commands that were refused, the oldest first.
    public private(set) var attempts: [CommandAttempt] = []
    /// How many devices' commands ended how, since the book was opened, by what was asked.
    public private(set) var results: [Result: UInt64] = [:]
    private var lastID = 0
    private var index = OpenOrders()
    /// When the last LoRaWAN downlink was given away.
    private var lastRadioAt: Instant?

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
        /// When that was accepted.
        public let acceptedAt: Instant
        /// The order.
        public let order: CommandOrder

        /// How long a message of it that is sent now may be on its way, at least a second: a lamp
        /// that is switched much later than somebody wished is worse than one that is not.
        public func lifetime(at now: Instant) -> Milliseconds {
            let left = acceptedAt + CommandLimits.sendsWithin - now
            return max(.seconds(1), min(left, Milliseconds(order.deadlineMilliseconds)))
        }
    }

    /// Creates an empty book.
    public init() {}

    /// Number of the next command.
    public var nextID: Int { lastID + 1 }

    /// The orders that are not done, in the order in which they were accepted.
    public var open: [Open] { open(index.all) }

    /// How many orders are not done.
    public var openCount: Int { index.count }

    /// Addresses of the devices that are waited for.
    public var watchedAddresses: Set<String> { index.addresses }

    /// The orders that may have reached the device of an address.
    func underWay(to address: String) -> [Open] { open(index.underWay(to: address)) }

    /// The order that a network server names by its token, where it may have been reached.
    func underWay(with token: String) -> Open? {
        index.underWay(with: token).flatMap { open([$0]).first }
    }

    private func open(_ places: [OpenOrders.Place]) -> [Open] {
        places.compactMap { place in
            self[place.command].map { command in
                Open(
                    command: command.id,
                    acceptedAt: command.acceptedAt,
                    order: command.orders[place.index]
                )
            }
        }
    }

    /// The command of a number.
    public subscript(id: Int) -> Command? { position(of: id).map { commands[$0] } }

    /// Where a command stands: their numbers only rise.
    private func position(of id: Int) -> Int? {
        var (low, high) = (0, commands.count)
        while low < high {
            let middle = (low + high) / 2
            if commands[middle].id < id { low = middle + 1 } else { high = middle }
        }
        return low < commands.count && commands[low].id == id ? low : nil
    }

    // MARK: Changing

    /// Takes an entry that is in the log.
    public mutating func apply(_ entry: CommandEntry) {
        switch entry {
        case .accepted(let command):
            // Numbers only rise; one that was given is not given again.
            guard command.id > lastID else { return }
            commands.append(command)
            lastID = command.id
            for (number, order) in command.orders.enumerated() {
                index.insert(order, at: .init(command: command.id, index: number))
            }
            forgetOldest()
        case .changed(let change): apply(change)
        case .refused(let attempt):
            attempts.append(attempt)
            if attempts.count > CommandLimits.rememberedAttempts { attempts.removeFirst() }
        }
    }

    private mutating func apply(_ change: CommandChange) {
        guard let position = position(of: change.command),
            let number = commands[position].orders.firstIndex(where: {
                $0.device == change.device
            }),
            !commands[position].orders[number].state.isFinal
        else { return }
        let place = OpenOrders.Place(command: change.command, index: number)
        var order = commands[position].orders[number]
        index.remove(order, at: place)
        order.state = change.state
        order.changedAt = change.at
        order.detail = change.detail
        if change.state == .sending {
            order.sendingAt = change.at
            if order.isRadio { lastRadioAt = change.at }
        }
        index.insert(order, at: place)
        commands[position].orders[number] = order
        guard change.state.isFinal else { return }
        let result = Result(kind: commands[position].action.kind, state: change.state)
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
                CommandNote(.manyDevices, "\(command.orders.count)", "\(limits.devices)")
            )
        }
        let recent = commands.count { now >= $0.acceptedAt && now - $0.acceptedAt < .minutes(1) }
        guard recent < limits.commandsPerMinute else {
            throw CommandRefusal(CommandNote(.tooFast, "\(recent)"))
        }
        guard openCount + command.orders.count <= CommandLimits.openOrders else {
            throw CommandRefusal(CommandNote(.manyOpen, "\(openCount)"))
        }
        let radio = (open(index.waiting).map(\.order) + command.orders).count { $0.isRadio }
        let span = Milliseconds(limits.radioSpacing.count * Int64(max(0, radio - 1)))
        guard span <= CommandLimits.sendsWithin else {
            let seconds = [limits.radioSpacing, span, CommandLimits.sendsWithin].map(\.seconds)
            throw CommandRefusal(
                CommandNote(
                    .airTime,
                    "\(radio)",
                    "\(seconds[0])",
                    "\(seconds[1])",
                    "\(seconds[2])"
                )
            )
        }
        return replaced(by: command) + [.accepted(command)]
    }

    private func replaced(by command: Command) -> [CommandEntry] {
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
                    detail: CommandNote(.replaced, "\(command.id)")
                )
            )
        }
    }

    // MARK: Sending

    /// The orders that can be sent now: all but those by LoRaWAN, and of these one, when the
    /// one before it is long enough ago.
    public func due(at now: Instant, _ limits: CommandLimits) -> [Open] {
        let waiting = open(index.waiting).filter { !isLate($0, at: now) }
        // A clock that has gone back makes nobody wait for what lies ahead of it.
        let isQuiet = lastRadioAt.map { now < $0 || now - $0 >= limits.radioSpacing } ?? true
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
        detail: CommandNote? = nil
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
        open(index.over(before: now)).map { open in
            let order = open.order
            guard order.state != .accepted else {
                let span = CommandLimits.sendsWithin.seconds
                return Self.change(
                    open,
                    to: .failed,
                    at: now,
                    detail: CommandNote(.notSentInTime, "\(span)")
                )
            }
            guard order.state != .notAcknowledged else {
                return Self.change(open, to: .failed, at: now, detail: order.detail)
            }
            return Self.change(
                open,
                to: .unconfirmed,
                at: now,
                detail: CommandNote(
                    .notReported,
                    "\(Milliseconds(order.deadlineMilliseconds).seconds)"
                )
            )
        }
    }
}
