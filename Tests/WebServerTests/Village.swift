import PromQL
import Telemetry
import WebServer

/// A commune of three villages as views and series, the same for each time given.
struct Village: Sendable {
    let now: Instant
    /// Whether the lamps are simulated.
    var isSimulated = true

    static let names = ["Nà Ếch", "Ngàn Chi", "Khe Lạc “Trên”"]
    static let commune = "Xã Tiên Yên"
    /// A name that a page must show as it stands, never run.
    static let hostileName = #"<img src=x onerror="document.title='run'"> “đèn cổng chợ”"#

    func text(minutesAgo: Int) -> String { (now - .minutes(Int64(minutesAgo))).rfc3339 }

    func overview(messages: Int = 184_213) -> OverviewView {
        OverviewView(
            name: "Làng số Tiên Yên",
            isSimulated: isSimulated,
            time: now.rfc3339,
            fillProgress: nil,
            broker: BrokerView(
                state: "connected",
                address: "127.0.0.1:1883",
                lastMessageAt: text(minutesAgo: 0),
                messages: messages,
                lastError: nil
            ),
            store: StoreView(
                series: 1_284,
                samples: 5_120_400,
                oldest: text(minutesAgo: 14 * 1440),
                newest: now.rfc3339,
                usedBytes: 41_943_040,
                budgetBytes: 268_435_456
            ),
            services: services,
            villages: Self.names.enumerated().map { index, name in village(index, name) },
            openAlerts: ["critical": 0, "major": 2, "minor": 5, "warning": 1],
            undecoded: ["no_profile": 12, "bad_payload": 3]
        )
    }

    private var services: [ServiceView] {
        [
            ServiceView(
                kind: "lighting",
                devices: 63,
                devicesUp: 61,
                figures: [
                    figure("lamps_on", "đèn đang sáng", "lamps lit", 55, ""),
                    figure("power", "Công suất", "Power", 4_812.5, "W"),
                    figure("energy", "Điện năng đêm qua", "Energy last night", 51.26, "kWh"),
                    figure("failed", "Đèn hỏng", "Lamps failed", 3, ""),
                ],
                isSimulated: isSimulated
            ),
            ServiceView(
                kind: "waste",
                devices: 9,
                devicesUp: 9,
                figures: [
                    figure("fullest", "thùng đầy nhất", "fullest bin", 87.5, "%"),
                    figure("missed", "Điểm chưa thu gom", "Missed collections", 1, ""),
                ]
            ),
            ServiceView(
                kind: "water",
                devices: 6,
                devicesUp: 5,
                figures: [
                    figure("day", "nước cấp trong 24 giờ", "delivered in 24 h", nil, "m³"),
                    figure("pressure", "Áp lực thấp nhất", "Lowest pressure", 1.85, "bar"),
                ]
            ),
        ]
    }

    private func figure(
        _ id: String,
        _ vi: String,
        _ en: String,
        _ value: Double?,
        _ unit: String
    ) -> FigureView {
        FigureView(id: id, nameVi: vi, nameEn: en, value: value, unit: unit)
    }

    private func village(_ index: Int, _ name: String) -> VillageView {
        VillageView(
            code: "v\(index + 1)",
            name: name,
            unit: Self.commune,
            latitude: 21.33 + Double(index) / 100,
            longitude: 107.4,
            lampsOn: [20, 15, 20][index],
            lamps: 20,
            lampsExpected: index == 2 ? nil : true,
            fullestBin: [0.875, 0.41, nil][index],
            bins: 3,
            waterCubicMetresPerDay: [212.4, nil, 98][index],
            openAlerts: [5, 3, 0][index],
            isSimulated: isSimulated && index == 0
        )
    }

    /// Sixty lamps, nine bins, six water points, one of which was never heard of.
    func devices() -> [DeviceView] {
        (1...60).map(lamp) + (1...9).map(bin) + (1...6).map(meter)
    }

    private func lamp(_ number: Int) -> DeviceView {
        let code = "den-\(number < 10 ? "0" : "")\(number)"
        let isDown = number % 23 == 0
        let time = text(minutesAgo: isDown ? 380 : number % 10)
        return DeviceView(
            code: code,
            name: number == 7 ? Self.hostileName : "Đèn đường số \(number)",
            kind: "lamp",
            profile: "nema-lorawan-v2",
            village: Self.names[(number - 1) / 20],
            unit: Self.commune,
            isSimulated: isSimulated && number <= 20,
            state: isDown ? "down" : "up",
            lastMessageAt: time,
            expectedIntervalSeconds: 600,
            readings: [
                reading("lamp_energy_joules_total", 4_521_880_000, "J", time),
                reading("lamp_level_ratio", 0.7, "1", time),
                reading("lamp_on", 1, "1", time),
                reading("lamp_power_watts", 78.25, "W", time),
            ]
        )
    }

    private func bin(_ number: Int) -> DeviceView {
        let time = text(minutesAgo: number * 25)
        return DeviceView(
            code: "thung-\(number)",
            name: "Thùng rác chợ \(number)",
            kind: "bin",
            profile: "ultrasonic-bin",
            village: Self.names[(number - 1) / 3],
            unit: Self.commune,
            isSimulated: false,
            state: "up",
            lastMessageAt: time,
            expectedIntervalSeconds: 21_600,
            readings: [reading("bin_fill_ratio", Double(number) * 0.095, "1", time)]
        )
    }

    private func meter(_ number: Int) -> DeviceView {
        let isNever = number == 6
        let time = text(minutesAgo: number * 9)
        return DeviceView(
            code: "nuoc-\(number)",
            name: "Đồng hồ tổng \(number)",
            kind: number > 4 ? "water_quality" : "water_meter",
            profile: "pulse-meter",
            village: Self.names[(number - 1) / 2],
            unit: Self.commune,
            isSimulated: false,
            state: isNever ? "never" : "up",
            lastMessageAt: isNever ? nil : time,
            expectedIntervalSeconds: 3600,
            readings: isNever
                ? [] : [reading("water_volume_cubic_metres_total", 12_480.375, "m3", time)]
        )
    }

    private func reading(
        _ metric: String,
        _ value: Double,
        _ unit: String,
        _ time: String
    ) -> ReadingView {
        ReadingView(metric: metric, channel: "", value: value, unit: unit, time: time)
    }

    var codecs: CodecsView {
        CodecsView(codecs: [
            CodecView(
                name: "meter",
                calls: 3,
                failures: 3,
                kills: 3,
                warnings: 0,
                lastWarning: nil,
                waiting: 7,
                quarantine: "it hangs"
            )
        ])
    }

    func deadLetters(limit: Int) -> DeadLettersView {
        DeadLettersView(
            counts: ["no_profile": 12, "bad_payload": 3],
            messages: (0..<15).prefix(limit).map { index in
                DeadLetterView(
                    position: UInt64(90_000 - index * 128),
                    receivedAt: text(minutesAgo: index * 47),
                    topic: "application/3/device/24e124136b502\(100 + index)/event/up",
                    reason: index % 5 == 4 ? "bad_payload" : "no_profile",
                    message: "no profile takes vendor 24e124 on port 85; register the device",
                    payload: #"{"deviceName":"<b>thử</b>","data":"AXVkA2cP"}"#
                )
            }
        )
    }
}
