internal import ArgumentParser
internal import Gateway

/// `langso store`.
struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store",
        abstract: "Makes, checks, copies and changes the data of a gateway.",
        discussion: """
            All but copy work on the data of a gateway that does not run, and say so when it does; \
            what they show is what was there at its last checkpoint, which a gateway makes when it \
            is stopped. To see into the data of a running one, work on a copy.
            """,
        subcommands: [
            StoreCreateCommand.self, StoreStatsCommand.self, StoreVerifyCommand.self,
            StoreResizeCommand.self, StoreUpgradeCommand.self, StoreExportCommand.self,
            StoreImportCommand.self, StoreCopyCommand.self, StoreDeleteCommand.self,
        ]
    )
}
