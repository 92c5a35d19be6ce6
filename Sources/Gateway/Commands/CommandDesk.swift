internal import Commands
internal import Decoding
internal import Ingest
internal import Logging
internal import RingStore
internal import Telemetry

/// Keeps the book of commands and its log: whatever changes is on the disk before it counts.
actor CommandDesk {
    /// Who may give commands, and how many.
    nonisolated let settings: CommandSettings
    /// Devices that were waited for when the gateway was last stopped.
    nonisolated let watchedAtStart: Set<String>
    private var book: CommandBook
    private var log: CommandLog
    private let logger: Logger
    /// Refused commands since the start.
    private var refusals: UInt64 = 0

    /// Opens the log of a data folder.
    ///
    /// - Throws: `CommandLogError`.
    init(
        _ settings: CommandSettings,
        folder: String,
        logger: Logger,
        calls: any FileCalls = SystemFileCalls()
    ) throws(CommandLogError) {
        self.settings = settings
        self.logger = logger
        var book = CommandBook()
        log = try CommandLog(StorageFolder(folder, calls: calls)) { book.apply($0) }
        book.resetResults()
        self.book = book
        watchedAtStart = book.watchedAddresses
    }

    /// Number of the next command.
    var nextID: Int { book.nextID }

    /// Devices that are waited for.
    var watched: Set<String> { book.watchedAddresses }

    /// How many devices are waited for, and how many commands to devices ended how.
    var figures: CommandFigures {
        CommandFigures(open: book.openCount, results: book.results, refusals: refusals)
    }

    /// The newest commands, the newest first.
    func newest(_ limit: Int) -> [Command] { Array(book.commands.suffix(max(0, limit)).reversed()) }

    /// The newest commands that were refused, the newest first.
    func newestAttempts(_ limit: Int) -> [CommandAttempt] {
        Array(book.attempts.suffix(max(0, limit)).reversed())
    }

    /// One command.
    func command(_ id: Int) -> Command? { book[id] }

    /// Accepts a command, or only tells whether it would be.
    ///
    /// - Parameters:
    ///   - isDryRun: whether to write nothing.
    ///   - make: makes the command with its number.
    /// - Throws: `CommandRefusal` or `CommandLogError`.
    /// - Returns: the command.
    func accept(isDryRun: Bool, _ make: @Sendable (Int) throws -> Command) throws -> Command {
        let command = try make(book.nextID)
        let entries = try book.acceptance(of: command, settings.limits)
        guard !isDryRun else { return command }
        guard log.takesCommands else {
            throw CommandRefusal(CommandNote(.recordFull, CommandLog.fileName))
        }
        try write(entries)
        logger.notice(
            "\(TerminalText.shown(command.operatorName)) gave command \(command.id)",
            metadata: [
                "action": "\(command.action.kind.rawValue)",
                "target": "\(TerminalText.shown(command.target))",
                "devices": "\(command.orders.count)",
                "reason": "\(TerminalText.shown(command.reason))",
            ]
        )
        return command
    }

    /// Puts a command that was refused on record: who, what, and why not.
    ///
    /// Of more than ``CommandLimits/attemptsPerMinute`` the others are counted alone, so that
    /// nobody fills the record.
    func refuse(_ attempt: CommandAttempt) {
        refusals += 1
        let recent = book.attempts.reversed().prefix { past in
            attempt.at >= past.at && attempt.at - past.at < .minutes(1)
        }
        guard recent.count < CommandLimits.attemptsPerMinute, log.takesAttempts else { return }
        logger.notice(
            "\(TerminalText.shown(attempt.operatorName)) was refused a command",
            metadata: [
                "action": "\(TerminalText.shown(attempt.action))",
                "target": "\(TerminalText.shown(attempt.target ?? ""))",
                "refusal": "\(TerminalText.shown(CommandRefusal(attempt.refusal).description))",
            ]
        )
        _ = keep([.refused(attempt)])
    }

    /// Notes that orders are being sent: from now on they are never sent again.
    ///
    /// - Parameters:
    ///   - now: the time.
    ///   - most: how many at once.
    /// - Returns: those that are to be given to the broker.
    func begin(at now: Instant, most: Int) -> [CommandBook.Open] {
        let due = Array(book.due(at: now, settings.limits).prefix(most))
        let entries = due.map { CommandBook.change($0, to: .sending, at: now) }
        return keep(entries) ? due : []
    }

    /// How far an order came, as the broker says.
    struct Outcome: Hashable, Sendable {
        let open: CommandBook.Open
        let state: CommandState
        var detail: CommandNote?
    }

    /// Notes how far orders came; what was heard of them meanwhile goes before it.
    ///
    /// - Returns: false when the disk refuses; then it is to be noted again.
    func note(_ outcomes: [Outcome], at now: Instant) -> Bool {
        let entries = outcomes.compactMap { outcome -> CommandEntry? in
            let orders = book[outcome.open.command]?.orders
            let order = orders?.first { $0.device == outcome.open.order.device }
            guard order?.state == .sending else { return nil }
            return CommandBook.change(
                outcome.open,
                to: outcome.state,
                at: now,
                detail: outcome.detail
            )
        }
        return keep(entries)
    }

    /// Takes what devices and network servers said: one write for all of it.
    ///
    /// - Returns: false when the disk refuses; then all of it is to be heard again.
    func hear(_ messages: [HeardMessage], at now: Instant) -> Bool {
        // Each message speaks of what the ones before it have left.
        var ahead = book
        var entries: [CommandEntry] = []
        for heard in messages {
            var changes = ahead.confirmations(by: heard.message, at: now)
            for change in changes { ahead.apply(change) }
            entries += changes
            guard
                let answer = ServerAnswer(
                    heard.message.family,
                    topic: String(decoding: heard.topic, as: UTF8.self),
                    payload: heard.payload
                )
            else { continue }
            changes = ahead.answers(answer, at: now)
            for change in changes { ahead.apply(change) }
            entries += changes
        }
        return keep(entries)
    }

    /// Ends what nobody waits for any longer.
    func expire(at now: Instant) { _ = keep(book.expired(at: now)) }

    /// Writes changes; false, with a line in the log, when the disk refuses: then all is as before,
    /// and tried again.
    private func keep(_ entries: [CommandEntry]) -> Bool {
        do {
            try write(entries)
            return true
        } catch {
            logger.error("\(error)")
            return false
        }
    }

    private func write(_ entries: [CommandEntry]) throws(CommandLogError) {
        guard !entries.isEmpty else { return }
        try log.append(entries)
        for entry in entries { book.apply(entry) }
    }
}

/// How many commands to devices are under way, and how many ended how, or were refused, since the
/// start.
struct CommandFigures: Sendable {
    var open = 0
    var results: [CommandBook.Result: UInt64] = [:]
    var refusals: UInt64 = 0
}
