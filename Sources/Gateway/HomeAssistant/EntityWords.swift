internal import Telemetry

/// What a quantity is for Home Assistant: its class, its unit, and its names.
///
/// Classes and units are of Home Assistant's own table, so that it converts and draws them; a
/// quantity that no class means goes without one, as each class has its units.
///
/// - Source: Home Assistant, "Sensor" and "Binary sensor", device classes;
///   `device-formats/homeassistant-discovery.md`.
struct EntityWords: Hashable, Sendable {
    let deviceClass: String?
    let vietnamese: String
    let english: String

    private init(_ deviceClass: String?, _ vietnamese: String, _ english: String) {
        self.deviceClass = deviceClass
        self.vietnamese = vietnamese
        self.english = english
    }

    /// The words of a quantity; nil for what is not told.
    static func of(_ quantity: Quantity) -> EntityWords? { byID[quantity.id] }

    /// A UCUM code as Home Assistant writes the unit; nil for none.
    static func unit(_ code: String) -> String? {
        switch code {
        case "", "1", "[pH]": nil
        case "Cel": "°C"
        case "deg": "°"
        case "m3": "m³"
        case "m3/h": "m³/h"
        case "kW.h": "kWh"
        case "{NTU}": "NTU"
        case "uS/cm": "µS/cm"
        case "[ppm]": "ppm"
        case "[ppb]": "ppb"
        case "W/m2": "W/m²"
        case "umol/(m2.s)": "µmol/(m²·s)"
        case "ug/m3": "µg/m³"
        case "dB[SPL]": "dB"
        case "dB{mW}": "dBm"
        default: code
        }
    }

    private static let byID = lighting.merging(waste) { $1 }.merging(water) { $1 }
        .merging(surroundings) { $1 }.merging(device) { $1 }.merging(publicPlaces) { $1 }

    private static let lighting: [String: EntityWords] = [
        "lamp.on": .init("light", "Đèn sáng", "Lamp on"),
        "lamp.level": .init(nil, "Mức sáng", "Dimming level"),
        "lamp.level_target": .init(nil, "Mức sáng đặt", "Dimming level commanded"),
        "lamp.power": .init("power", "Công suất đèn", "Lamp power"),
        "lamp.energy": .init("energy", "Điện năng đèn", "Lamp energy"),
        "lamp.burning_time": .init("duration", "Số giờ sáng", "Burning time"),
        "lamp.switch_count": .init(nil, "Số lần bật", "Switch count"),
        "lamp.failure": .init("problem", "Hỏng đèn", "Lamp failure"),
        "lamp.day_burning": .init("problem", "Đèn sáng ban ngày", "Day burning"),
        "lamp.cycling": .init("problem", "Đèn chập chờn", "Lamp cycling"),
        "gear.failure": .init("problem", "Hỏng bộ nguồn", "Control gear failure"),
        "gear.temperature": .init("temperature", "Nhiệt độ bộ nguồn", "Control gear temperature"),
        "feeder.power": .init("power", "Công suất tuyến", "Feeder power"),
        "feeder.energy": .init("energy", "Điện năng tuyến", "Feeder energy"),
        "supply.voltage": .init("voltage", "Điện áp", "Voltage"),
        "supply.current": .init("current", "Dòng điện", "Current"),
        "supply.frequency": .init("frequency", "Tần số", "Frequency"),
        "supply.power_factor": .init("power_factor", "Hệ số công suất", "Power factor"),
        "supply.power_reactive": .init("reactive_power", "Công suất phản kháng", "Reactive power"),
        "supply.loss": .init("problem", "Mất điện", "Loss of supply"),
        "light.illuminance": .init("illuminance", "Độ rọi", "Illuminance"),
    ]

    private static let waste: [String: EntityWords] = [
        "bin.fill": .init(nil, "Mức đầy", "Fill level"),
        "bin.distance": .init("distance", "Khoảng cách đến rác", "Distance to the waste"),
        "bin.height": .init("distance", "Chiều cao thùng", "Bin height"),
        "bin.tilt": .init(nil, "Độ nghiêng", "Tilt"),
        "bin.tilted": .init("problem", "Thùng bị đổ", "Bin tilted"),
        "bin.lid_open": .init("opening", "Nắp mở", "Lid open"),
        "bin.moved": .init("moving", "Thùng bị dời", "Bin moved"),
        "bin.temperature": .init("temperature", "Nhiệt độ trong thùng", "Bin temperature"),
        "bin.fire": .init("problem", "Cháy", "Fire"),
        "bin.weight": .init("weight", "Khối lượng rác", "Weight of the waste"),
        "bin.empty_count": .init(nil, "Số lần đổ rác", "Times emptied"),
        "bin.fill_threshold": .init(nil, "Ngưỡng đầy", "Fullness threshold"),
        "bin.fault": .init("problem", "Lỗi cảm biến thùng", "Bin sensor fault"),
        "bin.tamper": .init("tamper", "Thùng bị can thiệp", "Bin tampered with"),
        "bin.contents_tamper": .init("tamper", "Rác bị lục hoặc lấy", "Contents tampered with"),
        "bin.collection_late": .init("problem", "Thu gom trễ", "Collection late"),
    ]

    private static let water: [String: EntityWords] = [
        "water.volume": .init("water", "Chỉ số nước", "Water delivered"),
        "water.volume_reverse": .init("water", "Nước chảy ngược", "Water that ran backwards"),
        "water.flow": .init("volume_flow_rate", "Lưu lượng", "Water flow"),
        "water.pressure": .init("pressure", "Áp suất nước", "Water pressure"),
        "water.level": .init("distance", "Mực nước", "Water level"),
        "water.tank_fill": .init(nil, "Mức nước trong bể", "Tank level"),
        "water.temperature": .init("temperature", "Nhiệt độ nước", "Water temperature"),
        "water.ph": .init("ph", "Độ pH", "pH"),
        "water.turbidity": .init(nil, "Độ đục", "Turbidity"),
        "water.chlorine_free": .init(nil, "Clo dư tự do", "Free chlorine"),
        "water.conductivity": .init("conductivity", "Độ dẫn điện", "Conductivity"),
        "water.orp": .init("voltage", "Thế oxy hóa khử", "Redox potential"),
        "water.dissolved_oxygen": .init(nil, "Oxy hòa tan", "Dissolved oxygen"),
        "water.oxygen_saturation": .init(nil, "Độ bão hòa oxy", "Oxygen saturation"),
        "water.tds": .init(nil, "Tổng chất rắn hòa tan", "Total dissolved solids"),
        "water.suspended_solids": .init(nil, "Chất rắn lơ lửng", "Suspended solids"),
        "water.leak": .init("moisture", "Rò rỉ", "Leak"),
        "water.burst": .init("problem", "Vỡ ống", "Burst"),
        "water.backflow": .init("problem", "Chảy ngược", "Backflow"),
        "water.tamper": .init("tamper", "Can thiệp đồng hồ", "Tampering"),
        "water.pipe_empty": .init("problem", "Ống cạn nước", "Dry pipe"),
        "water.valve": .init(nil, "Độ mở van", "Valve opening"),
        "pump.running": .init("running", "Bơm chạy", "Pump running"),
    ]

    private static let surroundings: [String: EntityWords] = [
        "air.temperature": .init("temperature", "Nhiệt độ không khí", "Air temperature"),
        "air.humidity": .init("humidity", "Độ ẩm không khí", "Air humidity"),
        "air.pressure": .init("atmospheric_pressure", "Áp suất khí quyển", "Air pressure"),
        "air.co2": .init("carbon_dioxide", "Khí CO₂", "Carbon dioxide"),
        "air.pm1": .init("pm1", "Bụi PM1", "PM1"),
        "air.pm2_5": .init("pm25", "Bụi PM2,5", "PM2.5"),
        "air.pm10": .init("pm10", "Bụi PM10", "PM10"),
        "air.noise": .init("sound_pressure", "Tiếng ồn", "Noise"),
        "rain.amount": .init("precipitation", "Lượng mưa", "Rain"),
        "wind.speed": .init("wind_speed", "Tốc độ gió", "Wind speed"),
        "air.tvoc": .init(nil, "Hợp chất hữu cơ bay hơi", "Volatile organic compounds"),
        "air.iaq": .init(nil, "Chỉ số chất lượng không khí", "Air quality index"),
        "air.smoke": .init("smoke", "Khói", "Smoke"),
        "wind.gust": .init("wind_speed", "Gió giật", "Gust"),
        "light.irradiance": .init("irradiance", "Bức xạ mặt trời", "Irradiance"),
        "light.par": .init(nil, "Bức xạ quang hợp", "Photosynthetic radiation"),
        "surface.temperature": .init("temperature", "Nhiệt độ bề mặt", "Surface temperature"),
        "soil.temperature": .init("temperature", "Nhiệt độ đất", "Soil temperature"),
        "soil.conductivity": .init("conductivity", "Độ dẫn điện của đất", "Soil conductivity"),
        "leaf.moisture": .init(nil, "Độ ẩm lá", "Leaf wetness"),
        "leaf.temperature": .init("temperature", "Nhiệt độ lá", "Leaf temperature"),
        "wind.direction": .init(nil, "Hướng gió", "Wind direction"),
        "soil.moisture": .init("moisture", "Độ ẩm đất", "Soil moisture"),
    ]

    private static let device: [String: EntityWords] = [
        "battery.voltage": .init("voltage", "Điện áp pin", "Battery voltage"),
        "battery.level": .init("battery", "Mức pin", "Battery"),
        "battery.low": .init("battery", "Pin yếu", "Battery low"),
        "device.online": .init("connectivity", "Kết nối", "Connected"),
        "device.fault": .init("problem", "Lỗi thiết bị", "Device fault"),
        "link.rssi": .init("signal_strength", "Cường độ tín hiệu", "Signal strength"),
        "link.snr": .init(nil, "Tỷ số tín hiệu trên nhiễu", "Signal to noise"),
        "door.open": .init("door", "Cửa mở", "Door open"),
        "input.active": .init(nil, "Ngõ vào", "Input active"),
        "pulse.count": .init(nil, "Số xung", "Pulses"),
    ]

    private static let publicPlaces: [String: EntityWords] = [
        "net.clients": .init(nil, "Số máy kết nối", "Clients"),
        "net.latency": .init(nil, "Độ trễ mạng", "Latency"),
        "net.loss": .init(nil, "Tỷ lệ mất gói", "Packet loss"),
        "camera.recording": .init("running", "Đang ghi hình", "Recording"),
        "people.entered": .init(nil, "Số người vào", "People who entered"),
        "people.left": .init(nil, "Số người ra", "People who left"),
        "people.present": .init(nil, "Số người có mặt", "People present"),
        "place.occupied": .init("occupancy", "Có người", "Occupied"),
    ]
}
