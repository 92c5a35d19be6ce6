public import Telemetry

/// Why a gateway could not do what it was asked to.
public enum GatewayError: Error, Hashable, Sendable, CustomStringConvertible {
    /// A file of state cannot be what this program wrote.
    case damagedState(path: String, reason: String)
    /// A file that an operator named cannot be read.
    case unreadable(path: String, reason: String)
    /// The web server could not listen.
    case cannotListen(host: String, port: Int, reason: String)
    /// A program that is needed is not installed.
    case missingProgram(name: String, package: String)
    /// A child process did not come up.
    case childFailed(name: String, reason: String)
    /// A folder for a demonstration holds something already.
    case notEmpty(path: String)
    /// Something that a demonstration waits for did not come on.
    case stalled(what: String, after: Duration)
    /// The gateway is stopping.
    case stopping
    /// A gateway that was asked over HTTP did not answer as one.
    case badAnswer(url: String, reason: String)
    /// A data folder is another process's at the moment.
    case inUse(path: String, processID: Int32?)
    /// The registry of a gateway that runs is to be changed behind its back.
    case runs(path: String, processID: Int32?)
    /// A store that is to be changed lacks what its journal holds.
    case behindJournal(path: String, records: Int)
    /// Something that should be made is there already.
    case alreadyThere(path: String)
    /// Somebody makes the copy that should be made.
    case beingCopied(path: String, processID: Int32?)
    /// A file of samples is not one as a whole; the text says why and what would be.
    case notSamples(path: String, reason: String)
    /// A file that an operator named cannot be written.
    case unwritable(path: String, reason: String)
    /// A stretch of time is not stored as a whole.
    case outsideData(from: Instant, to: Instant, first: Instant?, last: Instant?)
    /// A store has no room for what is written: older samples have given way to it.
    case noRoom(droppedBefore: Instant)
    /// A backfill ended before its end; up to a time everything is written.
    case backfillEnded(writtenTo: Instant, reason: String)
    /// Words of the command line that do not go together.
    case usage(String)

    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .damagedState(let path, let reason):
            "cannot read \(path): \(reason); restore it from a copy, or move it away to begin with "
                + "no open alerts"
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .cannotListen(let host, let port, let reason):
            "cannot listen on \(host) port \(port): \(reason); choose another port under web.port"
        case .missingProgram(let name, let package):
            "cannot start \(name): it is not installed; install it with apt-get install \(package)"
        case .childFailed(let name, let reason):
            "cannot start \(name): \(reason)"
        case .notEmpty(let path):
            "cannot use \(path) for a demonstration: it is not empty, and two simulated villages "
                + "in one folder would mix; name a folder that is new or empty"
        case .stalled(let what, let duration):
            "cannot go on with the demonstration: waited in vain for \(what), with nothing new for "
                + "\(duration); start it again with --log-level info to see what is in the way"
        case .stopping: "the gateway is stopping"
        case .badAnswer(let url, let reason):
            "cannot ask \(url): \(reason)"
        case .inUse(let path, let processID):
            "cannot work on \(path): \(processID.map { "process \($0)" } ?? "another process") is "
                + "using it; stop that gateway, or make a copy with langso store copy and work on "
                + "the copy"
        case .runs(let path, let processID):
            "cannot change the registry of \(path): its gateway runs"
                + "\(processID.map { " as process \($0)" } ?? "") and would not know; ask it by "
                + "--url, or stop it first"
        case .behindJournal(let path, let records):
            "cannot change \(path): its journal holds \(records) records that the store has "
                + "not taken yet, and which would undo the change; start and stop the gateway once"
        case .alreadyThere(let path):
            "cannot make \(path): it is there already; name one that is not, or move it away"
        case .beingCopied(let path, let processID):
            "cannot make \(path): \(processID.map { "process \($0)" } ?? "another process") is "
                + "making that copy; wait for it, or name another folder"
        case .notSamples(let path, let reason):
            "cannot read samples from \(path): \(reason)"
        case .unwritable(let path, let reason):
            "cannot write \(path): \(reason)"
        case .outsideData(let from, let to, let first, let last):
            if let first, let last {
                "cannot judge \(from.rfc3339) to \(to.rfc3339): samples are stored from "
                    + "\(first.rfc3339) to \(last.rfc3339); take times between them"
            } else {
                "cannot judge \(from.rfc3339) to \(to.rfc3339): no samples are stored; start a "
                    + "gateway on that data first"
            }
        case .noRoom(let time):
            "samples before \(time.rfc3339) gave way, because the store has no room for more; give "
                + "it some with langso store resize"
        case .backfillEnded(let time, let reason):
            "the past is written up to \(time.rfc3339), and beyond at most in part: \(reason)"
        case .usage(let text): text
        }
    }
}
