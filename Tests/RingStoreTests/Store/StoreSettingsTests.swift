import RingStore
import Telemetry
import Testing

struct StoreSettingsTests {
    @Test func `sizes and limits outside their range are refused with the number and the range`() {
        let faults: [(StoreSettings, String)] = [
            (StoreSettings(rawTierBytes: 1000), "1000 bytes is outside 262144"),
            (StoreSettings(rawTierBytes: 1 << 50), "274877906944"),
            (StoreSettings(maximumSeries: 0), "1...4000000"),
            (StoreSettings(maximumSeries: 5_000_000), "5000000"),
            (StoreSettings(retention: .zero), "0 ms"),
            (StoreSettings(headBytes: 0), "0 bytes"),
        ]
        for (settings, text) in faults {
            let error = #expect(throws: StoreError.self) { try settings.fileBytes() }
            #expect(error.map { "\($0)".contains(text) } == true, "\(text)")
        }
    }

    @Test(arguments: [UInt64(256 << 10), 1 << 20, 100 << 20, 1 << 30, 10_000_000_000, 1 << 38])
    func `a tier takes its budget but for less than a slot, and little beside it`(
        bytes: UInt64
    ) throws {
        let settings = StoreSettings(rawTierBytes: bytes, maximumSeries: 1000)
        let total = try settings.fileBytes()
        #expect(total + (1 << 20) > bytes && total < bytes + bytes / 8 + 400_000)
    }
}
