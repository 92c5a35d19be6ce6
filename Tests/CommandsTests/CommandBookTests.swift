import Commands
import Decoding
import Foundation
import Telemetry
import TestKit
import Testing

/// How commands come on, and what is proof of them.
struct CommandBookTests {
    private static let start = CommandFixture.now
    private static let limits = CommandLimits()
    private static let lamp = "lamp-1"

    /// A lamp that is asked for something.
    private static func order(
        _ device: String = lamp,
        address: String = CommandFixture.eui,
        isRadio: Bool = true,
        confirms: String? = "lamp.on",
        at time: Instant = start
    ) -> CommandOrder {
        CommandOrder(
            device: device,
            address: address,
            isRadio: isRadio,
            token: "token-\(device)",
            messages: [OutgoingCommand(topic: "t", payload: [0xFF, 1], isAtMostOnce: false)],
            confirms: confirms,
            deadline: .minutes(5),
            acceptedAt: time
        )
    }

    private static func command(
        _ id: Int,
        _ kind: ProfileCommands.Kind = .switchOn,
        percent: Int? = nil,
        orders: [CommandOrder] = [order()],
        at time: Instant = start
    ) throws -> Command {
        Command(
            id: id,
            action: try CommandAction(kind, percent: percent),
            target: "{device=\"\(lamp)\"}",
            operatorName: "Hoàng Văn A",
            reason: "thử đèn",
            acceptedAt: time,
            orders: orders,
            omitted: []
        )
    }

    /// A book with a command that is under way.
    private static func sent(
        _ kind: ProfileCommands.Kind = .switchOn,
        percent: Int? = nil,
        confirms: String? = "lamp.on"
    ) throws -> CommandBook {
        var book = CommandBook()
        book.apply(
            .accepted(try command(1, kind, percent: percent, orders: [order(confirms: confirms)]))
        )
        for open in book.due(at: start, limits) {
            book.apply(CommandBook.change(open, to: .sending, at: start))
        }
        return book
    }

    private static func state(_ book: CommandBook, _ id: Int = 1) -> CommandState? {
        book[id]?.orders.first?.state
    }

    /// What a luminaire with two circuits reports.
    private static func report(
        _ on: (UInt8, UInt8),
        level: UInt8 = 100,
        measuredAt: Instant,
        arrivedAt: Instant,
        flags: MessageFlags = []
    ) throws -> DecodedMessage {
        var decoder = MessageDecoder(
            rules: [
                try CommandFixture.rule(
                    "application/+/device/+/event/+",
                    .chirpstack,
                    "test-luminaire"
                )
            ],
            library: try CommandFixture.library()
        )
        let seconds = UInt32(measuredAt.milliseconds / 1000)
        let bytes = withUnsafeBytes(of: seconds.bigEndian) { Array($0) } + [on.0, on.1, level]
        let text = """
            {"deviceInfo": {"devEui": "\(CommandFixture.eui)"}, "fCnt": 7, "fPort": 10, \
            "data": "\(Data(bytes).base64EncodedString())"}
            """
        return try decoder.decode(
            topic: "application/a/device/\(CommandFixture.eui)/event/up",
            payload: Array(text.utf8),
            receivedAt: arrivedAt,
            flags: flags
        )
    }

    private static func hear(_ message: DecodedMessage, _ book: inout CommandBook) {
        for entry in book.confirmations(by: message, at: message.receivedAt) { book.apply(entry) }
    }

    // MARK: Proof

    @Test func `the device's own report after the sending confirms, once`() throws {
        var book = try Self.sent()
        let later = Self.start + .seconds(40)
        let report = try Self.report((1, 1), measuredAt: later, arrivedAt: later)
        Self.hear(report, &book)
        #expect(Self.state(book) == .confirmed)
        #expect(book[1]?.orders[0].detail == CommandNote(.reportedValue, "lamp.on", "1.0"))
        #expect(book.confirmations(by: report, at: later).isEmpty)
        #expect(book.results == [.init(kind: .switchOn, state: .confirmed): 1])
        #expect(book.watchedAddresses.isEmpty)
    }

    @Test func `a reading from before the sending confirms nothing`() throws {
        var book = try Self.sent()
        let (before, after) = (Self.start - .seconds(1), Self.start + .seconds(5))
        // Measured before and arrived after; arrived before; kept; possibly delivered again.
        let cases: [(measured: Instant, arrived: Instant, flags: MessageFlags)] = [
            (before, after, []), (before, before, []), (after, after, .retained),
            (after, after, .duplicate),
        ]
        for (measured, arrived, flags) in cases {
            Self.hear(
                try Self.report((1, 1), measuredAt: measured, arrivedAt: arrived, flags: flags),
                &book
            )
            #expect(Self.state(book) == .sending, "\(measured) \(arrived)")
        }
        // A device's clock in whole seconds may show the second of the sending.
        Self.hear(try Self.report((1, 1), measuredAt: Self.start, arrivedAt: after), &book)
        #expect(Self.state(book) == .confirmed)
    }

    @Test func `another value, or one circuit of two, confirms nothing`() throws {
        var book = try Self.sent()
        let later = Self.start + .seconds(5)
        for on: (UInt8, UInt8) in [(0, 0), (1, 0), (0, 1)] {
            Self.hear(try Self.report(on, measuredAt: later, arrivedAt: later), &book)
            #expect(Self.state(book) == .sending, "\(on)")
        }
    }

    @Test func `a level is confirmed within a step, and a request by any reading`() throws {
        let later = Self.start + .seconds(5)
        for (level, state) in [
            (UInt8(39), CommandState.confirmed), (41, .confirmed), (42, .sending),
        ] {
            var book = try Self.sent(.dim, percent: 40, confirms: "lamp.level")
            Self.hear(
                try Self.report((1, 1), level: level, measuredAt: later, arrivedAt: later),
                &book
            )
            #expect(Self.state(book) == state, "\(level)")
        }
        var book = try Self.sent(.read, confirms: nil)
        Self.hear(try Self.report((0, 1), measuredAt: later, arrivedAt: later), &book)
        #expect(Self.state(book) == .confirmed)
    }

    @Test func `what is not confirmed in time is unconfirmed, what is not sent has failed`() throws
    {
        var book = try Self.sent()
        #expect(book.expired(at: Self.start + .minutes(5)).isEmpty)
        for entry in book.expired(at: Self.start + .minutes(5) + .seconds(1)) { book.apply(entry) }
        #expect(Self.state(book) == .unconfirmed)
        book.apply(.accepted(try Self.command(2)))
        let late = Self.start + CommandLimits.sendsWithin + .seconds(1)
        #expect(book.due(at: late, Self.limits).isEmpty)
        for entry in book.expired(at: late) { book.apply(entry) }
        #expect(Self.state(book, 2) == .failed)
    }

    @Test func `what the network acknowledges and no report confirms ends as unconfirmed`() throws {
        let mark = #"{"correlation_ids":["langso:token-lamp-1"]}"#
        let item = #"{"queueItemId":"token-lamp-1","acknowledged":true}"#
        let chirpStack = "application/a/device/\(CommandFixture.eui)/event/"
        for (family, topic, text) in [
            (Family.theThingsStack, "v3/a/devices/b/down/sent", mark),
            (.theThingsStack, "v3/a/devices/b/down/ack", mark),
            (.chirpstack, chirpStack + "txack", item), (.chirpstack, chirpStack + "ack", item),
        ] {
            var book = try Self.sent()
            let answer = ServerAnswer(family, topic: topic, payload: Array(text.utf8))
            for entry in book.answers(try #require(answer), at: Self.start) { book.apply(entry) }
            #expect(Self.state(book) == .acknowledged, "\(topic)")
            let end = Self.start + .minutes(5) + .seconds(1)
            for entry in book.expired(at: end) { book.apply(entry) }
            #expect(Self.state(book) == .unconfirmed, "\(topic)")
        }
    }

    @Test func `a queue item that the server threw away has failed, and says why`() throws {
        var book = try Self.sent()
        let log = ServerAnswer(
            .chirpstack,
            topic: "application/a/device/\(CommandFixture.eui)/event/log",
            payload: Array(
                #"""
                {"level":"ERROR","code":"EXPIRED","description":"too old",
                 "context":{"queue_item_id":"token-lamp-1"}}
                """#.utf8
            )
        )
        for entry in book.answers(try #require(log), at: Self.start) { book.apply(entry) }
        #expect(Self.state(book) == .failed)
        #expect(
            book[1]?.orders[0].detail?.words == "the network server refused it: EXPIRED: too old"
        )
    }

    @Test func `a frame that was not acknowledged may be confirmed yet, and fails else`() throws {
        var book = try Self.sent()
        let missed = ServerAnswer(
            .theThingsStack,
            topic: "v3/a/devices/b/down/nack",
            payload: Array(#"{"correlation_ids":["langso:token-lamp-1"]}"#.utf8)
        )
        let answer = try #require(missed)
        for entry in book.answers(answer, at: Self.start) { book.apply(entry) }
        #expect(Self.state(book) == .notAcknowledged)
        #expect(book.answers(answer, at: Self.start).isEmpty)
        var other = book
        let later = Self.start + .seconds(5)
        Self.hear(try Self.report((1, 1), measuredAt: later, arrivedAt: later), &other)
        #expect(Self.state(other) == .confirmed)
        for entry in book.expired(at: Self.start + .minutes(6)) { book.apply(entry) }
        #expect(Self.state(book) == .failed)
        #expect(book[1]?.orders[0].detail == CommandNote(.notAcknowledged))
    }

    // MARK: Limits

    @Test func `LoRaWAN downlinks go one after the other, others at once`() throws {
        var book = CommandBook()
        let orders = (1...3).map { Self.order("radio-\($0)", address: "r\($0)") }
        let others = (1...3).map { Self.order("wire-\($0)", address: "w\($0)", isRadio: false) }
        book.apply(.accepted(try Self.command(1, orders: orders + others)))
        func sent(at time: Instant) -> [String] {
            let due = book.due(at: time, Self.limits)
            for open in due { book.apply(CommandBook.change(open, to: .sending, at: time)) }
            return due.map(\.order.device)
        }
        #expect(sent(at: Self.start) == ["wire-1", "wire-2", "wire-3", "radio-1"])
        #expect(sent(at: Self.start + .seconds(1)).isEmpty)
        #expect(sent(at: Self.start + .seconds(2)) == ["radio-2"])
        // A clock that goes back holds nothing up.
        #expect(sent(at: Self.start - .hours(1)) == ["radio-3"])
        #expect(sent(at: Self.start + .hours(1)).isEmpty)
    }

    @Test func `more devices, commands or air time than allowed are refused`() throws {
        var limits = CommandLimits(devices: 2, commandsPerMinute: 1)
        let many = try Self.command(1, orders: (1...3).map { Self.order("l\($0)") })
        var book = CommandBook()
        #expect(throws: CommandRefusal.self) { try book.acceptance(of: many, limits) }
        for entry in try book.acceptance(of: try Self.command(1), limits) { book.apply(entry) }
        let next = try Self.command(2, at: Self.start + .seconds(59))
        #expect(throws: CommandRefusal.self) { try book.acceptance(of: next, limits) }
        let later = try Self.command(2, at: Self.start + .seconds(60))
        #expect(try book.acceptance(of: later, limits).count == 2)
        limits = CommandLimits(devices: 500, radioSpacing: .seconds(10))
        let group = try Self.command(1, orders: (1...62).map { Self.order("l\($0)") })
        let error = #expect(throws: CommandRefusal.self) {
            try CommandBook().acceptance(of: group, limits)
        }
        #expect(error?.description.contains("62 LoRaWAN downlinks") == true)
    }

    @Test func `a later command to the same lamp takes the place of the earlier`() throws {
        var book = try Self.sent()
        book.apply(.accepted(try Self.command(2, .read, orders: [Self.order(confirms: nil)])))
        let off = try Self.command(3, .switchOff)
        for entry in try book.acceptance(of: off, Self.limits) { book.apply(entry) }
        #expect(Self.state(book) == .unconfirmed, "it may have been done")
        #expect(Self.state(book, 2) == .accepted, "a request to report changes no light")
        #expect(Self.state(book, 3) == .accepted)
        let dim = try Self.command(4, .dim, percent: 5)
        for entry in try book.acceptance(of: dim, Self.limits) { book.apply(entry) }
        #expect(Self.state(book, 3) == .failed, "it was not sent")
        #expect(book[3]?.orders[0].detail?.words == "command 4 took its place")
    }

    @Test func `old commands that are done are forgotten, open ones are not`() throws {
        var book = CommandBook()
        book.apply(.accepted(try Self.command(1)))
        for id in 2...(CommandLimits.rememberedCommands + 50) {
            book.apply(.accepted(try Self.command(id, orders: [Self.order("l\(id)")])))
            let open = try #require(book.open.last)
            book.apply(CommandBook.change(open, to: .failed, at: Self.start))
        }
        #expect(book.commands.count == CommandLimits.rememberedCommands)
        #expect(Self.state(book) == .accepted)
        #expect(book.nextID == CommandLimits.rememberedCommands + 51)
    }

    /// What the book finds by its index is what a walk through all of it would find.
    @Test func `whatever becomes of commands, what is found is what is there`() throws {
        var generator = SeededGenerator.forTest()
        var book = CommandBook()
        var now = Self.start
        for step in 0..<600 {
            now = now + Milliseconds(Int64.random(in: -2_000...40_000, using: &generator))
            if Int.random(in: 0..<4, using: &generator) == 0 {
                let orders = (0..<Int.random(in: 1...4, using: &generator)).map { number in
                    Self.order(
                        "l\(number)",
                        address: "a\(number % 3)",
                        isRadio: number % 2 == 0,
                        at: now
                    )
                }
                book.apply(.accepted(try Self.command(book.nextID, orders: orders, at: now)))
            } else if let open = book.open.randomElement(using: &generator) {
                let states = CommandState.allCases.filter { $0 != .accepted }
                let next = states.randomElement(using: &generator)
                let state = open.order.sendingAt == nil ? .sending : next
                book.apply(CommandBook.change(open, to: state ?? .failed, at: now))
            }
            if step % 7 == 0 { for entry in book.expired(at: now) { book.apply(entry) } }
            Self.checkIndex(of: book, at: now, "seed \(generator.seed), step \(step)")
        }
    }

    private static func checkIndex(of book: CommandBook, at now: Instant, _ place: String) {
        let orders = book.commands.flatMap { command in
            command.orders.map { (command: command.id, order: $0) }
        }
        let open = orders.filter { !$0.order.state.isFinal }
        #expect(book.open.map(\.order) == open.map(\.order), "\(place)")
        #expect(book.openCount == open.count, "\(place)")
        let sent = open.filter { $0.order.state != .accepted }
        #expect(book.watchedAddresses == Set(sent.map(\.order.address)), "\(place)")
        let over = open.count { one in
            let end = one.order.sendingAt.map {
                $0 + Milliseconds(one.order.deadlineMilliseconds)
            }
            return now > end ?? one.order.changedAt + CommandLimits.sendsWithin
        }
        #expect(book.expired(at: now).count == over, "\(place)")
        let wired = open.count { one in
            one.order.state == .accepted && !one.order.isRadio
                && now - one.order.changedAt <= CommandLimits.sendsWithin
        }
        let due = book.due(at: now, limits)
        #expect(due.count { !$0.order.isRadio } == wired, "\(place)")
    }

    @Test func `a message may be on its way until its command's time is over`() throws {
        var book = CommandBook()
        book.apply(.accepted(try Self.command(1)))
        let open = try #require(book.due(at: Self.start, Self.limits).first)
        // The report counts for five minutes, the command waits for ten.
        #expect(open.lifetime(at: Self.start) == .minutes(5))
        #expect(open.lifetime(at: Self.start + .minutes(9)) == .minutes(1))
        #expect(open.lifetime(at: Self.start + .minutes(10)) == .seconds(1))
    }

    @Test func `refused commands are kept beside the others, the newest of them`() throws {
        var book = CommandBook()
        for number in 0...CommandLimits.rememberedAttempts {
            book.apply(
                .refused(
                    CommandAttempt(
                        at: Self.start,
                        operatorName: "Hoàng Văn A",
                        action: "blink",
                        percent: nil,
                        target: nil,
                        reason: "\(number)",
                        refusal: [
                            CommandNote(.other, String(repeating: "x", count: 5_000))
                        ]
                    )
                )
            )
        }
        #expect(book.attempts.count == CommandLimits.rememberedAttempts)
        #expect(book.attempts.first?.reason == "1")
        #expect(book.attempts.first?.refusal[0].words.count == CommandLimits.textBytes)
        #expect(book.nextID == 1 && book.open.isEmpty)
    }
}
