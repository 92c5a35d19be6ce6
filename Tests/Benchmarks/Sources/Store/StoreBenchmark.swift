internal import ArgumentParser

/// `Store`: measures the store beside its peers.
@main
struct StoreBenchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "Store",
        abstract: "Measures langso's store; every figure is checked against what was stored.",
        subcommands: [
            AppendCommand.self, QueryCommand.self, DashboardsCommand.self, MemoryCommand.self,
            OpenCommand.self, GrowthCommand.self, LateCommand.self, PeersCommand.self,
            AllCommand.self, HoldCommand.self,
        ]
    )
}
