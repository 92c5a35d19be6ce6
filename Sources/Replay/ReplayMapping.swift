public import ConfigurationText

/// How the records of a file become messages: read from a mapping file that an operator writes.
///
/// A mapping file is YAML. Unknown keys are faults, and one reading shows all faults.
///
/// ```yaml
/// format: csv                  # csv | json_lines
/// separator: ";"               # csv only: one ASCII character, a comma unless given
/// topic: water/{zone}/data     # {column} of a csv record, {path} of a JSON line
/// time:
///   column: measured           # csv; `path:` for JSON lines
///   format: yyyy-MM-dd HH:mm   # see below
///   zone: Europe/Rome          # for formats without offset only
///   shift: 3650d               # see below; unless given the times stay as they are
/// sort: true                   # by time; unless given messages keep the order of the file
/// each:                        # csv only: one message for each of these columns
///   columns: {dma_1_lps: zone-1, dma_2_lps: zone-2}   # a list when their own names will do
///   as: {name: zone, value: flow}   # two columns more for topic and members
/// payload:
///   members:                   # of a JSON object, in this order
///     time: {time: rfc3339}    # the message's time: rfc3339 | unix_s | unix_ms
///     flow_l_s: {column: flow, type: number, missing: ["", "NULL"]}
///     unit: {text: L/s}        # always the same
/// skip_when_missing: [flow_l_s]
/// ```
///
/// **Fields.** A csv file begins with a line of column names, which must hold all that the mapping
/// names. A path leads into a JSON line: `properties.fill`, `rxInfo[0].rssi`, `["switch:0"].w`.
///
/// **Topic.** What a placeholder stands for goes in as it is, slashes too; a record is refused when
/// it is empty or has no such field, or when the topic would hold `+`, `#` or a zero, begin with
/// `$`, or be longer than ``ReplayLimits/topicBytes``.
///
/// **Time formats.** `rfc3339`; `unix_s` and `unix_ms` since 1970 UTC, fractions allowed;
/// `seconds_since` and `minutes_since`, for files that only count, with a key `start` (a local time
/// `2015-10-01T09:00` in `zone`, or with its own offset); or a pattern of `yyyy`, `MM`, `dd`, `HH`,
/// `mm`, `ss` (two digits each), `M`, `d`, `H` (one or two digits), `SSS` (digits of a fraction, at
/// least one), `XXX` (`Z` or `+07:00`), the letter `T`, texts between `'` and any other character
/// that is no letter. A pattern without hours means midnight.
///
/// **Zones.** `UTC`, an offset as `+07:00`, or a name of the zone data of the system. An hour that
/// does not exist makes the record a fault. Of an hour that comes twice, a record is in the first,
/// until one with the same topic comes whose local time is not after that of the one before: from
/// there on all are in the second. A file that runs from new to old is not read right there.
///
/// **Shift.** A span as `3650d`, `-1d12h`, `90m`; `now`: the last record falls on now; `from_now`:
/// the first does, for playing at the pace recorded; `today`: so many whole days that the last
/// record lies in the 24 hours before now, which keeps the hour of the day. All but the span cost a
/// reading of the file more. A shift moves message times and `time` members; times inside a record
/// that goes out as it is stay as they are.
///
/// **Members.** `column` or `path`, with `type`: `number` copies the text when it is a JSON number
/// and refuses the record otherwise; `text` writes a JSON text; without it csv fields are text and
/// JSON values stay as they are written. A value is missing when it is absent, null, or one of
/// `missing` (the empty text unless given, blanks around it apart); the member is then left out. No
/// message is made when all members of `skip_when_missing` are.
///
/// **Records as they are.** `payload: {as: record}` publishes JSON lines byte for byte. `members`
/// beside it are put in front of the record's own; a record that has one of them is refused.
public struct ReplayMapping: Sendable {
    /// How the file is divided into records.
    enum Format: Hashable {
        case csv(separator: UInt8)
        case jsonLines
    }

    /// The file as it was named by the caller.
    public let file: String

    let format: Format
    let topic: TopicTemplate
    let clock: RecordClock
    let isSorted: Bool
    let explosion: Explosion?
    let payload: PayloadTemplate

    /// Reads a mapping file.
    ///
    /// - Parameters:
    ///   - text: the YAML document.
    ///   - file: how faults name it.
    /// - Throws: `ConfigurationFaults` with every fault and its place.
    public init(parsing text: String, file: String) throws(ConfigurationFaults) {
        let root: ConfigurationNode
        do throws(ConfigurationFault) {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        var reader = MappingReader()
        let mapping = reader.mapping(root)
        try reader.faults.check()
        guard let mapping else {
            preconditionFailure("a mapping was not read, and no fault of it was noted")
        }
        self = mapping
    }

    init(
        file: String,
        format: Format,
        topic: TopicTemplate,
        clock: RecordClock,
        isSorted: Bool,
        explosion: Explosion?,
        payload: PayloadTemplate
    ) {
        self.file = file
        self.format = format
        self.topic = topic
        self.clock = clock
        self.isSorted = isSorted
        self.explosion = explosion
        self.payload = payload
    }

    /// The columns that a csv file must have, each once, in the order of the mapping.
    var columns: [String] {
        var names: [String] = []
        for reference in topic.references + [clock.field] + payload.references {
            if case .column(let name) = reference { names.append(name) }
        }
        if let explosion {
            names.removeAll { $0 == explosion.nameColumn || $0 == explosion.valueColumn }
            names += explosion.columns.map(\.column)
        }
        var seen: Set<String> = []
        return names.filter { seen.insert($0).inserted }
    }
}
