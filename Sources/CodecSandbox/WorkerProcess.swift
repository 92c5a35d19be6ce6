internal import CConfinement
internal import Glibc

/// One running `langso-codec`, as the thread sees it that started it.
///
/// The kernel ends the worker when that thread ends, so the thread must live as long as it.
struct WorkerProcess: ~Copyable {
    /// Its process id.
    let processID: pid_t
    /// Our end of the socket.
    let socket: Int32
    /// Our end of the pipe that it writes errors to.
    private let errors: Int32
    private var input: [UInt8] = []
    private var place = 0
    /// Where the kernel puts what is read.
    private var piece = [UInt8](repeating: 0, count: 64 << 10)
    private var output: [UInt8] = []
    /// How much of the output the worker's socket has taken.
    private var sent = 0

    /// Why nothing came from the worker.
    enum Silence: Error {
        /// It has had its processor time.
        case overTime
        /// It takes too long.
        case late
        /// It has ended, or the socket was shut.
        case ended
        /// It says what it never should.
        case garbled
    }

    /// How long a frame is waited for, from when there is nothing to be read.
    struct Patience {
        /// At all, whatever the worker does.
        var time: Duration
        /// Processor time that the worker may have meanwhile; nil where that does not count.
        ///
        /// On a machine that has much else to do a worker takes long without any fault of its own.
        var processorTime: Duration?
    }

    private struct Deadline {
        let time: ContinuousClock.Instant
        /// The worker's processor time at which it ends.
        let processorTime: Duration?
    }

    /// Starts a worker and waits until it is ready.
    ///
    /// It gets the socket as descriptors 0 and 1, a pipe as 2, no other, a session of its own, and
    /// of the environment the time zone UTC alone, with what the loader needs to find libraries.
    /// - Throws: ``CodecError/cannotStart(program:reason:)``.
    static func start(
        _ program: String,
        patience: Duration
    ) throws(CodecError) -> WorkerProcess {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw .cannotStart(program: program, reason: Self.text(of: errno))
        }
        var child: pid_t = 0
        var errors: Int32 = -1
        let code = Self.spawn(program, ends[1], &child, &errors)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw .cannotStart(program: program, reason: Self.text(of: code))
        }
        var worker = WorkerProcess(processID: child, socket: ends[0], errors: errors)
        let first: CodecFrame?
        do throws(Silence) {
            first = try worker.receive(Patience(time: patience))
        } catch {
            first = nil
        }
        if first == .ready { return worker }
        throw .cannotStart(program: program, reason: "it is not ready: \(worker.end())")
    }

    private init(processID: pid_t, socket: Int32, errors: Int32) {
        self.processID = processID
        self.socket = socket
        self.errors = errors
    }

    /// Processor time that all its threads have had; nil when it has ended.
    private var processorTime: Duration? {
        var clock: clockid_t = 0
        var time = timespec()
        guard clock_getcpuclockid(processID, &clock) == 0, clock_gettime(clock, &time) == 0 else {
            return nil
        }
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }

    /// Whether the worker has not ended by itself.
    var isRunning: Bool {
        var status = siginfo_t()
        // Its ending is only looked at; ``end()`` takes it.
        let options = WEXITED | WNOHANG | WNOWAIT
        guard waitid(P_PID, id_t(processID), &status, options) == 0 else { return false }
        return status.si_signo == 0
    }

    /// Kills the worker and closes the socket; when it has ended already, that is all.
    ///
    /// - Returns: how it ended, in words, and what it wrote to its error output since it was asked.
    consuming func end() -> String {
        let ending = Self.end(processID)
        let last = takeErrors()
        close(socket)
        close(errors)
        return last.map { "\(ending); it wrote: \($0)" } ?? ending
    }

    /// What it wrote to its error output since the last call, one line; nil when that is nothing.
    func takeErrors() -> String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: CodecLimits.errorBytes) { buffer, count in
            count = max(0, read(errors, buffer.baseAddress, buffer.count))
        }
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.isEmpty ? nil : lines.joined(separator: " / ")
    }

    /// Has bytes sent, now or as the worker takes them while a frame is waited for.
    ///
    /// Neither side ever waits for the other to read. What a worker does not take that has ended is
    /// dropped: ``receive(_:after:)`` gives what it said before, and then says that it has ended.
    mutating func send(_ bytes: [UInt8]) {
        output += bytes
        flush()
    }

    /// The next frame.
    ///
    /// - Parameters:
    ///   - patience: how long it is waited for.
    ///   - pause: how long is slept where there is none yet, before the worker is to wake this
    ///     thread: where many frames are expected, they are then taken together, and the worker is
    ///     spared the waking with each.
    /// - Returns: the frame.
    /// - Throws: ``Silence``; the worker is to be ended then.
    mutating func receive(
        _ patience: Patience,
        after pause: Duration = .zero
    ) throws(Silence) -> CodecFrame {
        var pause = pause
        var deadline: Deadline?
        let header = CodecFrame.headerBytes
        try fill(header, patience, &pause, &deadline)
        guard let count = CodecFrame.length(input[place..<(place + header)]) else {
            throw .garbled
        }
        try fill(header + count, patience, &pause, &deadline)
        let content = input[(place + header)..<(place + header + count)]
        place += header + count
        guard let frame = CodecFrame(content) else { throw .garbled }
        return frame
    }

    // MARK: Parts

    /// Reads until so many bytes are there that were not taken: pauses once, then waits; a deadline
    /// begins with the first wait.
    private mutating func fill(
        _ count: Int,
        _ patience: Patience,
        _ pause: inout Duration,
        _ deadline: inout Deadline?
    ) throws(Silence) {
        while input.count - place < count {
            flush()
            if try readPiece() { continue }
            if pause > .zero {
                Self.sleep(pause)
                pause = .zero
                continue
            }
            let end = deadline ?? self.deadline(patience)
            deadline = end
            try wait(until: end)
        }
    }

    /// A deadline that begins now.
    private func deadline(_ patience: Patience) -> Deadline {
        Deadline(
            time: .now + patience.time,
            processorTime: patience.processorTime.flatMap { limit in
                processorTime.map { $0 + limit }
            }
        )
    }

    /// Takes what there is to be read; whether it was something.
    private mutating func readPiece() throws(Silence) -> Bool {
        input.removeFirst(place)
        place = 0
        let count = recv(socket, &piece, piece.count, Int32(MSG_DONTWAIT))
        if count > 0 {
            input += piece[..<count]
            return true
        }
        guard count < 0, errno == EAGAIN || errno == EINTR else { throw .ended }
        return false
    }

    /// Sends what the worker's socket takes at once.
    private mutating func flush() {
        while sent < output.count {
            let count = output.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                return Glibc.send(socket, rest.baseAddress, rest.count, flags)
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                return
            } else if errno == ENOBUFS || errno == ENOMEM {
                // There may be room again soon; that there is none wakes nobody.
                return Self.sleep(.milliseconds(1))
            } else if errno != EINTR {
                break
            }
        }
        output.removeAll(keepingCapacity: output.count <= piece.count)
        sent = 0
    }

    private func wait(until deadline: Deadline) throws(Silence) {
        var left = ContinuousClock.now.duration(to: deadline.time)
        guard left > .zero else { throw .late }
        if let limit = deadline.processorTime, let used = processorTime {
            guard used < limit else { throw .overTime }
            // Before so much has passed it cannot have had so much, but for threads beside.
            left = min(left, limit - used)
        }
        let events = POLLIN | (output.isEmpty ? 0 : POLLOUT)
        var descriptor = pollfd(fd: socket, events: Int16(events), revents: 0)
        // Rounded up: a wait of less than a millisecond is none.
        _ = poll(&descriptor, 1, Int32(min((left / .milliseconds(1)).rounded(.up), 60_000)))
    }

    /// Sleeps for less than a second; a signal ends it.
    private static func sleep(_ pause: Duration) {
        var time = timespec(tv_sec: 0, tv_nsec: Int(pause / .nanoseconds(1)))
        nanosleep(&time, nil)
    }

    private static func spawn(
        _ program: String,
        _ end: Int32,
        _ processID: inout pid_t,
        _ errors: inout Int32
    ) -> Int32 {
        // The backtraces of Swift need what the worker has given up.
        var environment = ["TZ=UTC", "SWIFT_BACKTRACE=enable=no"]
        if let libraries = getenv("LD_LIBRARY_PATH") {
            environment.append("LD_LIBRARY_PATH=\(String(cString: libraries))")
        }
        let texts: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
        defer { texts.forEach { free($0) } }
        return langso_spawn_worker(program, end, texts, &processID, &errors)
    }

    private static func end(_ processID: pid_t) -> String {
        kill(processID, SIGKILL)
        var status: Int32 = 0
        while waitpid(processID, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        if signal == SIGKILL { return "it was killed" }
        if signal != 0 { return "it ended by signal \(signal)" }
        let code = (status >> 8) & 0xFF
        if code == CodecLimits.memoryExitCode {
            return "it held more than \(CodecLimits.residentBytes >> 20) MiB of memory, or could "
                + "not tell how much"
        }
        return "it ended with code \(code)"
    }

    private static func text(of error: Int32) -> String { String(cString: strerror(error)) }
}
