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
        // Four episodes: with and without faults, with and without rollup tiers.
        campaign.operationsEach = 200
        campaign.seriesEach = 2
        let counts = try await campaign.run(stops: 4 * campaign.operationsEach)
        print("campaign: \(counts)")
        #expect(counts.stops == 800 && counts.episodes >= 4)
        #expect(counts.toldFlips > 0 && counts.windows > 0)
    }
}
