internal import ArgumentParser

/// `langso registry`.
struct RegistryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "registry",
        abstract: "Brings places, devices and findings into a gateway, and takes them out.",
        discussion: """
            Both may be called while the gateway runs; it reads its registry when it starts. Files \
            of the settings' registry folder are imported at each start, and their lines win.
            """,
        subcommands: [RegistryImportCommand.self, RegistryExportCommand.self]
    )
}
