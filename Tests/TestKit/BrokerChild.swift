import Foundation

/// A child process that is started with no signal blocked or ignored, and ended by its id.
///
/// Foundation's `Process` hands on the mask of the thread it is called on; threads of Dispatch
/// block SIGTERM, and a broker started from one could not be told to end.
final class BrokerChild {
    let processID: pid_t
    private var hasEnded = false

    /// Starts a program whose outputs go to the end of a file.
    init(program: String, arguments: [String], logPath: String) throws {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, logPath, flags, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        words.append(nil)
        var processID: pid_t = 0
        let code = posix_spawn(&processID, program, &actions, &attributes, words, environ)
        guard code == 0 else {
            throw BrokerProcess.Failure(description: "cannot start \(program): error \(code)")
        }
        self.processID = processID
    }

    /// Whether the process runs, or has not been waited for yet.
    var isRunning: Bool {
        guard !hasEnded else { return false }
        var status: Int32 = 0
        hasEnded = waitpid(processID, &status, WNOHANG) == processID
        return !hasEnded
    }

    /// Sends a signal and waits for the end; after ten seconds the signal is SIGKILL.
    func end(by signal: Int32) {
        guard isRunning else { return }
        kill(processID, signal)
        if BrokerWaiting.until(within: .seconds(10), { !isRunning }) { return }
        kill(processID, SIGKILL)
        _ = BrokerWaiting.until { !isRunning }
    }
}
