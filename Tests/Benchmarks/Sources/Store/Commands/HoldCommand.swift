internal import ArgumentParser
internal import Glibc
internal import Measuring
internal import RingStore

/// `Store hold`: the child of `memory` and `open`, which fills a store and stays.
///
/// It prints `empty` with everything made but the store, `ready` when the store is filled, and ends
/// when its input does.
struct HoldCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Fills a store and keeps it open until the input ends.",
        shouldDisplay: false
    )

    @OptionGroup var options: SizeOptions
    @Option var folder: String
    @Flag(help: "Leave the last samples unsealed, as at any moment between two checkpoints.")
    var withoutLastCheckpoint = false

    func run() throws {
        let size = options.size
        let workload = size.workload()
        let sources = workload.generators()
        say("empty")
        var load = try size.load(workload, in: folder)
        try load.run(sources, endsWithCheckpoint: !withoutLastCheckpoint)
        say("ready")
        while readLine() != nil {}
        guard load.store.statistics.sampleCount == workload.sampleCount else {
            throw Failure("the store lost samples while it was held")
        }
    }

    private func say(_ word: String) {
        print(word)
        fflush(nil)
    }
}
