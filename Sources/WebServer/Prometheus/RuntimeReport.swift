internal import PromQL
internal import Telemetry

/// What runs here since when; members that are about Go's runtime say nothing.
///
/// - Source: Prometheus 3, "HTTP API", "Runtime Information"; names of members as there.
struct RuntimeReport: Encodable {
    let startTime: String
    let serverTime: String
    /// Settings are read at the start alone, and a gateway that cannot read them does not run.
    let reloadConfigSuccess = true
    let lastConfigTime: String
    let corruptionCount: Int
    let storageRetention: String
    let GOMAXPROCS = QueryEngine.processorCount
    let goroutineCount = 0
    let GOMEMLIMIT = 0
    let GOGC = ""
    let GODEBUG = ""
    // Paths and names of machines are nobody's business.
    let CWD = ""
    let hostname = ""

    init(_ figures: StoreFigures, _ backend: some GatewayBackend) {
        startTime = backend.startedAt.rfc3339
        serverTime = backend.now().rfc3339
        lastConfigTime = startTime
        corruptionCount = figures.damagedBlocks
        storageRetention = figures.retention
    }
}
