internal import ConfigurationText
internal import Telemetry

/// How a profile's device writes lines: the mapping `csv` of a profile.
///
/// ```yaml
/// csv:
///   delimiter: ";"
///   columns: [time, ph, turbidity]   # without it the first line names the columns
///   decimal: ","
///   time: {column: time, format: iso, zone: "+07:00"}
///   device: station
/// ```
struct CSVFormat: Sendable {
    let delimiter: UInt8
    /// Names by position; nil when the first line of each payload gives them.
    let columns: [[UInt8]]?
    let hasDecimalComma: Bool
    let timeColumn: [UInt8]?
    let timeForm: TimeSource.Form
    /// Column that names the device of each line; nil when the topic does.
    let deviceColumn: [UInt8]?

    /// Reads the mapping; nil when it has a fault, which is then noted.
    init?(_ node: ConfigurationNode, _ faults: inout FaultCollector) {
        let before = faults.faults.count
        node.allowKeys(["delimiter", "columns", "decimal", "time", "device"], &faults)
        let text = node["delimiter"].map { $0.scalarText ?? "" } ?? ","
        let letters = Array((text == "tab" ? "\t" : text).utf8)
        delimiter = letters.first ?? 0
        if letters.count != 1 || delimiter == UInt8(ascii: "\"") || delimiter >= 0x80 {
            faults.note(
                node["delimiter"] ?? node,
                "expected one sign such as \",\" or \";\", or tab"
            )
        }
        columns = node["columns"]?.sequence(&faults).map { Array(($0.scalarText ?? "").utf8) }
        if let columns, columns.isEmpty || columns.count > DecodingLimits.csvColumns {
            faults.note(
                node["columns"] ?? node,
                "expected 1 to \(DecodingLimits.csvColumns) names of columns"
            )
        }
        let decimal = node["decimal"].map { $0.scalarText ?? "" } ?? "."
        hasDecimalComma = decimal == ","
        if decimal != ",", decimal != "." {
            faults.note(node["decimal"] ?? node, "expected \".\" or \",\"")
        }
        deviceColumn = node["device"]?.text(&faults).map { Array($0.utf8) }
        var form = TimeSource.Form.iso(nil)
        var column: [UInt8]?
        if let time = node["time"] {
            time.allowKeys(["column", "format", "zone"], &faults)
            column = time.required("column", &faults)?.text(&faults).map { Array($0.utf8) }
            form = Self.form(time, &faults)
        }
        timeColumn = column
        timeForm = form
        for name in [timeColumn, deviceColumn].compactMap({ $0 }) {
            if let columns, !columns.contains(name) {
                let text = String(decoding: name, as: UTF8.self)
                faults.note(node, "there is no column '\(text)' among the columns")
            }
        }
        if faults.faults.count > before { return nil }
    }

    private static func form(_ node: ConfigurationNode, _ faults: inout FaultCollector)
        -> TimeSource.Form
    {
        switch node["format"]?.scalarText ?? "iso" {
        case "unix": return .unixSeconds
        case "unix_ms": return .unixMilliseconds
        case "iso":
            guard let entry = node["zone"] else { return .iso(nil) }
            let zone = entry.scalarText.flatMap(TimeZoneRule.init)
            if zone == nil {
                faults.note(entry, "expected an offset such as \"+07:00\" or a POSIX rule")
            }
            return .iso(zone)
        default:
            faults.note(node["format"] ?? node, "expected unix, unix_ms or iso")
            return .iso(nil)
        }
    }
}
