internal import ArgumentParser

/// `Store all`: everything of this store, one after the other.
struct AllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "append, query, memory, open, growth and late with their standard sizes."
    )

    func run() throws {
        for command in [
            AppendCommand.self, QueryCommand.self, MemoryCommand.self, OpenCommand.self,
            GrowthCommand.self, LateCommand.self,
        ] as [any ParsableCommand.Type] {
            var measurement = try command.parseAsRoot([])
            try measurement.run()
        }
    }
}
