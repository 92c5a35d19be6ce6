internal import Alerting
internal import Ingest
internal import MQTT
internal import RingStore
internal import Telemetry

/// The gateway's own figures in the Prometheus text format.
///
/// - Source: Prometheus, "Exposition formats", text format 0.0.4.
struct MetricsText {
    let figures: StoreWorkerFigures
    let statistics: StoreStatistics
    let connection: ConnectionStatus
    let deliveries: [String: DeliveryState]
    let alertmanagers: [String: AlertmanagerFigures.Counts]
    let openAlerts: Int
    let rules: AlertService.Figures
    let uptime: Milliseconds

    private enum Kind: String {
        case gauge, counter
    }

    var text: String {
        var lines: [String] = []
        brokerLines(&lines)
        ingestLines(&lines)
        storeLines(&lines)
        for (name, state) in deliveries.sorted(by: { $0.key < $1.key }) {
            let labels = "{receiver=\(Labels.quoted(name))}"
            lines.append("langso_notifications_delivered_total\(labels) \(state.deliveredCount)")
            lines.append("langso_notifications_failed_total\(labels) \(state.failedAttemptCount)")
            lines.append("langso_notifications_abandoned_total\(labels) \(state.abandonedCount)")
            lines.append("langso_notifications_waiting\(labels) \(state.waitingCount)")
        }
        let told = alertmanagers.sorted { $0.key < $1.key }
        add(
            .counter,
            "langso_alertmanager_alerts_sent_total",
            "Alerts that an Alertmanager took, those it was told again among them.",
            "alertmanager",
            told.map { ($0.key, $0.value.sent) },
            &lines
        )
        add(
            .counter,
            "langso_alertmanager_alerts_failed_total",
            "Alerts that could not be sent to an Alertmanager, and come with the next round.",
            "alertmanager",
            told.map { ($0.key, $0.value.failed) },
            &lines
        )
        add(.gauge, "langso_alerts_open", "Alerts pending or firing.", openAlerts, &lines)
        add(
            .counter,
            "langso_rule_evaluations_total",
            "Rounds of all rules at the present.",
            rules.evaluations,
            &lines
        )
        add(
            .gauge,
            "langso_rule_evaluation_duration_seconds",
            "How long the last round took.",
            rules.lastDuration / .seconds(1),
            &lines
        )
        add(.gauge, "langso_uptime_seconds", "Time since the start.", uptime.seconds, &lines)
        return lines.joined(separator: "\n") + "\n"
    }

    private func brokerLines(_ lines: inout [String]) {
        let counters = connection.counters
        add(
            .gauge,
            "langso_broker_connected",
            "Whether the broker is connected.",
            connection.isConnected ? 1 : 0,
            &lines
        )
        if let age = connection.lastMessageAge {
            let (seconds, attoseconds) = age.components
            add(
                .gauge,
                "langso_broker_last_message_age_seconds",
                "Time since the last message.",
                Double(seconds) + Double(attoseconds) / 1e18,
                &lines
            )
        }
        let sums: [(String, String, UInt64)] = [
            ("messages", "Messages taken.", counters.messages),
            ("message_bytes", "Bytes of topics and payloads taken.", counters.bytes),
            ("retained_messages", "Messages that the broker had kept.", counters.retainedMessages),
            ("oversized_messages", "Messages above the limit.", counters.tooLargeMessages),
            ("connections", "Connections that the broker accepted.", counters.connections),
            ("connections_lost", "Connections that broke.", counters.connectionsLost),
            ("pauses", "Times that reading was paused for the store.", counters.pauses),
            ("commits", "Commits of the journal.", counters.commits),
            ("commit_failures", "Commits that the disk refused.", counters.commitFailures),
        ]
        for (name, help, value) in sums {
            add(.counter, "langso_broker_\(name)_total", help, value, &lines)
        }
    }

    private func ingestLines(_ lines: inout [String]) {
        let ingest = figures.ingest
        let sums: [(String, String, UInt64)] = [
            ("decoded_messages", "Messages that a profile read.", ingest.decodedMessages),
            ("duplicate_messages", "Repeated frames.", ingest.duplicateMessages),
            ("last_known_messages", "Kept values without a clock.", ingest.lastKnownMessages),
            ("stored_samples", "Samples that are new.", ingest.storedSamples),
            ("overwritten_samples", "Samples with another value.", ingest.overwrittenSamples),
            (
                "late_samples", "Samples before the last of their series on disk.",
                ingest.lateSamples
            ),
            ("unchanged_samples", "Samples that were there.", ingest.unchangedSamples),
            ("too_old_samples", "Samples before the horizon.", ingest.tooOldSamples),
            ("unread_members", "Members that no profile reads.", ingest.unreadMembers),
            ("refused_messages", "Messages refused before the journal.", figures.refusedMessages),
        ]
        for (name, help, value) in sums {
            add(.counter, "langso_ingest_\(name)_total", help, value, &lines)
        }
        byLabel(
            "undecoded_messages",
            "Messages not decoded.",
            "reason",
            ingest.undecodedMessages,
            &lines
        )
        byLabel(
            "rejected_readings",
            "Readings rejected.",
            "reason",
            ingest.rejectedReadings,
            &lines
        )
        byLabel(
            "refused_samples",
            "Samples refused with their series.",
            "reason",
            ingest.refusedSamples,
            &lines
        )
        byLabel("notes", "Oddities in messages read.", "code", ingest.notes, &lines)
    }

    private func storeLines(_ lines: inout [String]) {
        let gauges: [(String, String, Double)] = [
            ("series", "Series known.", Double(statistics.seriesCount)),
            ("samples", "Samples held.", Double(statistics.sampleCount)),
            ("head_samples", "Samples not yet sealed.", Double(statistics.headSampleCount)),
            ("damaged_blocks", "Blocks found damaged.", Double(statistics.damagedBlockCount)),
            ("journal_bytes", "Bytes of the journal's ring.", Double(figures.journal.sizeBytes)),
        ]
        for (name, help, value) in gauges {
            add(.gauge, "langso_store_\(name)", help, value, &lines)
        }
        tierLines(&lines)
        if let worst = statistics.worstLabel {
            let name = "langso_store_worst_label_values"
            let values = [(worst.name, Double(worst.valueCount))]
            add(.gauge, name, "Values of the label that has the most.", "label", values, &lines)
        }
        add(
            .counter,
            "langso_store_checkpoints_total",
            "Checkpoints made.",
            figures.checkpoints,
            &lines
        )
        add(
            .counter,
            "langso_store_failed_checkpoints_total",
            "Checkpoints that failed.",
            figures.failedCheckpoints,
            &lines
        )
    }

    private func tierLines(_ lines: inout [String]) {
        let seconds = { (time: Instant) in time > .distantPast ? time.secondsSince1970 : nil }
        let gauges: [(String, String, (TierStatistics) -> Double?)] = [
            ("used_bytes", "Bytes of a tier in use.", { Double($0.usedBytes) }),
            ("budget_bytes", "Bytes of a tier.", { Double($0.budgetBytes) }),
            ("values", "Sealed samples, or parts of summaries.", { Double($0.valueCount) }),
            (
                "horizon_timestamp_seconds", "Time before which a tier has let everything go.",
                { seconds($0.horizon) }
            ),
            (
                "frontier_timestamp_seconds", "Last time that a rollup tier has summarised.",
                { $0.frontier.flatMap { seconds($0) } }
            ),
        ]
        for (name, help, value) in gauges {
            let values = statistics.tiers.compactMap { tier in
                value(tier).map { (tier.tier.rawValue, $0) }
            }
            add(.gauge, "langso_store_\(name)", help, "tier", values, &lines)
        }
    }

    private func add(
        _ kind: Kind,
        _ name: String,
        _ help: String,
        _ value: some CustomStringConvertible,
        _ lines: inout [String]
    ) {
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)", "\(name) \(value)"]
    }

    private func byLabel(
        _ name: String,
        _ help: String,
        _ label: String,
        _ values: [String: UInt64],
        _ lines: inout [String]
    ) {
        let sorted = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        add(.counter, "langso_ingest_\(name)_total", help, label, sorted, &lines)
    }

    /// Adds a value for each value of a label, in the order given.
    private func add(
        _ kind: Kind,
        _ name: String,
        _ help: String,
        _ label: String,
        _ values: [(String, some CustomStringConvertible)],
        _ lines: inout [String]
    ) {
        lines += ["# HELP \(name) \(help)", "# TYPE \(name) \(kind.rawValue)"]
        for (key, value) in values {
            lines.append("\(name){\(label)=\(Labels.quoted(key))} \(value)")
        }
    }
}
