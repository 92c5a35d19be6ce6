internal import Ingest
internal import Knowledge
internal import Registry
internal import Telemetry

extension RegistrySnapshot {
    /// How long a device may be silent before it counts as down: three expected intervals, at
    /// least half an hour.
    ///
    /// - Source: alarms-and-kpis.md of the domain rules, G1.
    static func silenceLimit(_ interval: Milliseconds) -> Milliseconds {
        max(interval * 3, .minutes(30))
    }

    /// What the gateway knows by itself, as series: the words of the architecture page.
    func knownSeries(zoneOffset: Milliseconds, on date: CivilDate) -> KnownSeries {
        KnownSeries(
            devices.flatMap { deviceSeries($0, on: date) }
                + villages.compactMap { sunSeries($0, on: date) }
                + feeders.map { lightingSeries($0, zoneOffset, on: date) }
                + routes.map { collectionSeries($0, zoneOffset) },
            ownIntervals: IndicatorSeries.intervals
        )
    }

    /// The series of a device, for each time in service that it stood as it did.
    private func deviceSeries(_ device: Device, on date: CivilDate) -> [ComputedSeries] {
        installations(of: device.code).filter(\.isInService).flatMap { installation in
            series(of: installation, on: date).map {
                $0.limited(from: installation.from, until: installation.until)
            }
        }
    }

    private func series(
        of installation: Installation,
        on date: CivilDate
    ) -> [ComputedSeries] {
        let device = installation.device
        let labels = self.labels(of: device, on: date)
        func named(_ name: KnownName) -> Labels { labels.named(name) }
        let beat = labels.setting(Labels.metricNameLabel, to: IngestPipeline.heartbeatMetric)
        let beats = Labels(metric: IngestPipeline.heartbeatMetric, ["device": device.code])
        let interval = expectedInterval(of: device)
        var series: [ComputedSeries] = [
            .constant(named(.deviceInfo).setting("profile", to: device.profile ?? ""), 1),
            .constant(
                named(.expectedInterval).setting("source", to: interval.source.rawValue),
                interval.span.seconds
            ),
            .heartbeat(
                named(.lastMessage),
                of: beats,
                now: beat,
                .lastMessage
            ),
            .heartbeat(
                named(.deviceUp),
                of: beats,
                now: beat,
                .isUp(within: Self.silenceLimit(interval.span))
            ),
        ]
        if let power = device.nominalPowerWatts {
            series.append(.constant(named(.nominalPower), power))
        }
        if let ratio = device.fullnessThresholdRatio {
            series.append(.constant(named(.fullnessThreshold), ratio))
        }
        for (counter, offset) in installation.counterOffsets.sorted(by: { $0.key < $1.key }) {
            guard let quantity = Quantity.named(counter) else { continue }
            let labels = named(.counterOffset).setting("metric", to: quantity.metricName)
            series.append(.constant(labels, quantity.metricValue(offset)))
        }
        return series
    }

    private func sunSeries(_ village: Village, on date: CivilDate) -> ComputedSeries? {
        guard let position = village.position else { return nil }
        let sun = SolarPosition(latitude: position.latitude, longitude: position.longitude)
        let labels = places(village.code, on: date).named(.sunElevation)
        return .function(labels) { sun.elevationDegrees(at: $0) }
    }

    private func lightingSeries(
        _ feeder: Feeder,
        _ zoneOffset: Milliseconds,
        on date: CivilDate
    ) -> ComputedSeries {
        let labels = places(feeder.village, on: date).setting("feeder", to: feeder.code)
            .named(.lightingExpected)
        return .function(labels) { time in
            isLightingExpected(feeder: feeder.code, at: time, zoneOffset: zoneOffset)
                .map { $0 ? 1 : 0 }
        }
    }

    private func collectionSeries(_ route: Route, _ zoneOffset: Milliseconds) -> ComputedSeries {
        .function((["route": route.code] as Labels).named(.collectionPlanned)) { time in
            isCollectionPlanned(route: route.code, at: time, zoneOffset: zoneOffset) ? 1 : 0
        }
    }

    private func places(_ village: String, on date: CivilDate) -> Labels {
        var labels = [Label("village", village)]
        if let commune = unit(of: village, on: date)?.code {
            labels.append(Label("commune", commune))
        }
        return Labels(labels)
    }
}

extension Labels {
    fileprivate func named(_ name: KnownName) -> Labels {
        setting(Labels.metricNameLabel, to: name.rawValue)
    }
}
