internal import ArgumentParser
internal import Gateway

/// `langso store resize`.
struct StoreResizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize",
        abstract: "Gives the store of a stopped gateway another size.",
        discussion: """
            Builds a new file beside the old one, which needs room for both, and puts it in its \
            place at the end; whatever fails before leaves the old one as it was. In a smaller \
            tier the oldest samples have no room: that is refused, with how many and from when, \
            unless --drop-oldest is given, and so is what cannot be read unless --drop-damaged \
            is. Series that have no samples left make room for others. Change the settings file, \
            too.
            --json: {"folder", "rawTierBytesBefore", "rawTierBytes", "series", "emptySeries", \
            "samples", "droppedSamples", "droppedFrom", "droppedBefore", "damagedBlocks", \
            "unreadableSamples", "settings"}; without dropped samples there are no times of \
            them. Exit code 1 when nothing was changed.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Option(name: .long, help: "New room for samples, as 256MiB or 4GiB; the same unless given.")
    var rawTier: SizeArgument?

    @Option(name: .long, help: "Most series; room for as many labels as before unless given.")
    var series: Int?

    @Flag(name: .long, help: "The oldest samples may be lost for ever.")
    var dropOldest = false

    @Flag(name: .long, help: "What cannot be read may be lost for ever.")
    var dropDamaged = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        if rawTier == nil, series == nil { throw ValidationError("give --raw-tier or --series") }
    }

    func run() throws {
        let bar = ProgressBar()
        do {
            let report = try StoreTool.resize(
                dataFolder: data,
                rawTierBytes: rawTier?.bytes,
                maximumSeries: series,
                dropsOldest: dropOldest,
                dropsDamaged: dropDamaged
            ) { bar.show("resize", $0) }
            bar.end()
            if json { return try Output.json(report) }
            for line in report.lines { print(line) }
            print("to be changed in the settings file: \(report.settings)")
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }
}

/// `langso store upgrade`.
struct StoreUpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Migrates the store of a stopped gateway to the newest format.",
        discussion: """
            Builds the store anew as resize does, with the sizes that it has. A store of a later \
            program is refused.
            --json: {"found", "written", "taken"}: the version that it had, the one that this \
            program writes, and what resize prints; no "taken" when there was nothing to do. Exit \
            code 1 when nothing could be done.
            """
    )

    @Option(name: .long, help: "Data folder.")
    var data: String

    @Flag(name: .long, help: "What cannot be read may be lost for ever.")
    var dropDamaged = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func run() throws {
        let bar = ProgressBar()
        do {
            let report = try StoreTool.upgrade(
                dataFolder: data,
                dropsDamaged: dropDamaged
            ) { bar.show("upgrade", $0) }
            bar.end()
            if json { return try Output.json(report) }
            guard let taken = report.taken else {
                return print("\(data): already version \(report.written)")
            }
            print("\(data): version \(report.found) is now version \(report.written)")
            for line in taken.lines { print(line) }
        } catch {
            bar.end()
            throw Output.failure(error)
        }
    }
}

extension ResizeReport {
    /// What was done, for people.
    fileprivate var lines: [String] {
        var lines = [
            "\(folder): \(rawTierBytes) bytes for samples, before \(rawTierBytesBefore)",
            "\(samples) samples of \(series) series taken over",
        ]
        if let droppedFrom, let droppedBefore {
            lines.append(
                "\(droppedSamples) samples dropped, from \(droppedFrom) to before \(droppedBefore)"
            )
        }
        if emptySeries > 0 { lines.append("\(emptySeries) series without samples left out") }
        if damagedBlocks > 0 {
            lines.append(
                "\(damagedBlocks) blocks could not be read and were left out, among them runs with "
                    + "\(unreadableSamples) samples"
            )
        }
        return lines
    }
}
