internal import ArgumentParser
internal import Foundation
internal import Gateway

/// `langso registry import`.
struct RegistryImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Takes files or workbooks into the registry, all lines or none.",
        discussion: """
            A file of comma-separated values is named for its table, as devices.csv; a workbook \
            (.xlsx) has a sheet of that name for each table. The first line names the columns; \
            langso registry export --template writes all of them. Rows are added and changed, \
            never removed. When a line is wrong, nothing is written, and each fault says where it \
            stands, what was found, what would be right, and what to do.
            --json: {"dryRun", "written", "files": [{"file", "inserted", "updated", "unchanged", \
            "refused"}], "refused": [{"file", "line", "column", "cell", "field", "message"}], \
            "warnings": as refused}. Exit code 1 when a line is wrong or nothing could be read.
            """
    )

    @Argument(help: "Files *.csv and *.xlsx, or folders of files *.csv.")
    var files: [String]

    @Option(name: .long, help: "Data folder of the gateway.")
    var data: String

    @Option(name: .long, help: "Who imports, for the audit log; the user unless given.")
    var by: String?

    @Flag(name: .long, help: "Writes nothing and says what would be done.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let done: RegistryImport
        do {
            done = try RegistryImport(
                files,
                dataFolder: data,
                by: by ?? NSUserName(),
                at: GatewayRuntime.systemClock(),
                isDryRun: dryRun
            )
            if json { try Output.json(done) } else { done.lines.forEach { print($0) } }
        } catch {
            throw Output.failure(error)
        }
        if !done.refused.isEmpty { throw ExitCode.failure }
    }
}
