internal import ConfigurationText
internal import Decoding
internal import Foundation
internal import MQTT
internal import PromQL
internal import RingStore
internal import Telemetry
internal import WebServer

extension GatewaySettings {
    /// Reads a settings file.
    ///
    /// - Parameters:
    ///   - text: the YAML document.
    ///   - file: its path: faults name it, and paths in it are taken from its folder.
    ///   - environment: where passwords are looked up.
    /// - Throws: `ConfigurationFaults` with every fault: file, line, field, what would be right.
    /// - Returns: the settings.
    public static func parse(
        text: String,
        file: String,
        environment: [String: String]
    ) throws -> GatewaySettings {
        let root: ConfigurationNode
        do {
            root = try ConfigurationNode(parsing: text, file: file)
        } catch {
            throw ConfigurationFaults([error])
        }
        let slash = file.lastIndex(of: "/")
        var reader = SettingsReader(
            folder: slash.map { String(file[..<$0]) } ?? ".",
            environment: environment
        )
        let settings = reader.settings(root)
        try reader.faults.check()
        guard let settings else {
            throw ConfigurationFaults([root.fault("the settings are not complete")])
        }
        return settings
    }
}

/// Reads the settings file; each fault is noted and reading goes on.
struct SettingsReader {
    let folder: String
    let environment: [String: String]
    var faults = FaultCollector()

    init(folder: String, environment: [String: String]) {
        self.folder = folder
        self.environment = environment
    }

    mutating func settings(_ root: ConfigurationNode) -> GatewaySettings? {
        root.allowKeys(
            [
                "name", "data", "zone", "broker", "subscriptions", "sparkplug", "profiles",
                "registry", "rules", "criteria", "store", "journal", "web", "queries", "alerts",
                "codecs", "quality", "commands", "home_assistant",
            ],
            &faults
        )
        let name = root.required("name", &faults)?.text(&faults)
        let data = root.required("data", &faults).flatMap { path($0) }
        let subscriptions = subscriptions(root.required("subscriptions", &faults))
        let broker = root.required("broker", &faults).flatMap {
            self.broker($0, topics: subscriptions.topics)
        }
        guard let name, let data, let broker else { return nil }
        var settings = GatewaySettings(
            name: name,
            dataFolder: data,
            broker: broker,
            subscriptions: subscriptions.rules
        )
        if let zone = root["zone"] { settings.zoneOffset = offset(zone) ?? settings.zoneOffset }
        if let sparkplug = root["sparkplug"] { readSparkplug(sparkplug, into: &settings) }
        settings.profilesFolder = root["profiles"].flatMap { path($0) }
        settings.registryFolder = root["registry"].flatMap { path($0) }
        settings.rulesFolder = root["rules"].flatMap { path($0) }
        settings.criteriaFolder = root["criteria"].flatMap { path($0) }
        if let home = root["home_assistant"] {
            readHomeAssistant(home, into: &settings.homeAssistant)
        }
        if let codecs = root["codecs"] { readCodecs(codecs, into: &settings.codecs) }
        if let quality = root["quality"] { readQuality(quality, into: &settings.quality) }
        if let commands = root["commands"] { readCommands(commands, into: &settings.commands) }
        if let store = root["store"] { readStore(store, into: &settings.store) }
        if let journal = root["journal"] { readJournal(journal, into: &settings.journal) }
        if let web = root["web"] { readWeb(web, into: &settings) }
        if let queries = root["queries"] { readQueries(queries, into: &settings) }
        if let alerts = root["alerts"] { readAlerts(alerts, into: &settings) }
        noteLimits(of: settings, in: root, subscriptions.nodes)
        return settings
    }

    // MARK: Small parts

    /// A path, from the folder of the settings file unless it begins with a slash.
    mutating func path(_ node: ConfigurationNode) -> String? {
        guard let text = node.text(&faults) else { return nil }
        guard !text.isEmpty else {
            faults.note(node, "a path is needed here")
            return nil
        }
        return text.hasPrefix("/") ? text : "\(folder)/\(text)"
    }

    mutating func span(_ node: ConfigurationNode) -> Milliseconds? {
        guard let text = node.text(&faults) else { return nil }
        guard let span = DurationText.parse(text), span > .zero else {
            faults.note(node, "expected a duration such as 30s, 15m, 6h or 30d, found '\(text)'")
            return nil
        }
        return span
    }

    private mutating func offset(_ node: ConfigurationNode) -> Milliseconds? {
        guard let text = node.text(&faults) else { return nil }
        guard let instant = Instant(rfc3339: "2000-01-01T00:00:00\(text)") else {
            faults.note(node, "expected an offset from UTC such as +07:00, found '\(text)'")
            return nil
        }
        return Instant(milliseconds: 946_684_800_000) - instant
    }

    mutating func size(_ node: ConfigurationNode) -> UInt64? {
        guard let text = node.text(&faults) else { return nil }
        guard let size = SizeText.parse(text) else {
            faults.note(node, "expected \(SizeText.expectation), found '\(text)'")
            return nil
        }
        return size
    }

    private mutating func readJournal(
        _ node: ConfigurationNode,
        into journal: inout JournalSettings
    ) {
        node.allowKeys(["size", "segment"], &faults)
        if let size = node["size"].flatMap({ size($0) }) { journal.sizeBytes = size }
        if let segment = node["segment"].flatMap({ size($0) }) { journal.segmentBytes = segment }
    }

    private mutating func readWeb(
        _ node: ConfigurationNode,
        into settings: inout GatewaySettings
    ) {
        node.allowKeys(
            ["host", "port", "allowed_origins", "remote_write", "adoption", "prefix"],
            &faults
        )
        if let host = node["host"]?.text(&faults) { settings.webHost = host }
        if let port = node["port"]?.integer(in: 0...65_535, &faults) { settings.webPort = port }
        for origin in node["allowed_origins"]?.sequence(&faults) ?? [] {
            guard let text = origin.text(&faults) else { continue }
            if text == "*" || Self.isOrigin(text) {
                settings.allowedOrigins.insert(text)
            } else {
                faults.note(
                    origin,
                    "'\(text)' is no origin: scheme, host in small letters, port where it is not "
                        + "the usual one, and no path, as https://grafana.example"
                )
            }
        }
        if let takes = node["remote_write"]?.flag(&faults) { settings.takesRemoteWrite = takes }
        if let takes = node["adoption"]?.flag(&faults) { settings.takesAdoptions = takes }
        if let prefix = node["prefix"], let text = prefix.text(&faults) {
            do throws(SitePrefix.Fault) {
                settings.webPrefix = try SitePrefix(text)
            } catch {
                faults.note(prefix, "\(error)")
            }
        }
    }

    /// Whether a text is an origin as browsers send it, so that it can be compared as it is.
    ///
    /// - Source: RFC 6454, section 6.2.
    private static func isOrigin(_ text: String) -> Bool {
        guard let url = URL(string: text), let scheme = url.scheme, let name = url.host(),
            ["http", "https"].contains(scheme), text == text.lowercased()
        else { return false }
        let host = name.contains(":") && !name.hasPrefix("[") ? "[\(name)]" : name
        let port = url.port.map { ":\($0)" } ?? ""
        let isUsual = url.port == (scheme == "http" ? 80 : 443)
        return text == "\(scheme)://\(host)\(port)" && !isUsual
    }

    private mutating func readQueries(
        _ node: ConfigurationNode,
        into settings: inout GatewaySettings
    ) {
        node.allowKeys(["longest_lookback"], &faults)
        guard let lookback = node["longest_lookback"], let span = span(lookback) else { return }
        if Self.lookbacks.contains(span) {
            settings.longestLookback = span
        } else {
            faults.note(lookback, "expected 5m to 60d")
        }
    }

    private static let lookbacks = Milliseconds.minutes(5)...Milliseconds.days(60)
    /// From what a device is out of reach for at any time to as long as missed time is judged.
    private static let lateWindows = Milliseconds.minutes(10)...AlertService.longestCatchUp
    private static let receiverTimeouts = Milliseconds.seconds(1)...Milliseconds.minutes(10)

    private mutating func readAlerts(
        _ node: ConfigurationNode,
        into settings: inout GatewaySettings
    ) {
        node.allowKeys(
            [
                "external_url", "timeout", "late_window", "receivers", "alertmanagers",
                "external_labels",
            ],
            &faults
        )
        if let url = node["external_url"].flatMap({ address($0) }) {
            let end = url.lastIndex { $0 != "/" } ?? url.startIndex
            settings.externalURL = String(url[...end])
        }
        if let timeout = node["timeout"], let span = span(timeout) {
            if Self.receiverTimeouts.contains(span) {
                settings.receiverTimeout = span
            } else {
                faults.note(timeout, "expected 1s to 10m")
            }
        }
        if let window = node["late_window"], let span = span(window) {
            if Self.lateWindows.contains(span) {
                settings.lateWindow = span
            } else {
                faults.note(window, "expected 10m to 15d")
            }
        }
        readAlertmanagers(node, into: &settings)
        guard let list = node["receivers"] else { return }
        var receivers: [ReceiverSettings] = []
        for receiver in list.sequence(&faults) {
            receiver.allowKeys(["name", "kind", "url", "topic"], &faults)
            guard let name = receiver.required("name", &faults)?.text(&faults),
                let kind = receiverKind(receiver)
            else { continue }
            if receivers.contains(where: { $0.name == name }) {
                faults.note(receiver, "the receiver '\(name)' stands here twice")
            }
            receivers.append(ReceiverSettings(name: name, kind: kind))
        }
        if receivers.count > ReceiverSettings.maximumCount {
            faults.note(list, "more than \(ReceiverSettings.maximumCount) receivers")
        }
        settings.receivers = receivers
    }

    private mutating func readAlertmanagers(
        _ node: ConfigurationNode,
        into settings: inout GatewaySettings
    ) {
        for item in node["alertmanagers"]?.sequence(&faults) ?? [] {
            guard let url = address(item) else { continue }
            if settings.alertmanagers.contains(url) {
                faults.note(item, "the Alertmanager '\(url)' stands here twice")
            }
            settings.alertmanagers.append(url)
        }
        if settings.alertmanagers.count > ReceiverSettings.maximumCount,
            let list = node["alertmanagers"]
        {
            faults.note(list, "more than \(ReceiverSettings.maximumCount) Alertmanagers")
        }
        for (name, value) in node["external_labels"]?.mapping(&faults) ?? [] {
            guard let text = value.text(&faults) else { continue }
            let isName =
                name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil && !name.hasPrefix("__")
            if !isName || text.isEmpty {
                faults.note(
                    value,
                    "'\(name)' must be a label's name of letters, digits and _ that does not begin "
                        + "with __, and have a value"
                )
            }
            settings.externalLabels[name] = text
        }
    }

    /// An address of HTTP; nil, with a fault, for anything else.
    private mutating func address(_ node: ConfigurationNode) -> String? {
        guard let text = node.text(&faults), let parsed = URL(string: text),
            ["http", "https"].contains(parsed.scheme ?? ""), parsed.host() != nil
        else {
            faults.note(node, "expected an address that begins with http:// or https://")
            return nil
        }
        return text
    }

    private mutating func receiverKind(_ node: ConfigurationNode) -> ReceiverSettings.Kind? {
        guard let kind = node.required("kind", &faults)?.text(&faults) else { return nil }
        switch kind {
        case "log": return .log
        case "webhook":
            return node.required("url", &faults).flatMap { address($0) }.map { .webhook(url: $0) }
        case "mqtt":
            guard let topic = node.required("topic", &faults) else { return nil }
            guard let text = topic.text(&faults), !text.isEmpty,
                !text.contains(where: { "+#\0".contains($0) })
            else {
                faults.note(topic, "expected a topic without wildcards")
                return nil
            }
            return .mqtt(topic: text)
        default:
            faults.note(node, "unknown kind '\(kind)', known are: log, mqtt, webhook")
            return nil
        }
    }
}
