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

    /// Opens the log of a data folder.
    ///
    /// - Throws: `CommandLogError`.
    init(_ settings: CommandSettings, folder: String, logger: Logger) throws(CommandLogError) {
        self.settings = settings
        self.logger = logger
        var book = CommandBook()
        log = try CommandLog(StorageFolder(folder)) { book.apply($0) }
        book.resetResults()
        self.book = book
        watchedAtStart = book.watchedAddresses
    }

    /// Number of the next command.
    var nextID: Int { book.nextID }

    /// Devices that are waited for.
    var watched: Set<String> { book.watchedAddresses }

    /// How many devices are waited for, and how many commands to devices ended how.
    var figures: CommandFigures { CommandFigures(open: book.open.count, results: book.results) }

    /// The newest commands, the newest first.
    func newest(_ limit: Int) -> [Command] { Array(book.commands.suffix(max(0, limit)).reversed()) }

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
            throw CommandRefusal(
                "the record of commands, \(CommandLog.fileName) in the data folder, is full; stop "
                    + "the gateway, move the file to where records are kept, and start it again"
            )
        }
        try write(entries)
        logger.notice(
            "\(command.operatorName) gave command \(command.id)",
            metadata: [
                "action": "\(command.action.kind.rawValue)", "target": "\(command.target)",
                "devices": "\(command.orders.count)", "reason": "\(command.reason)",
            ]
        )
        return command
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

    /// Notes how far orders came.
    func note(
        _ orders: [CommandBook.Open],
        _ state: CommandState,
        at now: Instant,
        detail: String? = nil
    ) {
        // What was heard meanwhile goes before what the broker says.
        let open = Dictionary(
            book.open.map { (Key($0), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let current = orders.compactMap { open[Key($0)] }.filter { $0.order.state == .sending }
        _ = keep(current.map { CommandBook.change($0, to: state, at: now, detail: detail) })
    }

    private struct Key: Hashable {
        let command: Int
        let device: String

        init(_ open: CommandBook.Open) {
            command = open.command
            device = open.order.device
        }
    }

    /// Takes what devices and network servers said.
    func hear(_ messages: [HeardMessage], at now: Instant) {
        for heard in messages {
            _ = keep(book.confirmations(by: heard.message, at: now))
            guard
                let answer = ServerAnswer(
                    heard.message.family,
                    topic: String(decoding: heard.topic, as: UTF8.self),
                    payload: heard.payload
                )
            else { continue }
            _ = keep(book.answers(answer, at: now))
        }
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

/// How many commands to devices are under way, and how many ended how since the start.
struct CommandFigures: Sendable {
    var open = 0
    var results: [CommandBook.Result: UInt64] = [:]
}
