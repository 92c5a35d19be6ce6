import Glibc
import TestKit

/// What the command line asks for.
struct Options {
    static let usage = """
        usage: Campaigns [--stops N] [--seed S] [--stop K] [--workers W]
          --stops N    how often the power is cut in all (100000)
          --seed S     seed of the first episode, the next ones have the next seeds (random)
          --stop K     only this stop of the first episode, as a failure names it
          --workers W  episodes that run at once (2)
        """

    var stops = 100_000
    var seed = UInt64.random(in: 0..<1 << 48)
    var stop: Int?
    var workers = 2

    init?(_ arguments: some Sequence<String>) {
        var arguments = arguments.makeIterator()
        while let name = arguments.next() {
            guard let value = arguments.next().flatMap(UInt64.init) else { return nil }
            switch name {
            case "--stops": stops = Int(clamping: value)
            case "--seed": seed = value
            case "--stop": stop = Int(clamping: value)
            case "--workers": workers = max(1, Int(clamping: value))
            default: return nil
            }
        }
    }
}

guard let options = Options(CommandLine.arguments.dropFirst()) else {
    print(Options.usage)
    exit(2)
}
print("campaign: seed \(options.seed), simulated data on simulated disks")
do {
    let campaign = StoreCampaign(seed: options.seed)
    let counts =
        if let stop = options.stop {
            try campaign.run(only: stop)
        } else {
            try await campaign.run(stops: options.stops, workers: options.workers)
        }
    print(
        "\(counts.stops) stops in \(counts.episodes) episodes, \(counts.thorough) of them "
            + "thorough; \(counts.windows) summaries recomputed; \(counts.flips) bits changed, "
            + "\(counts.toldFlips) told, the others unused"
    )
} catch {
    print("FAILED: \(error)")
    exit(1)
}
