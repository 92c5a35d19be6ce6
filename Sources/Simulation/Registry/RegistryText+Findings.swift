internal import Telemetry

/// What indicators need besides devices: roads, supplies, counts, findings; all invented.
///
/// They are chosen so that the criteria come out in several ways: some reached, some missed, some
/// without a threshold or a finding.
extension RegistryText {
    /// Each circuit lights two segments, one of a commune road and one of a village road; the last
    /// village has a lane without lamps.
    var roads: String {
        var csv = CSVText("code,village,class,length_kilometres,lamps")
        let lamps = Array(commune.members(.lamp))
        let half = DeploymentSize.lampsPerFeeder / 2
        for (index, feeder) in commune.feeders.enumerated() {
            for part in 0..<2 {
                let first = min(index * DeploymentSize.lampsPerFeeder + part * half, lamps.count)
                let codes = lamps[first..<min(first + half, lamps.count)].map(\.code)
                guard !codes.isEmpty else { continue }
                csv.append(
                    "MP-DUONG-\(SimulatedDevice.padded(2 * index + part + 1, 2))",
                    feeder.village,
                    part == 0 ? "commune" : "village",
                    // Six columns, 35 m apart.
                    CSVText.number(0.035 * Double(codes.count)),
                    codes.joined(separator: ";")
                )
            }
        }
        if let village = commune.villages.last {
            csv.append("MP-DUONG-KHONG-DEN", village.code, "village", "0.12", "")
        }
        return csv.text
    }

    var supplies: String {
        var csv = CSVText("code,name,loss_share,chlorinated")
        csv.append("MP-CN-1", "Công trình cấp nước 1", "0.12", "true")
        csv.append("MP-CN-2", "Công trình cấp nước 2", "0.18", "true")
        return csv.text
    }

    /// The second supply is the last village's; nine households of ten are connected.
    var supplyVillages: String {
        var csv = CSVText("supply,village,households,people")
        for village in commune.villages {
            csv.append(
                village.code == commune.villages.last?.code ? "MP-CN-2" : "MP-CN-1",
                village.code,
                "\(village.households * 9 / 10)",
                "\(village.people * 9 / 10)"
            )
        }
        return csv.text
    }

    var supplyDevices: String {
        var csv = CSVText("supply,device,role")
        for number in 1...2 {
            if let meter = commune.device(.meter, number) {
                csv.append("MP-CN-\(number)", meter.code, "meter")
            }
            if let station = commune.device(.station, number) {
                csv.append("MP-CN-\(number)", station.code, "quality")
            }
        }
        return csv.text
    }

    var laboratory: String {
        var csv = CSVText("supply,passes,from,to,document,simulated")
        for number in 1...2 {
            csv.append(
                "MP-CN-\(number)",
                "true",
                date(daysFromNow: -90),
                date(daysFromNow: 275),
                "\(Self.source): phiếu kết quả thử nghiệm \(number)",
                "true"
            )
        }
        return csv.text
    }

    var points: String {
        var csv = CSVText("device,kind")
        for point in commune.members(.point) { csv.append(point.code, "wifi") }
        return csv.text
    }

    /// Counts of the commune, under the keys of the sets 318-NC and 319-KM.
    var counts: String {
        let households = commune.villages.reduce(0) { $0 + $1.households }
        let people = commune.villages.reduce(0) { $0 + $1.people }
        func part(_ share: Double) -> Double { (Double(households) * share).rounded() }
        let counted: [(key: String, numerator: Double, denominator: Double)] = [
            ("roads.lanes", 8.2, 9.6),
            ("roads.fields", 5.1, 6),
            ("irrigation.active", 312, 340),
            ("households.electricity", Double(households), Double(households)),
            ("households.solid_housing", part(0.97), Double(households)),
            ("people.income", Double(people) * 66.5, Double(people)),
            ("households.poor", part(0.02), Double(households)),
            ("people.health_insurance", Double(people) * 0.96, Double(people)),
            // Reached: 95 % and 100 % are wanted.
            ("households.sorting", part(0.955), Double(households)),
            ("waste.hazardous", 42, 42),
            ("works.sustainable", 2, 2),
            ("food.certified", 5, 5),
            // Missed: 100 %, 80 % and 100 % are wanted.
            ("sites.compliant", 11, 12),
            ("waste.organic_reused", 74, 100),
            ("food.trained", 36, 38),
            ("waste.collected_treated", 411, 426),
            ("households.wastewater", part(0.71), Double(households)),
            ("households.sanitation", part(0.94), Double(households)),
            // The excess over the income of an advanced commune, and that income.
            ("people.income_above_advanced", 6.5, 60),
        ]
        var csv = CSVText("key,area,numerator,denominator,date,valid_to,source,simulated")
        for count in counted {
            csv.append(
                count.key,
                SimulatedCommune.code,
                CSVText.number(count.numerator),
                CSVText.number(count.denominator),
                date(daysFromNow: -60),
                date(daysFromNow: 305),
                Self.source,
                "true"
            )
        }
        return csv.text
    }

    var attestations: String {
        let found: [(key: String, passes: Bool)] = [
            ("318-NC:1.1", true), ("318-NC:2.1", true), ("318-NC:2.2", true),
            ("318-NC:3.5", true), ("318-NC:3.6", true), ("318-NC:8.1", true),
            ("318-NC:15.1", true), ("318-NC:17.1", true), ("318-NC:17.9", true),
            ("318-NC:19.2", false), ("319-KM:KM-1", false), ("319-KM:KM-3", true),
        ]
        var csv = CSVText("key,area,passes,from,to,document,simulated")
        for finding in found {
            csv.append(
                finding.key,
                SimulatedCommune.code,
                finding.passes ? "true" : "false",
                date(daysFromNow: -60),
                date(daysFromNow: 305),
                "\(Self.source): văn bản \(finding.key)",
                "true"
            )
        }
        return csv.text
    }

    private func date(daysFromNow days: Int) -> String {
        let today = CivilDate(commune.now, offset: commune.zoneOffset).daysSince1970
        return CivilDate(daysSince1970: today + days).description
    }
}
