internal import Alerting
internal import Foundation
internal import Ingest
internal import Knowledge
internal import MQTT
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// Makes the first page's figures from the store, the registry and the state of alerts.
struct OverviewBuilder {
    let runtime: GatewayRuntime
    let now: Instant
    let alerts: AlertBook
    private let figures: Figures<KnownSource<StoreSnapshot>>
    private let statistics: StoreStatistics
    private let registry: RegistrySnapshot

    init(
        runtime: GatewayRuntime,
        source: KnownSource<StoreSnapshot>,
        now: Instant,
        alerts: AlertBook
    ) {
        self.runtime = runtime
        self.now = now
        self.alerts = alerts
        figures = Figures(source: source, now: now)
        statistics = source.base.statistics
        registry = runtime.registry
    }

    var view: OverviewView {
        let fired = alerts.open.filter { $0.state == .firing && $0.absorbedBy == nil }
        return OverviewView(
            name: runtime.settings.name,
            isSimulated: registry.devices.contains(where: \.isSimulated),
            time: now.rfc3339,
            fillProgress: runtime.fillProgress.withLock { $0 },
            retakingProgress: runtime.retakingState.withLock { $0.progress },
            broker: broker,
            store: StoreView(
                series: statistics.seriesCount,
                samples: statistics.sampleCount,
                oldest: statistics.oldest?.rfc3339,
                newest: statistics.newest?.rfc3339,
                usedBytes: Int(clamping: statistics.usedBytes),
                budgetBytes: Int(clamping: statistics.budgetBytes)
            ),
            services: [lighting, waste, water],
            villages: villages(fired),
            openAlerts: Dictionary(fired.map { ($0.severity, 1) }, uniquingKeysWith: +),
            undecoded: runtime.worker.figures.deadLetters.counts
                .mapValues { Int(clamping: $0) }
        )
    }

    private var broker: BrokerView {
        let status = runtime.session.status
        let state =
            switch status.state {
            case .connected: "connected"
            case .connecting, .idle: "connecting"
            case .waiting, .held: "waiting"
            case .stopped: "stopped"
            }
        let age = status.lastMessageAge.map { Milliseconds($0.components.seconds * 1000) }
        return BrokerView(
            state: state,
            address: runtime.settings.broker.address.description,
            lastMessageAt: age.map { (now - $0).rfc3339 },
            messages: Int(clamping: status.counters.messages),
            lastError: status.isConnected ? nil : status.lastError.map { "\($0)" }
        )
    }

    // MARK: Services

    private var lighting: ServiceView {
        service(
            "lighting",
            [.lamp, .feeder],
            [
                figure(
                    "lamps_on",
                    "Đèn đang sáng",
                    "Lamps on",
                    "count(last_over_time(lamp_power_watts[1h]) > 2)",
                    zeroWhen: "count(last_over_time(lamp_power_watts[1h]))"
                ),
                figure(
                    "lighting_power",
                    "Công suất chiếu sáng",
                    "Lighting power",
                    "sum(last_over_time(lamp_power_watts[1h])) / 1000",
                    unit: "kW"
                ),
                figure(
                    "lighting_energy",
                    "Điện năng 24 giờ",
                    "Energy in 24 h",
                    "sum(increase(lamp_energy_joules_total[1d])) / 3.6e6",
                    unit: "kWh"
                ),
            ]
        )
    }

    private var waste: ServiceView {
        service(
            "waste",
            [.bin],
            [
                figure(
                    "fullest_bin",
                    "Thùng đầy nhất",
                    "Fullest bin",
                    "100 * max(last_over_time(bin_fill_ratio[1d]))",
                    unit: "%"
                ),
                figure(
                    "bins_over_threshold",
                    "Thùng vượt ngưỡng",
                    "Bins over their threshold",
                    "count(last_over_time(bin_fill_ratio[1d]) >= on (device) group_left () "
                        + "max by (device) (bin_fullness_threshold_ratio))",
                    zeroWhen: "count(last_over_time(bin_fill_ratio[1d]))"
                ),
            ]
        )
    }

    private var water: ServiceView {
        service(
            "water",
            [.waterMeter, .waterFlow, .waterPressure, .waterTank, .waterQuality],
            [
                figure(
                    "water_delivered",
                    "Nước cấp 24 giờ",
                    "Water in 24 h",
                    "sum(increase(water_volume_cubic_metres_total[1d]))",
                    unit: "m³"
                ),
                figure(
                    "lowest_tank",
                    "Bể thấp nhất",
                    "Lowest tank",
                    "100 * min(last_over_time(water_tank_fill_ratio[6h]))",
                    unit: "%"
                ),
                figure(
                    "lowest_pressure",
                    "Áp lực thấp nhất",
                    "Lowest pressure",
                    "min(last_over_time(water_pressure_pascals[6h])) / 1e5",
                    unit: "bar"
                ),
            ]
        )
    }

    private func service(
        _ kind: String,
        _ kinds: Set<RegistrySnapshot.DeviceKind>,
        _ shown: [FigureView]
    ) -> ServiceView {
        let devices = registry.devicesInService.filter { kinds.contains($0.kind) }
        let pattern = kinds.map(\.rawValue).sorted().joined(separator: "|")
        let up = figures.value("sum(device_up{kind=~\"\(pattern)\"})")
        return ServiceView(
            kind: kind,
            devices: devices.count,
            devicesUp: Int(up ?? 0),
            figures: shown,
            isSimulated: devices.contains(where: \.isSimulated)
        )
    }

    /// One figure; `zeroWhen` tells an empty result that means none from one that means no data.
    private func figure(
        _ id: String,
        _ vi: String,
        _ en: String,
        _ expression: String,
        unit: String = "",
        zeroWhen: String? = nil
    ) -> FigureView {
        var value = figures.value(expression)
        if value == nil, let zeroWhen, figures.value(zeroWhen) != nil { value = 0 }
        return FigureView(id: id, nameVi: vi, nameEn: en, value: value, unit: unit)
    }

    // MARK: Villages

    private func villages(_ fired: [Alert]) -> [VillageView] {
        let today = CivilDate(now, offset: runtime.settings.zoneOffset)
        let on = figures.values(
            "count by (village) (last_over_time(lamp_power_watts[1h]) > 2)",
            by: "village"
        )
        let heard = figures.values(
            "count by (village) (last_over_time(lamp_power_watts[1h]))",
            by: "village"
        )
        let expected = figures.values("max by (village) (lighting_expected)", by: "village")
        let fill = figures.values(
            "max by (village) (last_over_time(bin_fill_ratio[1d]))",
            by: "village"
        )
        let litres = figures.values(
            "sum by (village) (increase(water_volume_cubic_metres_total[1d]))",
            by: "village"
        )
        let devices = Dictionary(grouping: registry.devicesInService, by: \.village)
        return registry.villages.filter { devices[$0.code] != nil }.map { village in
            let own = devices[village.code] ?? []
            return VillageView(
                code: village.code,
                name: village.name,
                unit: registry.unit(of: village.code, on: today)?.name ?? "",
                latitude: village.position?.latitude,
                longitude: village.position?.longitude,
                lampsOn: (on[village.code] ?? heard[village.code].map { _ in 0 }).map { Int($0) },
                lamps: own.filter { $0.kind == .lamp }.count,
                lampsExpected: expected[village.code].map { $0 > 0 },
                fullestBin: fill[village.code],
                bins: own.filter { $0.kind == .bin }.count,
                waterCubicMetresPerDay: litres[village.code],
                openAlerts: fired.filter { $0.labels["village"] == village.code }.count,
                isSimulated: own.contains(where: \.isSimulated)
            )
        }.sorted { ($0.unit, $0.name) < ($1.unit, $1.name) }
    }
}
