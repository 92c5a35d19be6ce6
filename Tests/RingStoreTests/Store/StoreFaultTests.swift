import TestKit
import Testing

/// A short campaign by chance; `swift run -c release Campaigns` makes long ones.
struct StoreFaultTests {
    @Test(arguments: [UInt64.random(in: 0..<1 << 48)])
    func `whatever a power cut leaves opens with all that was committed and nothing else`(
        seed: UInt64
    ) async throws {
        print("campaign: seed \(seed)")
        var campaign = StoreCampaign(seed: seed)
        campaign.operationsEach = 400
        campaign.seriesEach = 2
        let counts = try await campaign.run(stops: 1600)
        print("campaign: \(counts)")
        #expect(counts.stops == 1600)
        #expect(counts.toldFlips > 0 && counts.windows > 0)
    }
}
