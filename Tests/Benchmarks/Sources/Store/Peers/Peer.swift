internal import Measuring
internal import Measuring

/// What is compared; of every measure less is better.
enum Measure: String, CaseIterable {
    case cpuPerMillion = "CPU s per million samples taken"
    case wallPerMillion = "wall s per million samples taken"
    case bytesPerSample = "bytes a sample, samples"
    case allBytesPerSample = "bytes a sample, with index and labels"
    case idleMegabytes = "resident MB, loaded and idle"
    case peakMegabytes = "resident MB, peak of loading"
}

/// Something else that keeps samples.
protocol Peer: AnyObject {
    /// Name of the column.
    var name: String { get }

    /// Takes the workload and tells what it cost.
    func load(_ workload: Workload) throws -> [Measure: Double]

    /// Answers a query over HTTP or in this process; nil when it cannot do it that way.
    func measure(
        _ query: BenchQuery,
        _ way: QueryWay,
        repeats: Int
    ) throws -> (latencies: Latencies, answer: QueryAnswer)?
}

/// How a query is asked.
enum QueryWay: String, CaseIterable {
    case overHTTP = "over HTTP"
    case inProcess = "in process"
}

/// A program that Debian has.
struct PeerProgram {
    let program: String
    let package: String

    /// Where it is; says how to get it when it is not there.
    func path() -> String? {
        if let path = Checkout.program(program) { return path }
        print("\(program): not installed: apt-get install \(package)")
        return nil
    }
}
