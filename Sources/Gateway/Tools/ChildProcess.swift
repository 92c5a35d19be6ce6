internal import Foundation

/// A child process that is started with no signal blocked or ignored, in a group of its own, and
/// ended by its id.
///
/// Foundation's `Process` hands on the mask of the thread it is called on; threads of Dispatch
/// block SIGTERM, and a broker started from one could not be told to end. In its own group a child
/// does not get the terminal's Ctrl-C, so that the gateway can say goodbye to it first.
final class ChildProcess: @unchecked Sendable {
    // Unchecked: `status` is under the lock, the rest never changes.

    /// Its process id.
    let processID: pid_t
    private let lock = NSLock()
    private var status: Int32?

    /// Longest wait for the end before SIGKILL.
    static let patience: TimeInterval = 10

    /// Starts a program whose outputs go to the end of a file.
    ///
    /// - Throws: ``GatewayError/childFailed(name:reason:)``.
    init(
        program: String,
        arguments: [String],
        logPath: String,
        errorPath: String? = nil
    ) throws(GatewayError) {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let options = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(options))
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, logPath, flags, 0o600)
        if let errorPath {
            posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, errorPath, flags, 0o600)
        } else {
            posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        }
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        words.append(nil)
        var processID: pid_t = 0
        let code = posix_spawn(&processID, program, &actions, &attributes, words, environ)
        guard code == 0 else {
            throw .childFailed(name: program, reason: String(cString: strerror(code)))
        }
        self.processID = processID
    }

    deinit { end(by: SIGKILL) }

    /// Exit code of a child that has ended by itself or by a signal it handled, else nil.
    var exitCode: Int32? {
        guard !isRunning else { return nil }
        return lock.withLock {
            // The low seven bits are zero for an exit; the code is in the second byte.
            status.flatMap { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : nil }
        }
    }

    /// Whether the process runs.
    var isRunning: Bool {
        lock.withLock {
            guard status == nil else { return false }
            var result: Int32 = 0
            guard waitpid(processID, &result, WNOHANG) == processID else { return true }
            status = result
            return false
        }
    }

    /// Sends a signal and waits for the end; when it does not come in time the signal is SIGKILL.
    func end(by signal: Int32, within patience: TimeInterval = ChildProcess.patience) {
        guard isRunning else { return }
        kill(processID, signal)
        let deadline = Date(timeIntervalSinceNow: patience)
        while isRunning, Date.now < deadline { Thread.sleep(forTimeInterval: 0.005) }
        guard isRunning else { return }
        kill(processID, SIGKILL)
        while isRunning { Thread.sleep(forTimeInterval: 0.005) }
    }
}
