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

    /// Until when something is waited for.
    struct Deadline {
        /// When the waiting ends, whatever the worker does.
        var time: ContinuousClock.Instant
        /// The worker's processor time at which it ends; nil where that does not count.
        ///
        /// On a machine that has much else to do a worker takes long without any fault of its own.
        var processorTime: Duration?
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
            first = try worker.receive(until: Deadline(time: .now + patience))
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

    /// A deadline that begins now.
    func deadline(_ settings: CodecSettings) -> Deadline {
        Deadline(
            time: .now + settings.longestCall,
            processorTime: processorTime.map { $0 + settings.patience }
        )
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

    /// Sends bytes; waits while the worker does not read.
    mutating func send(_ bytes: [UInt8], until deadline: Deadline) throws(Silence) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    socket,
                    buffer.baseAddress?.advanced(by: sent),
                    buffer.count - sent,
                    Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                )
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                try wait(Int16(POLLOUT), until: deadline)
            } else if errno != EINTR {
                throw .ended
            }
        }
    }

    /// The next frame.
    mutating func receive(until deadline: Deadline) throws(Silence) -> CodecFrame {
        let header = try take(CodecFrame.headerBytes, until: deadline)
        guard let count = CodecFrame.length(header),
            let frame = CodecFrame(try take(count, until: deadline))
        else { throw .garbled }
        return frame
    }

    // MARK: Parts

    private mutating func take(
        _ count: Int,
        until deadline: Deadline
    ) throws(Silence) -> ArraySlice<UInt8> {
        while input.count - place < count {
            input.removeFirst(place)
            place = 0
            var isClosed = false
            let piece = [UInt8](unsafeUninitializedCapacity: 64 << 10) { buffer, length in
                let got = recv(
                    socket,
                    buffer.baseAddress,
                    buffer.count,
                    Int32(MSG_DONTWAIT)
                )
                length = max(0, got)
                isClosed = got == 0 || got < 0 && errno != EAGAIN && errno != EINTR
            }
            if isClosed { throw .ended }
            if piece.isEmpty { try wait(Int16(POLLIN), until: deadline) }
            input += piece
        }
        defer { place += count }
        return input[place..<(place + count)]
    }

    private func wait(_ events: Int16, until deadline: Deadline) throws(Silence) {
        var left = ContinuousClock.now.duration(to: deadline.time)
        guard left > .zero else { throw .late }
        if let limit = deadline.processorTime, let used = processorTime {
            guard used < limit else { throw .overTime }
            // Before so much has passed it cannot have had so much, but for threads beside.
            left = min(left, limit - used)
        }
        var descriptor = pollfd(fd: socket, events: events, revents: 0)
        // Rounded up: a wait of less than a millisecond is none.
        _ = poll(&descriptor, 1, Int32(min((left / .milliseconds(1)).rounded(.up), 60_000)))
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
