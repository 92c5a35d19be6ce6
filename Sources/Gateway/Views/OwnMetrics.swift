internal import Alerting
internal import CodecSandbox
internal import Ingest
internal import MQTT
internal import Metering
internal import RingStore
internal import Synchronization
internal import Telemetry

/// The gateway's own figures as metrics: those that its parts count by themselves.
struct OwnMetrics {
    let figures: StoreWorkerFigures
    let statistics: StoreStatistics
    let connection: ConnectionStatus
    let deliveries: [String: DeliveryState]
    let alertmanagers: [String: AlertmanagerFigures.Counts]
    let openAlerts: Int
    let rules: AlertService.Figures
    let uptime: Milliseconds
    var codecs = CodecFigures()
    /// Nil when nobody may give commands.
    var commands: CommandFigures?
    /// Whether commands that the settings open are closed.
    var areCommandsClosed = false

    /// How far messages are stored again whose meaning changed.
    var retaking = RetakingState()

    /// All of them; those that may have several values are there even when they have none.
    var families: [MetricFamily] {
        broker + ingest + codecFamilies + commandFamilies + store + tiers + notifications + alerting
            + [
                MetricFamily(
                    .gauge,
                    "langso_retaking_boxes",
                    "Boxes of changed devices whose messages are still to be stored again.",
                    Double(retaking.boxes)
                ),
                MetricFamily(
                    .gauge,
                    "langso_retaking_progress_ratio",
                    "How much of that is done; 1 while nothing is under way.",
                    retaking.progress ?? 1
                ),
                MetricFamily(
                    .gauge,
                    "langso_uptime_seconds",
                    "Time since the start.",
                    uptime.seconds
                ),
            ]
    }

    private var broker: [MetricFamily] {
        let counters = connection.counters
        var families = [
            MetricFamily(
                .gauge,
                "langso_broker_connected",
                "Whether the broker is connected.",
                connection.isConnected ? 1 : 0
            )
        ]
        if let age = connection.lastMessageAge {
            families.append(
                MetricFamily(
                    .gauge,
                    "langso_broker_last_message_age_seconds",
                    "Time since the last message.",
                    age / .seconds(1)
                )
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
        return families + Self.counters("langso_broker_", sums)
    }

    private var ingest: [MetricFamily] {
        let ingest = figures.ingest
        let sums: [(String, String, UInt64)] = [
            ("decoded_messages", "Messages that a profile read.", ingest.decodedMessages),
            ("duplicate_messages", "Repeated frames.", ingest.duplicateMessages),
            ("last_known_messages", "Kept values without a clock.", ingest.lastKnownMessages),
            ("own_samples", "Samples of rules, of the gateway, and pushed.", ingest.ownSamples),
            ("stored_samples", "Measured samples that are new.", ingest.storedSamples),
            ("overwritten_samples", "Samples with another value.", ingest.overwrittenSamples),
            (
                "late_samples", "Samples before the last of their series on disk.",
                ingest.lateSamples
            ),
            ("unchanged_samples", "Samples that were there.", ingest.unchangedSamples),
            ("too_old_samples", "Samples before the horizon.", ingest.tooOldSamples),
            ("unchecked_series", "Series above the checks' limit.", ingest.uncheckedSeries),
            ("wrong_clock_messages", "Messages with a wrong clock.", ingest.wrongClockMessages),
            ("refused_messages", "Messages refused before the journal.", figures.refusedMessages),
        ]
        let byLabel: [(String, String, String, [String: UInt64])] = [
            ("undecoded_messages", "Messages not decoded.", "reason", ingest.undecodedMessages),
            ("rejected_readings", "Readings rejected.", "reason", ingest.rejectedReadings),
            ("marked_readings", "Readings with a mark.", "reason", ingest.markedReadings),
            (
                "refused_samples", "Samples refused with their series.", "reason",
                ingest.refusedSamples
            ),
            ("notes", "Oddities in messages read.", "code", ingest.notes),
        ]
        return Self.counters("langso_ingest_", sums)
            + byLabel.map { name, help, label, values in
                MetricFamily(
                    .counter,
                    "langso_ingest_\(name)_total",
                    help,
                    by: label,
                    values.sorted { $0.key < $1.key }.map { ($0.key, Double($0.value)) }
                )
            } + [
                MetricFamily(
                    .counter,
                    "langso_unread_members_total",
                    "Members of messages that no field of their profile reads.",
                    by: "profile",
                    ingest.unreadMembers.sorted { $0.key < $1.key }.map {
                        ($0.key, Double($0.value))
                    }
                )
            ]
    }

    private var store: [MetricFamily] {
        let gauges: [(String, String, Double)] = [
            ("series", "Series known.", Double(statistics.seriesCount)),
            ("samples", "Samples held.", Double(statistics.sampleCount)),
            ("head_samples", "Samples not yet sealed.", Double(statistics.headSampleCount)),
            ("damaged_blocks", "Blocks found damaged.", Double(statistics.damagedBlockCount)),
            ("journal_bytes", "Bytes of the journal's ring.", Double(figures.journal.sizeBytes)),
            (
                "last_checkpoint_duration_seconds", "How long the last checkpoint took.",
                figures.lastCheckpoint / .seconds(1)
            ),
        ]
        let sums: [(String, String, UInt64)] = [
            ("checkpoints", "Checkpoints made.", figures.checkpoints),
            ("failed_checkpoints", "Checkpoints that failed.", figures.failedCheckpoints),
        ]
        let worst = MetricFamily(
            .gauge,
            "langso_store_worst_label_values",
            "Values of the label that has the most.",
            by: "label",
            statistics.worstLabel.map { [($0.name, Double($0.valueCount))] } ?? []
        )
        return gauges.map { MetricFamily(.gauge, "langso_store_\($0.0)", $0.1, $0.2) } + [worst]
            + Self.counters("langso_store_", sums)
    }

    private var tiers: [MetricFamily] {
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
        return gauges.map { name, help, value in
            MetricFamily(
                .gauge,
                "langso_store_\(name)",
                help,
                by: "tier",
                statistics.tiers.compactMap { tier in
                    value(tier).map { (tier.tier.rawValue, $0) }
                }
            )
        }
    }

    private var notifications: [MetricFamily] {
        typealias Figure = (MetricFamily.Kind, String, String, (DeliveryState) -> Int)
        let figures: [Figure] = [
            (.counter, "delivered_total", "Notifications that were taken.", { $0.deliveredCount }),
            (.counter, "failed_total", "Attempts that failed.", { $0.failedAttemptCount }),
            (.counter, "abandoned_total", "Notifications given up.", { $0.abandonedCount }),
            (.gauge, "waiting", "Notifications that wait.", { $0.waitingCount }),
        ]
        let receivers = deliveries.sorted { $0.key < $1.key }
        return figures.map { kind, name, help, value in
            MetricFamily(
                kind,
                "langso_notifications_\(name)",
                help,
                by: "receiver",
                receivers.map { ($0.key, Double(value($0.value))) }
            )
        }
    }

    private var alerting: [MetricFamily] {
        let told = alertmanagers.sorted { $0.key < $1.key }
        return [
            MetricFamily(
                .counter,
                "langso_alertmanager_alerts_sent_total",
                "Alerts that an Alertmanager took, those it was told again among them.",
                by: "alertmanager",
                told.map { ($0.key, Double($0.value.sent)) }
            ),
            MetricFamily(
                .counter,
                "langso_alertmanager_alerts_failed_total",
                "Alerts that could not be sent to an Alertmanager, and come with the next round.",
                by: "alertmanager",
                told.map { ($0.key, Double($0.value.failed)) }
            ),
            MetricFamily(
                .gauge,
                "langso_alerts_open",
                "Alerts pending or firing.",
                Double(openAlerts)
            ),
            MetricFamily(
                .counter,
                "langso_rule_evaluations_total",
                "Rounds of all rules at the present.",
                Double(rules.evaluations)
            ),
        ]
            + Self.counters(
                "langso_rule_",
                [
                    ("evaluation_failures", "Evaluations of one rule that failed.", rules.failures),
                    ("corrections", "Times that rules were judged again.", rules.corrections),
                    ("failed_corrections", "Times that was given up.", rules.failedCorrections),
                    (
                        "late_outside_window", "Times that samples were too late for that.",
                        rules.lateOutsideWindow
                    ),
                ]
            ) + [
                MetricFamily(
                    .gauge,
                    "langso_rule_evaluation_duration_seconds",
                    "How long the last round took.",
                    rules.lastDuration / .seconds(1)
                )
            ]
    }

    static func counters(
        _ prefix: String,
        _ sums: [(String, String, UInt64)]
    ) -> [MetricFamily] {
        sums.map { MetricFamily(.counter, "\(prefix)\($0.0)_total", $0.1, Double($0.2)) }
    }
}

extension GatewayRuntime {
    /// All metrics of the gateway at this moment; nil when its store has stopped.
    func metricFamilies() async -> [MetricFamily]? {
        guard let statistics = await worker.run({ $0.store.statistics }) else { return nil }
        let own = OwnMetrics(
            figures: worker.figures,
            statistics: statistics,
            connection: session.status,
            deliveries: await alerts.deliveries,
            alertmanagers: alertmanagers.all,
            openAlerts: await alerts.state.book.openCount,
            rules: await alerts.figures,
            uptime: clock() - startedAt,
            codecs: codecs?.figures ?? CodecFigures(),
            commands: await desk?.figures,
            areCommandsClosed: commandFault != nil,
            retaking: retakingState.withLock { $0 }
        )
        return own.families + metrics.families
    }
}
