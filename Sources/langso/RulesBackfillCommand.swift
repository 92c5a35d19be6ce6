internal import ArgumentParser
internal import Gateway
internal import Telemetry

/// `langso rules backfill`.
struct RulesBackfillCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backfill",
        abstract: "Writes what rules give for the past of a stopped gateway.",
        discussion: """
            Evaluates rules over stored history at the minutes at which the gateway would have, \
            each group at its interval, and writes what they give then: recorded series, ALERTS \
            and ALERTS_FOR_STATE. It is for a rule that is new, and for data that came later than \
            the gateway looks back by itself. Without a file it takes all rules of the gateway, \
            which --config must name then. Rules must not look back further than samples are kept. \
            A sample that differs takes the place of the old one; one that the rule does not give \
            any more becomes a staleness marker, and all after --to stays as it is. How long an \
            alert was pending or kept firing before --from is taken from its stored series, else \
            from the samples of that time. Series of other rules are not touched, nor samples of \
            times at which a rule fails. Nobody is told, and the list of open and past alerts \
            stays as it is: what the gateway noticed at the time and told. What alarms there would \
            have been is in ALERTS, and langso rules preview counts them. An alert that is open at \
            --to is one of the gateway's from its next start on, if its condition holds then. What \
            is written goes through the journal; when it is interrupted call it again: what is \
            there already is not written twice. When older samples give way to what is written it \
            ends and says up to when the past is written. \
            --json: {"files", "from", "to", "isDryRun", "groups": [{"name", "file", "rules": \
            [{"name", "figures", "firstFailure": {"time", "reason"}}]}], "total", "refused", \
            "refusals": [text], "droppedBefore"}; "figures" and "total": {"evaluations", \
            "failedEvaluations", "written", "replaced", "ended", "unchanged"}. Exit code 1 when \
            rules failed or samples were refused or gave way.
            """
    )

    @Argument(help: "Rule files; without any the gateway's own rules.")
    var files: [String] = []

    @OptionGroup var stored: StoredTimeOptions

    @Flag(name: .long, help: "Only says what would be written.")
    var dryRun = false

    @Flag(name: .long, help: "Prints one JSON document.")
    var json = false

    func validate() throws {
        if files.isEmpty, stored.config == nil {
            throw ValidationError("name the gateway's settings with --config, or rule files")
        }
    }

    func run() throws {
        let bar = ProgressBar()
        let report: RuleBackfillReport
        do {
            let settings = try stored.settings()
            report = try RuleBackfillReport(
                RuleBackfillReport.Request(
                    files: files,
                    dataFolder: stored.dataFolder(settings),
                    settings: settings,
                    times: stored.times,
                    isDryRun: dryRun,
                    now: GatewayRuntime.systemClock()
                )
            ) { bar.show("backfill", $0) }
            bar.end()
            if json { try Output.json(report) }
        } catch {
            bar.end()
            throw Output.failure(error)
        }
        if !json { for line in report.lines { print(line) } }
        if let time = report.droppedBefore {
            Output.note(
                "langso: samples before \(time) gave way, because the store has no room for more; "
                    + "give it some with langso store resize"
            )
        }
        let isGood =
            report.total.failedEvaluations == 0 && report.refused == 0
            && report.droppedBefore == nil
        if !isGood { throw ExitCode.failure }
    }
}
