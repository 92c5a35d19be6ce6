import ConfigurationText
import Registry
import Testing

/// What is refused, where the fault is said to be, and why.
struct RefusalTests {
    /// A file that is imported into the whole small folder, and the one fault it must give.
    struct Case: CustomTestStringConvertible, Sendable {
        let file: String
        let text: String
        let place: String
        let reason: String

        init(_ file: String, _ text: String, _ place: String, _ reason: String) {
            self.file = file
            self.text = text
            self.place = place
            self.reason = reason
        }

        var testDescription: String { "\(file): \(reason)" }
    }

    static let fields = [
        Case("routes.csv", "code,name\nr 2,B", "2:1: code", "\"r 2\" is not a code"),
        Case("routes.csv", "code,name\nđ,B", "2:1: code", "\"đ\" is not a code"),
        Case("routes.csv", "name,code\nB,", "2:2: code", "empty; a value must stand here"),
        Case("routes.csv", "code,name\nr2,\"a\tb\"", "2:2: name", "a control character"),
        Case("villages.csv", "code,name,people\nv,V,-1", "2:3: people", "a whole number from 0"),
        Case(
            "villages.csv",
            "code,name,latitude,longitude\nv,V,91,1",
            "2:3: latitude",
            "is not a number from -90 to 90"
        ),
        Case(
            "villages.csv",
            "code,name,latitude,longitude\nv,V,\"21,5\",1",
            "2:3: latitude",
            "with a decimal point"
        ),
        Case(
            "villages.csv",
            "code,name,latitude,longitude\nv,V,nan,1",
            "2:3: latitude",
            "is not a number"
        ),
        Case(
            "units.csv",
            "code,name,kind\nu,U,ward",
            "2:3: kind",
            "is not one of province, district, commune"
        ),
        Case(
            "units.csv",
            "code,name,kind,from\nu,U,commune,2025-02-29",
            "2:4: from",
            "is not a day of the calendar"
        ),
        Case(
            "lighting.csv",
            "feeder,from,mode,on,off\nf2,2026-01-01,clock,18:00,24:00",
            "2:5: off",
            "is not a time of day"
        ),
        Case(
            "lighting.csv",
            "feeder,from,mode,on,off\nf2,2026-01-01,sun,241,0",
            "2:4: on",
            "or minutes from -240 to 240"
        ),
        Case(
            "collections.csv",
            "route,weekdays,start,end,from\nr1,mon;mo,05:00,06:00,2026-01-01",
            "2:2: weekdays",
            "\"mo\" is not one of mon, tue"
        ),
        Case(
            "devices.csv",
            "code,kind,village,expected_interval\nd,lamp,dm,15",
            "2:4: expected",
            "is not a span"
        ),
        Case(
            "devices.csv",
            "code,kind,village,expected_interval\nd,lamp,dm,0m",
            "2:4: expected",
            "is not a span"
        ),
        Case(
            "devices.csv",
            "code,kind,village,parameters\nd,bin,dm,depth",
            "2:4: parameters",
            "is not a parameter as bin_depth=1200"
        ),
        Case(
            "devices.csv",
            "code,kind,village,fullness_threshold_ratio\nd,bin,dm,80",
            "2:4: fullness_threshold_ratio",
            "from 0 to 1"
        ),
        Case(
            "devices.csv",
            "code,kind,village,simulated\nd,bin,dm,yes",
            "2:4: simulated",
            "is not true or false"
        ),
        Case(
            "roads.csv",
            "code,village,class,length_kilometres,lamps\nr,dm,village,1,l1;l1",
            "2:5: lamps",
            "\"l1\" stands twice"
        ),
    ]

    static let rows = [
        Case(
            "villages.csv",
            "code,name,latitude,longitude\nv,V,21,",
            "2:4: longitude",
            "empty, though there is a latitude"
        ),
        Case(
            "units.csv",
            "code,name,kind,from,to\nu,U,commune,2025-07-01,2025-06-30",
            "2:5: to",
            "2025-06-30 lies before 2025-07-01"
        ),
        Case(
            "lighting.csv",
            "feeder,from,mode,on,off\nf2,2026-01-01,clock,18:00,",
            "2:5: off",
            "is not a time of day, which mode clock needs"
        ),
        Case(
            "lighting.csv",
            "feeder,from,mode,on,off\nf2,2026-01-01,sun,18:00,",
            "2:4: on",
            "is a time of day; mode sun needs minutes"
        ),
        Case(
            "lighting.csv",
            "feeder,from,mode,on,off\nf2,2026-01-01,clock,18:00,18:00",
            "2:5: off",
            "the same time as in column on"
        ),
        Case(
            "collections.csv",
            "route,weekdays,start,end,from\nr1,tue,05:00,05:00,2026-01-01",
            "2:4: end",
            "the same time as in column start"
        ),
        Case(
            "feeders.csv",
            "code,name,village\nf9,F,nowhere",
            "2:3: village",
            "\"nowhere\" is not known; add it to villages.csv"
        ),
        Case(
            "roads.csv",
            "code,village,class,length_kilometres,lamps\nr,dm,village,1,l1;l9",
            "2:5: lamps",
            "\"l9\" is not known; add it to devices.csv"
        ),
        Case(
            "counts.csv",
            "key,area,date,numerator\nk,nowhere,2026-01-01,1",
            "2:2: area",
            "add it to villages.csv or units.csv"
        ),
        Case(
            "memberships.csv",
            "unit,village,from\ndv-old,dm,2025-07-02",
            "2:1: unit",
            "belongs to unit hm of the same kind from 2025-07-01"
        ),
        Case(
            "devices.csv",
            "code,kind,village,address\nd,lamp,dm,a8:40:41:00:00:00:00:01",
            "2:4: address",
            "device l1 has the address a840410000000001 too"
        ),
        Case(
            "units.csv",
            "code,name,kind\nhm,X,district",
            "2:3: kind",
            "is a commune and cannot become a district"
        ),
        Case("units.csv", "code,name,kind\ndm,X,commune", "2:1: code", "a code in villages too"),
        Case("villages.csv", "code,name\nhm,X", "2:1: code", "is a code in units too"),
    ]

    static let files = [
        Case("routes.csv", "", "1:1", "the file is empty"),
        Case("routes.csv", "code;name\nr;R", "1:1", "columns must be divided by commas"),
        Case("routes.csv", "code,name,colour\nr,R,x", "1:3: colour", "has no such column"),
        Case("routes.csv", "code\nr", "1:1: name", "the column is missing"),
        Case("routes.csv", "code,name,name\nr,R,R", "1:3: name", "the column stands twice"),
        Case("roots.csv", "code,name\nr,R", "", "no table has the name roots"),
        Case("routes.csv", "code,name\nr", "2:1", "the line has 1 fields, the header 2"),
        Case("routes.csv", "code,name\nr,\"R", "2:1: column 2", "a quote that is never closed"),
    ]

    @Test(arguments: fields + rows + files)
    func `a fault is named by file, line and column with its reason`(fault: Case) throws {
        let report = try SmallFolder.importing(fault.file, fault.text)
        try #require(report.refused.count == 1, "\(report)")
        let text = report.refused[0].description
        #expect(text.hasPrefix(fault.file + (fault.place.isEmpty ? "" : ":\(fault.place)")))
        #expect(text.contains(fault.reason), "\(text)")
        #expect(!report.changedAnything)
    }

    @Test func `a column number and the column's name stand in the fault`() throws {
        let report = try SmallFolder.importing("villages.csv", "people,name,code", "x,V,v")
        let fault = try #require(report.refused.first)
        #expect(fault.line == 2)
        #expect(fault.column == 1)
        #expect(fault.field == "people")
    }

    @Test func `other lines are taken when one is refused`() throws {
        let report = try SmallFolder.importing("routes.csv", "code,name", "r2,A", "r 3,B", "r4,C")
        #expect(report.refused.map(\.line) == [3])
        #expect(
            report.files == [
                .init(file: "routes.csv", inserted: 2, updated: 0, unchanged: 0, refused: 1)
            ]
        )
    }

    @Test func `every faulty field of a line is named`() throws {
        let report = try SmallFolder.importing("routes.csv", "code,name", "r 3,")
        #expect(report.refused.map(\.field) == ["code", "name"])
        #expect(report.files.first?.refused == 1)
    }

    @Test func `lines with one key are all refused`() throws {
        let report = try SmallFolder.importing("routes.csv", "code,name", "r2,A", "r2,B")
        #expect(report.refused.map(\.line) == [2, 3])
        #expect(
            report.refused.first?.message
                == "a route with the same code stands in line 3 too; keep one of them"
        )
    }

    @Test func `new devices that claim one address are all refused, the rest is taken`() throws {
        let report = try SmallFolder.importing(
            "devices.csv",
            "code,kind,village,address",
            "d1,lamp,dm,AAAAAAAAAAAAAAAA",
            "d2,lamp,dm,aaaaaaaaaaaaaaaa",
            "d3,lamp,dm,bbbbbbbbbbbbbbbb"
        )
        #expect(report.refused.map(\.line) == [2, 3])
        #expect(report.files.first?.inserted == 1)
    }

    @Test func `two devices may exchange their addresses`() throws {
        let report = try SmallFolder.importing(
            "devices.csv",
            "code,kind,village,address",
            "l1,lamp,dm,a840410000000002",
            "l2,lamp,dm,a840410000000001"
        )
        #expect(report.refused.isEmpty)
        #expect(report.files.first?.updated == 2)
    }

    @Test func `a line that refers to a refused line is refused and says so`() throws {
        let database = try RegistryDatabase.inMemory()
        let report = try database.importFiles(
            [
                SmallFolder.file("feeders.csv", "code,name,village\nf,F,v\n"),
                SmallFolder.file("villages.csv", "code,name,people\nv,V,many\n"),
            ],
            by: "test",
            at: SmallFolder.now
        )
        #expect(report.refused.map(\.file) == ["feeders.csv", "villages.csv"])
        #expect(report.refused[0].message.contains("\"v\" was refused at villages.csv:2"))
        #expect(try database.snapshot().feeders.isEmpty)
    }

    @Test func `two files for one table are both refused`() throws {
        let file = SmallFolder.file("a/routes.csv", "code,name\nr2,A\n")
        let other = SmallFolder.file("b/routes.csv", "code,name\nr3,A\n")
        let report = try RegistryDatabase.inMemory()
            .importFiles([file, other], by: "test", at: SmallFolder.now)
        #expect(report.refused.map(\.file) == ["a/routes.csv", "b/routes.csv"])
    }

    @Test func `a file with too many lines is refused as a whole`() throws {
        var text = "code,name\n"
        for number in 0...RegistryLimits.maximumRowCount { text += "r\(number),R\n" }
        let report = try SmallFolder.importing("routes.csv", text)
        #expect(report.refused.map(\.line) == [0])
        #expect(!report.changedAnything)
    }

    @Test func `a device far from its village is taken with a warning`() throws {
        let report = try SmallFolder.importing(
            "devices.csv",
            "code,kind,village,latitude,longitude",
            "d1,lamp,dm,20.51,107.49",
            "d2,lamp,dm,21.11,107.49"
        )
        #expect(report.refused.isEmpty)
        #expect(report.files.first?.inserted == 2)
        #expect(
            report.warnings.map(\.description) == [
                "devices.csv:2:4: latitude: lies 111 km from village dm; check latitude and "
                    + "longitude"
            ]
        )
    }

    @Test func `a lamp of a road that is no lamp is a warning`() throws {
        let report = try SmallFolder.importing(
            "roads.csv",
            "code,village,class,length_kilometres,lamps",
            "rd2,dm,village,1,l1;b1"
        )
        #expect(report.warnings.map(\.field) == ["lamps"])
        #expect(report.description.contains("warning: roads.csv:2:5: lamps: device b1 is no lamp"))
    }
}
