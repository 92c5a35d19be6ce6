import Registry
import Testing

struct RegistrySizeTests {
    @Test func `ten thousand devices are imported and read back`() throws {
        let database = try SmallFolder.database()
        var text = "code,address,kind,village,feeder,latitude,longitude,expected_interval,"
        text += "simulated\n"
        for number in 0..<10_000 {
            let digits = String(number + 0x1_0000, radix: 16)
            text += "lamp-\(number),bbbbbbbbbbb\(digits),lamp,dm,f1,21.5,107.5,15m,true\n"
        }
        let file = SmallFolder.file("devices.csv", text)
        let clock = ContinuousClock()
        var inserted: Int?
        let importTime = try clock.measure {
            let report = try database.importFiles([file], by: "test", at: SmallFolder.now)
            inserted = report.files.first?.inserted
        }
        #expect(inserted == 10_000)
        var count = 0
        let readTime = try clock.measure { count = try database.snapshot().devices.count }
        #expect(count == 10_006)
        print("RegistrySizeTests: import \(importTime), snapshot \(readTime)")
    }
}
