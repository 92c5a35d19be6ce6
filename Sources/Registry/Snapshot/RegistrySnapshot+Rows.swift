internal import Telemetry

extension RegistrySnapshot.Unit {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            name: try row.text("name"),
            kind: try row.word("kind", RegistrySnapshot.UnitKind.self),
            regions: try row.list("regions"),
            from: try row.optionalDate("from"),
            to: try row.optionalDate("to")
        )
    }
}

extension RegistrySnapshot.Village {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            name: try row.text("name"),
            position: try row.position(),
            households: try row.optionalWhole("households"),
            people: try row.optionalWhole("people")
        )
    }
}

extension RegistrySnapshot.Membership {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            unit: try row.text("unit"),
            village: try row.text("village"),
            from: try row.date("from"),
            to: try row.optionalDate("to")
        )
    }
}

extension RegistrySnapshot.Site {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            name: try row.text("name"),
            village: try row.text("village"),
            position: try row.position()
        )
    }
}

extension RegistrySnapshot.Feeder {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            name: try row.text("name"),
            village: try row.text("village"),
            site: try row.optionalText("site")
        )
    }
}

extension RegistrySnapshot.LightingProgramme {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            feeder: try row.text("feeder"),
            from: try row.date("from"),
            switching: try Self.switching(row)
        )
    }

    private static func switching(
        _ row: StoredRow
    ) throws(RegistryError) -> RegistrySnapshot.Switching {
        switch try row.text("mode") {
        case "sun":
            let on = try row.optionalText("on") ?? "0"
            let off = try row.optionalText("off") ?? "0"
            guard let afterSunset = Int(on) else { throw row.damage("on") }
            guard let beforeSunrise = Int(off) else { throw row.damage("off") }
            return .sun(minutesAfterSunset: afterSunset, minutesBeforeSunrise: beforeSunrise)
        case "clock":
            guard let on = RegistrySnapshot.ClockTime(try row.text("on"))
            else { throw row.damage("on") }
            guard let off = RegistrySnapshot.ClockTime(try row.text("off"))
            else { throw row.damage("off") }
            return .clock(on: on, off: off)
        default: throw row.damage("mode")
        }
    }
}

extension RegistrySnapshot.Route {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(code: try row.text("code"), name: try row.text("name"))
    }
}

extension RegistrySnapshot.Zone {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(code: try row.text("code"), name: try row.text("name"))
    }
}

extension RegistrySnapshot.Collection {
    init(_ row: StoredRow) throws(RegistryError) {
        var weekdays: [RegistrySnapshot.Weekday] = []
        for word in try row.list("weekdays") {
            guard let day = RegistrySnapshot.Weekday(rawValue: word) else {
                throw row.damage("weekdays")
            }
            weekdays.append(day)
        }
        self.init(
            route: try row.text("route"),
            weekdays: weekdays,
            start: try row.clock("start"),
            end: try row.clock("end"),
            from: try row.date("from"),
            to: try row.optionalDate("to")
        )
    }
}

extension RegistrySnapshot.Device {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            address: try row.optionalText("address"),
            name: try row.optionalText("name"),
            kind: try row.word("kind", RegistrySnapshot.DeviceKind.self),
            profile: try row.optionalText("profile"),
            parameters: try row.parameters("parameters"),
            village: try row.text("village"),
            site: try row.optionalText("site"),
            feeder: try row.optionalText("feeder"),
            route: try row.optionalText("route"),
            zone: try row.optionalText("zone"),
            position: try row.position(),
            expectedInterval: try row.optionalSpan("expected_interval"),
            nominalPowerWatts: try row.optionalDecimal("nominal_power_watts"),
            fullnessThresholdRatio: try row.optionalDecimal("fullness_threshold_ratio"),
            isSimulated: try row.flag("simulated")
        )
    }
}

extension RegistrySnapshot.EndedInstallation {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            device: try row.text("device"),
            until: try row.instant("until"),
            ending: try row.word("change", RegistrySnapshot.Ending.self),
            address: try row.optionalText("address"),
            profile: try row.optionalText("profile"),
            parameters: try row.parameters("parameters"),
            village: try row.text("village"),
            site: try row.optionalText("site"),
            feeder: try row.optionalText("feeder"),
            route: try row.optionalText("route"),
            zone: try row.optionalText("zone"),
            position: try row.position(),
            lastIndices: try row.parameters("last_indices"),
            firstIndices: try row.parameters("first_indices"),
            successor: try row.optionalText("successor"),
            person: try row.text("person"),
            reason: try row.text("reason")
        )
    }
}

extension RegistrySnapshot.RoadSegment {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            code: try row.text("code"),
            village: try row.text("village"),
            roadClass: try row.text("class"),
            lengthKilometres: try row.decimal("length_kilometres"),
            lamps: try row.list("lamps")
        )
    }
}

extension RegistrySnapshot.PublicPoint {
    init(_ row: StoredRow, _ villageOfDevice: [String: String]) throws(RegistryError) {
        let device = try row.text("device")
        guard let village = villageOfDevice[device] else { throw row.damage("device") }
        self.init(device: device, village: village, kind: try row.text("kind"))
    }
}

extension RegistrySnapshot.LaboratoryResult {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            supply: try row.text("supply"),
            passes: try row.flag("passes"),
            from: try row.date("from"),
            to: try row.date("to"),
            document: try row.text("document"),
            isSimulated: try row.flag("simulated")
        )
    }
}

extension RegistrySnapshot.RegistryCount {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            key: try row.text("key"),
            area: try row.text("area"),
            numerator: try row.decimal("numerator"),
            denominator: try row.optionalDecimal("denominator"),
            date: try row.date("date"),
            validTo: try row.optionalDate("valid_to"),
            source: try row.optionalText("source"),
            isSimulated: try row.flag("simulated")
        )
    }
}

extension RegistrySnapshot.Attestation {
    init(_ row: StoredRow) throws(RegistryError) {
        self.init(
            key: try row.text("key"),
            area: try row.text("area"),
            passes: try row.flag("passes"),
            from: try row.date("from"),
            to: try row.optionalDate("to"),
            document: try row.text("document"),
            isSimulated: try row.flag("simulated")
        )
    }
}
