import Registry
import Telemetry
import Testing

/// A folder of files about two villages that became one commune, and what helps to import it.
enum SmallFolder {
    static let texts: [String: String] = [
        "units.csv": """
        code,name,kind,regions,from,to
        qn,tỉnh Quảng Ninh,province,province:quang-ninh,,
        dv-old,xã Đồng Văn,commune,province:quang-ninh;group:3,,2025-06-30
        hm-old,xã Hoành Mô,commune,,,2025-06-30
        hm,xã Hoành Mô,commune,,2025-07-01,
        """,
        "villages.csv": """
        name,code,latitude,longitude,households,people
        Đồng Mô,dm,21.51,107.49,120,480
        "Phai, Lầu",pl,21.58,107.46,,
        Không Rõ,kr,,,,
        """,
        "memberships.csv": """
        unit,village,from,to
        dv-old,pl,2000-01-01,2025-06-30
        hm-old,dm,2000-01-01,2025-06-30
        hm,dm,2025-07-01,
        hm,pl,2025-07-01,
        qn,dm,2000-01-01,
        """,
        "sites.csv": "code,name,village,latitude,longitude\ncho,Chợ,dm,21.512,107.492\n",
        "feeders.csv": """
        code,name,village,site
        f1,Tuyến 1,dm,cho
        f2,Tuyến 2,pl,
        f3,Tuyến 3,kr,
        """,
        "lighting.csv": """
        feeder,from,mode,on,off
        f1,2025-01-01,clock,18:00,05:30
        f1,2026-03-01,sun,15,-10
        """,
        "routes.csv": "code,name\nr1,Tuyến rác 1\n",
        "collections.csv": """
        route,weekdays,start,end,from,to
        r1,wed;mon,05:00,07:30,2026-01-01,
        r1,sat,22:00,01:00,2026-01-01,2026-06-30
        """,
        "zones.csv": "code,name\nz1,Vùng 1\n",
        "devices.csv": """
        code,address,name,kind,profile,parameters,village,site,feeder,route,zone,latitude,\
        longitude,expected_interval,nominal_power_watts,fullness_threshold_ratio,simulated
        l1,A8-40-41-00-00-00-00-01,Đèn 1,lamp,p-lamp,,dm,,f1,,,21.511,107.491,15m,60,,
        l2,a840410000000002,,lamp,p-lamp,,dm,,f1,,,,,15m,60,,true
        b1,bin/7,,bin,p-bin,dead_zone=200;bin_depth=1200,dm,cho,,r1,,,,6h,,0.8,false
        m1,,,water_meter,,,pl,,,,z1,,,1d,,,
        q1,,,water_quality,,,pl,,,,,,,30s,,,
        w1,,,point,,,dm,,,,,,,,,,
        """,
        "installations.csv": """
        device,until,change,address,village,last_indices,first_indices,person,reason
        m1,2026-01-05T08:00:00+07:00,replaced,m-old,pl,water.volume=812.5,water.volume=3,An,hỏng
        m1,2026-02-01T00:00:00Z,moved,,dm,,,An,làm đường
        """,
        "roads.csv": "code,village,class,length_kilometres,lamps\nrd1,dm,commune,1.25,l2;l1\n",
        "supplies.csv": "code,name,loss_share,chlorinated\ns1,Công trình 1,0.15,true\n",
        "supply_villages.csv": "supply,village,households,people\ns1,pl,80,\ns1,dm,,300\n",
        "supply_devices.csv": "supply,device,role\ns1,m1,meter\ns1,q1,quality\n",
        "laboratory.csv": """
        supply,passes,from,to,document,simulated
        s1,true,2026-01-10,2026-07-09,Phiếu 12,true
        """,
        "points.csv": "device,kind\nw1,wifi\n",
        "counts.csv": """
        key,area,numerator,denominator,date,valid_to,source,simulated
        318-NC:17.5,dm,96,120,2026-02-01,,UBND xã,
        households-smart,hm,3,,2026-02-01,2027-01-31,,true
        """,
        "attestations.csv": """
        key,area,passes,from,to,document,simulated
        318-NC:17.9,hm,false,2026-02-01,,12/BC-UBND,false
        """,
    ]

    static var files: [RegistryFile] {
        texts.keys.sorted().map { file($0, texts[$0] ?? "") }
    }

    static let now = Instant(milliseconds: 1_780_000_000_000)

    static func file(_ name: String, _ text: String) -> RegistryFile {
        RegistryFile(name: name, bytes: Array(text.utf8))
    }

    /// A registry with the whole folder in it.
    static func database() throws -> RegistryDatabase {
        let database = try RegistryDatabase.inMemory()
        let report = try database.importFiles(files, by: "test", at: now)
        #expect(report.refused.isEmpty, "\(report)")
        return database
    }

    /// Imports one file into the whole folder and returns the report.
    static func importing(_ name: String, _ lines: String...) throws -> ImportReport {
        try database().importFiles(
            [file(name, lines.joined(separator: "\n"))],
            by: "test",
            at: now
        )
    }

    static func day(_ text: String) throws -> CivilDate { try #require(CivilDate(text)) }

    /// An instant by day and time of day in Vietnam.
    static func local(_ date: String, _ time: String) throws -> Instant {
        let clock = try #require(RegistrySnapshot.ClockTime(time))
        return try day(date).midnight(offset: .hours(7)) + .minutes(Int64(clock.minutes))
    }
}
