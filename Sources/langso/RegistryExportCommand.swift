internal import ArgumentParser
internal import Gateway

/// `langso registry export`.
struct RegistryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes all tables of the registry as a workbook or as CSV.",
        discussion: """
            A workbook (.xlsx) has a sheet for each table, with Vietnamese notes on the headings, \
            lists of what may be chosen, and a sheet that explains all columns. csv is a folder \
            with a file for each table. Importing what was exported changes nothing.
            --json: {"output", "format", "rows": {table: number}}. Exit code 1 when it failed; \
            files that are there are not replaced.
            """
    )

    @Argument(help: "Workbook or folder.")
    var output: String

    @Option(name: .long, help: "Data folder of the gateway.")
    var data: String?

    @Option(name: .long, help: "How they are written; as the name ends unless given.")
    var format: RegistryFormatArgument?

    @Flag(name: .long, help: "Writes tables without rows, to be filled.")
    var template = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        guard template == (data == nil) else {
            throw ValidationError("either --data FOLDER or --template must be given")
        }
    }

    func run() throws {
        do {
            let done = try RegistryExport(dataFolder: data, to: output, format: format?.format)
            if json { return try Output.json(done) }
            let count = done.rows.values.reduce(0, +)
            print("\(done.output): \(count) rows in \(done.rows.count) tables as \(done.format)")
        } catch {
            throw Output.failure(error)
        }
    }
}
