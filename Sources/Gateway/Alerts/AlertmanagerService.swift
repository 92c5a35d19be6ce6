internal import Alerting
internal import Logging
internal import ServiceLifecycle
internal import Synchronization
internal import Telemetry

/// Tells Alertmanagers of alerts: each on its own, so that a dead one delays no other.
///
/// All of a cluster are told; they tell each other what was sent.
struct AlertmanagerService: Service {
    let runtime: GatewayRuntime
    let figures: AlertmanagerFigures

    func run() async throws {
        let settings = runtime.settings
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                for address in settings.alertmanagers {
                    group.addTask { await feed(address, settings) }
                }
            }
        }
    }

    private func feed(_ address: String, _ settings: GatewaySettings) async {
        var feed = AlertmanagerFeed()
        var isFailing = false
        // What fired before a pause is told when the rules have been judged again.
        var hasBegun = false
        repeat {
            hasBegun = hasBegun || runtime.hasJudged.withLock { $0 }
            guard hasBegun else { continue }
            let now = runtime.clock()
            let round = feed.round(
                of: await runtime.alerts.state,
                at: now,
                externalLabels: settings.externalLabels,
                externalURL: settings.linkBase
            )
            for start in stride(from: 0, to: round.alerts.count, by: AlertmanagerAlert.maximumCount)
            {
                let end = min(start + AlertmanagerAlert.maximumCount, round.alerts.count)
                do throws(NotificationSender.Failure) {
                    try await send(round.alerts[start..<end], to: address)
                    feed.note(round, start..<end, at: now)
                    figures.note(address, sent: end - start)
                    isFailing = false
                } catch {
                    figures.note(address, failed: end - start, reason: error.description)
                    // What is refused is not sent again before its usual time, and does not keep
                    // what comes after it from being sent.
                    if error.hasAnswer || error.isPermanent {
                        feed.note(round, start..<end, at: now)
                    }
                    if !isFailing {
                        runtime.logger.warning("cannot tell an Alertmanager of alerts: \(error)")
                    }
                    isFailing = true
                    guard error.hasAnswer else { break }
                }
            }
        } while await oneSecond()
    }

    private func send(
        _ alerts: ArraySlice<AlertmanagerAlert>,
        to address: String
    ) async throws(NotificationSender.Failure) {
        let body: String
        do {
            body = try AlertmanagerAlert.json(alerts)
        } catch {
            throw NotificationSender.Failure(
                description: "cannot write as JSON: \(error)",
                isPermanent: true
            )
        }
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        try await WebClient.post(
            body,
            to: base + "/api/v2/alerts",
            timeout: .milliseconds(runtime.settings.receiverTimeout.count)
        )
    }
}

/// What was told to each Alertmanager.
final class AlertmanagerFigures: Sendable {
    /// Of one Alertmanager.
    struct Counts: Sendable {
        /// Alerts that arrived.
        var sent = 0
        /// Alerts that could not be sent.
        var failed = 0
        /// Why the last could not; nil after some that arrived.
        var lastError: String?
    }

    private let counts = Mutex<[String: Counts]>([:])

    /// By address.
    var all: [String: Counts] { counts.withLock { $0 } }

    func note(_ address: String, sent: Int) {
        counts.withLock { counts in
            counts[address, default: Counts()].sent += sent
            counts[address]?.lastError = nil
        }
    }

    func note(_ address: String, failed: Int, reason: String) {
        counts.withLock { counts in
            counts[address, default: Counts()].failed += failed
            counts[address]?.lastError = reason
        }
    }
}
