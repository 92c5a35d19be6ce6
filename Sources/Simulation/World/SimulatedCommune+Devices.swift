internal import Telemetry

/// What each device is, kind by kind: profile, address, place, interval.
extension SimulatedCommune {
    /// Nominal powers in use on the circuits, in watts: LED lanterns of village roads.
    private static let nominalWatts = [60.0, 40, 60, 80, 60]

    /// Fills in all that follows from a device's kind and number.
    func describe(_ device: inout SimulatedDevice) {
        let index = device.number - 1
        switch device.kind {
        case .lamp: describeLamp(&device, index)
        case .feeder: describeFeeder(&device, index)
        case .bin: describeBin(&device, index)
        case .meter: describeMeter(&device, index)
        case .inflow, .pressure, .tank, .station: describeNetwork(&device, index)
        case .point:
            place(&device, villages[index % villages.count], site: "NVH", index)
            device.profile = "tasmota-feeder"
            device.address = "mo-phong/\(device.code)"
        }
    }

    /// Whether a device speaks over The Things Stack, and not over ChirpStack.
    func usesTheThingsStack(_ device: SimulatedDevice) -> Bool {
        switch device.kind {
        case .bin: device.number % 3 == 0
        case .meter: true
        default: false
        }
    }

    /// Whether a meter has the twice-daily log; the others speak SenML.
    func isAxioma(_ meter: SimulatedDevice) -> Bool { meter.number > 4 || meter.number == 3 }

    private func describeLamp(_ device: inout SimulatedDevice, _ index: Int) {
        let feeder = feederIndex(ofLamp: index)
        let village = village(feeders[feeder].village)
        let place = index % DeploymentSize.lampsPerFeeder
        device.profile = "lorawan-luminaire"
        device.address = RadioLink.text(device.eui)
        device.village = village.code
        device.feeder = feeders[feeder].code
        // Columns stand 35 m apart along the road: 0.00032 degrees.
        device.latitude = village.latitude + 0.0011 * Double(feeder % 4) + 0.0002
        device.longitude = village.longitude + 0.00032 * Double(place)
        device.nominalWatts = Self.nominalWatts[feeder % 5]
    }

    private func describeFeeder(_ device: inout SimulatedDevice, _ index: Int) {
        let village = village(feeders[index].village)
        device.profile = "tasmota-feeder"
        device.address = "mo-phong/\(device.code)"
        device.village = village.code
        device.feeder = feeders[index].code
        device.site = feeders[index].site
        device.latitude = village.latitude + 0.0011 * Double(index % 4)
        device.longitude = village.longitude
        device.intervalMinutes = 5
    }

    private func describeBin(_ device: inout SimulatedDevice, _ index: Int) {
        let isDragino = usesTheThingsStack(device)
        place(&device, villages[index % villages.count], site: nil, index)
        device.profile = isDragino ? "dragino-ldds75" : "milesight-em310-udl"
        device.address = RadioLink.text(device.eui)
        device.parameters =
            isDragino ? "bin_depth=1600;dead_zone=290" : "bin_depth=1400;dead_zone=200"
        device.route = routes[index % 2].code
        device.intervalMinutes = isDragino ? 120 : 60
        device.fullnessThreshold = 0.8
    }

    private func describeMeter(_ device: inout SimulatedDevice, _ index: Int) {
        let isAxioma = isAxioma(device)
        // The first two are the bulk meters of the two supplies.
        place(
            &device,
            villages[index == 1 ? villages.count - 1 : index % villages.count],
            site: index < 2 ? "NUOC" : nil,
            index
        )
        device.profile = isAxioma ? "axioma-qalcosonic-w1" : "senml-water-point"
        device.address = isAxioma ? RadioLink.text(device.eui) : device.code
        device.intervalMinutes = isAxioma ? 720 : 60
    }

    private func describeNetwork(_ device: inout SimulatedDevice, _ index: Int) {
        let isLast = index % 2 == 1
        place(
            &device,
            device.kind == .pressure
                ? villages[index % villages.count]
                : villages[isLast ? villages.count - 1 : 0],
            site: device.kind == .pressure ? nil : "NUOC",
            index
        )
        device.intervalMinutes = 10
        device.address = RadioLink.text(device.eui)
        switch device.kind {
        case .pressure:
            device.profile = "milesight-em500-pp"
            device.zone = "MP-VUNG-\(index % max(size.zones, 1) + 1)"
        case .tank:
            device.profile = "milesight-em500-swl"
            device.parameters = "tank_height=3"
        case .inflow:
            device.profile = "json-datalogger"
            device.address = device.code
            device.zone = "MP-VUNG-\(index + 1)"
            device.intervalMinutes = 15
        default:
            device.profile = "json-water-quality"
            device.address = device.code
            device.intervalMinutes = 15
        }
        if size.zones == 0 { device.zone = nil }
    }

    private func place(
        _ device: inout SimulatedDevice,
        _ village: Village,
        site: String?,
        _ index: Int
    ) {
        device.village = village.code
        device.site = site.map { "MP-DIEM-\($0)-\(village.code.dropFirst(3))" } ?? ""
        device.latitude =
            village.latitude - 0.0015 + 0.0006 * noise.signed(Int64(device.ordinal), salt: 7)
        device.longitude =
            village.longitude + 0.002 * noise.signed(Int64(device.ordinal), salt: 8)
    }

    private func village(_ code: String) -> Village {
        villages.first { $0.code == code } ?? villages[0]
    }
}
