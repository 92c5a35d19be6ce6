internal import Alerting
internal import ConfigurationText
internal import Foundation
internal import Knowledge
internal import PromQL
internal import Registry
internal import RingStore
public import Telemetry

/// What rules would have given over the stored history of a gateway, as `langso rules preview`
/// shows it; times are RFC 3339 in UTC.
public struct RulePreviewReport: Codable, Sendable {
    /// What is tried, over which data.
    public struct Request: Sendable {
        /// Rule file.
        public var file: String
        /// Data folder of a gateway that does not run.
        public var dataFolder: String
        /// Settings that name the current rules; nil for those that ship.
        public var settings: GatewaySettings?
        /// First and last time.
        public var times: ClosedRange<Instant>
        /// Time between evaluations.
        public var step: Milliseconds

        /// Creates a request.
        public init(
            file: String,
            dataFolder: String,
            settings: GatewaySettings? = nil,
            times: ClosedRange<Instant>,
            step: Milliseconds = .minutes(1)
        ) {
            self.file = file
            self.dataFolder = dataFolder
            self.settings = settings
            self.times = times
            self.step = step
        }
    }

    /// What fired at one place.
    public struct Place: Codable, Sendable {
        /// Labels of the alert but its name, code, severity and service.
        public var labels: [String: String]
        /// How many alarms there were.
        public var alarms: Int
        /// How long they fired, all together.
        public var seconds: Double
    }

    /// What rules of one name give.
    public struct Figures: Codable, Sendable {
        /// How many alarms there were.
        public var alarms: Int
        /// How long they fired, all together.
        public var totalSeconds: Double
        /// How long the longest one fired.
        public var longestSeconds: Double
        /// Where, the longest time first.
        public var places: [Place]

        init(_ figures: AlarmFigures) {
            alarms = figures.alarms
            totalSeconds = figures.total.seconds
            longestSeconds = figures.longest.seconds
            places = figures.places.map { place in
                Place(
                    labels: Dictionary(
                        place.labels.sorted.map { ($0.name, $0.value) },
                        uniquingKeysWith: { first, _ in first }
                    ),
                    alarms: place.alarms,
                    seconds: place.total.seconds
                )
            }
        }
    }

    /// One name of an alert.
    public struct Rule: Codable, Sendable {
        /// Name of the alert.
        public var name: String
        /// What the rules of the file give.
        public var tried: Figures
        /// What the current rules of that name give; nil when there is none.
        public var current: Figures?
    }

    /// The rule file.
    public var file: String
    /// First time that was judged.
    public var from: String
    /// Last time that was judged.
    public var to: String
    /// How many times rules were judged.
    public var steps: Int
    /// The alerts of the file.
    public var rules: [Rule]
    /// How many evaluations of the file's rules failed.
    public var failedEvaluations: Int
    /// How many evaluations of the other current rules failed beside them.
    public var failedBeside: Int
    /// Why rules of the file failed first.
    public var failures: [String]

    /// Judges the rules of a file over stored history.
    ///
    /// - Throws: ``GatewayError/outsideData(from:to:first:last:)`` for times that are not stored,
    ///   `ConfigurationFaults` for a faulty file, `AlertingError` for too long a time, `StoreError`
    ///   and `RegistryError`; each says what to do.
    public init(_ request: Request) throws {
        let tried = try RuleFile.forGateway(
            text: try InputFile.text(request.file),
            file: request.file
        )
        var faults = FaultCollector()
        var warnings: [String] = []
        let (current, relations) =
            try request.settings.map { Deployment.rules($0, &faults, &warnings) }
            ?? (DefaultRules.groups(), DefaultRules.relations())
        try faults.check()
        let folder = request.dataFolder
        let snapshot = try StoreTool.explaining(folder) { try StoreSnapshot.open(folder: folder) }
        let times = request.times
        try snapshot.statistics.requireStored(times)
        let registry = try RegistrySnapshot.stored(
            inFolder: folder,
            profilesFolder: request.settings?.profilesFolder
        )
        let offset = request.settings?.zoneOffset ?? .hours(7)
        let known = registry.knownSeries(
            zoneOffset: offset,
            on: CivilDate(times.upperBound, offset: offset)
        )
        let kept = KeptSource(snapshot, ahead: AlertService.shared)
        let preview = try RulePreview(
            of: tried.groups,
            current: current,
            relations: relations,
            times: times,
            step: request.step,
            source: KnownSource(kept, known, now: times.upperBound)
        )
        file = request.file
        from = times.lowerBound.rfc3339
        to = times.upperBound.rfc3339
        steps = Int((times.upperBound - times.lowerBound).count / request.step.count) + 1
        rules = preview.lines.map { line in
            Rule(
                name: line.name,
                tried: Figures(line.tried),
                current: line.current.map { Figures($0) }
            )
        }
        failedEvaluations = preview.failureCount
        failedBeside = preview.failureCountBeside
        failures = preview.failures
    }
}
