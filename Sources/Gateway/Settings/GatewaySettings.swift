public import CodecSandbox
public import Decoding
public import MQTT
public import QualityControl
public import RingStore
public import Telemetry
public import WebServer

/// What an operator decides: the content of `langso.yaml`.
///
/// ```yaml
/// name: Bình Liêu                    # shown on every page
/// data: /var/lib/langso              # journal, store, registry
/// zone: "+07:00"                     # offset of the local day; +07:00 unless given
/// broker:
///   host: 127.0.0.1
///   port: 1883                       # 1883, or 8883 with tls, unless given
///   client_id: langso                # the same at every start
///   version: "3.1.1"                 # or "5"
///   keep_alive: 60s
///   user: langso
///   password_file: /etc/langso/password     # or password_environment: LANGSO_PASSWORD
///   tls: {authority: ca.pem, certificate: client.pem, key: client.key}
///                                    # with an encrypted key: key_password_environment: NAME
/// subscriptions:                     # the first that matches a topic counts
///   - {topic: application/+/device/+/event/+, family: chirpstack}
///   - topic: village/+/meter/+
///     family: plain_json
///     profile: json-datalogger       # of devices the registry does not know
///     address: 4                     # level of the topic, or a path as device.id
///     payload_encoding: base64       # or hex
///     time_zone: "+07:00"            # of times without an offset
///     archive_time: _timestamp       # where an archive put the time of arrival
///     clock: {maximum_age: 30d, maximum_lead: 5m}
///     qos: 1
/// sparkplug:
///   host_id: langso                  # says on spBv1.0/STATE/langso that this host application is
///                                    # there, for nodes whose primary host it is; no id, no word
///   reorder_window: 2s               # how long a message that was passed over may still come
///   rebirth_pause: 1m                # shortest time between two requests to one node
/// home_assistant:                    # tells Home Assistant of the devices; nothing unless given
///   publish: true
///   prefix: homeassistant            # first level of the topics that describe devices
///   topic: langso                    # first levels of the topics with values
///   language: vi                     # of names: vi or en
///   pause: 1m                        # shortest time between two values of a device
/// profiles: profiles                 # folder of own device profiles, besides those shipped
/// codecs: {workers: 1, program: /usr/lib/langso/langso-codec}
///                                    # processes that run the profiles' payload codecs; the
///                                    # program beside langso unless given
/// quality:                           # what readings are held against, beside what is shipped
///   quantities:
///     water.ph: {range: [4, 11], sentinels: [-9999], flat_after: 12h, spike_factor: 20}
///                                    # in the quantity's unit; off in place of a number: unchecked
///     water.volume: {flat_after: 7d, fastest_change: 6}    # per hour
///     water.temperature: {least_shift: 2}     # least height of a jump to another level
///   devices:                         # of one device, by its code; goes before quantities
///     W-1: {water.turbidity: {flat_after: off, flat_readings: 10}}
/// commands:                          # what devices may be told; see the page Commands
///   enabled: false                   # whether anything at all
///   # operators: [{name: Hoàng Văn A, token_file: /etc/langso/operator-a.token}]
///                                    # who may; a token of 16 characters or more in each file
///   maximum_devices: 200             # of one command, to 10000
///   per_minute: 10                   # commands, to 600
///   lorawan_spacing: 2s              # from one LoRaWAN downlink to the next, 1s to 5m
/// registry: registry                 # folder of CSV files, taken in at each start
/// rules: rules                       # folder of rule files in place of those shipped
/// criteria: criteria                 # folder of criteria sets in place of those shipped
/// store:
///   size: 1GiB                       # of samples; the oldest give way when it is full
///   rollups: {5m: 512MiB, 1h: 256MiB, 1d: 128MiB}
///                                    # of summaries, which stay when samples give way; a half, a
///                                    # quarter and an eighth of size, unless given; a tier that
///                                    # is not named, or of size 0, there is not
///   maximum_series: 100000
///   retention: 400d                  # of samples, at most; none unless given
///   memory: 24MiB                    # for samples before a checkpoint; this, or 512 bytes for
///                                    # each series there is, unless given
/// journal: {size: 256MiB, segment: 4MiB}    # three segments at least, each from 324KiB
/// web:
///   host: 127.0.0.1
///   port: 8428
///   allowed_origins: [https://grafana.example]
///                                    # whose pages may read answers; none unless given
///   remote_write: false              # whether other programs may push samples
///   adoption: false                  # whether unknown devices may be registered by the page and
///                                    # the API; nobody logs in yet
///   prefix: /langso                  # path below which pages and APIs stand, behind a proxy that
///                                    # hands on paths as they came; none unless given
/// queries:
///   longest_lookback: 2d             # how far back the last value of a device that reports seldom
///                                    # is looked for, twice its interval; 5m: as in Prometheus
/// alerts:
///   external_url: http://langso.example/langso
///                                    # where people reach the gateway, a proxy's path with it
///   timeout: 10s                     # longest wait for a receiver's answer
///   late_window: 6h                  # how far back late samples have rules judged again, to 15d
///   alertmanagers: ["http://127.0.0.1:9093"]
///                                    # all of a cluster are told of what fires, each by itself
///   external_labels: {commune: Hoành Mô}
///                                    # added to alerts for them that have none of the name
///   receivers:
///     - {name: log, kind: log}
///     - {name: crew, kind: webhook, url: "http://127.0.0.1:9000/alerts"}
///     - {name: siren, kind: mqtt, topic: langso/alerts}
/// ```
/// Paths are taken from the folder of the file.
public struct GatewaySettings: Sendable {
    /// Name of the deployment.
    public var name: String
    /// Folder of journal, store and registry.
    public var dataFolder: String
    /// Offset of the local day from UTC.
    public var zoneOffset: Milliseconds
    /// The broker, with the topics of ``subscriptions``.
    public var broker: BrokerSettings
    /// What the topics carry.
    public var subscriptions: [SubscriptionRule]
    /// How long what Sparkplug nodes owe is waited for.
    public var sparkplug: SparkplugSettings
    /// Identifier under which Sparkplug nodes see this host application; nil says nothing.
    public var sparkplugHostID: String?
    /// How devices are told to Home Assistant.
    public var homeAssistant = HomeAssistantSettings()
    /// Folder of own device profiles, or nil.
    public var profilesFolder: String?
    /// How payload codecs of own profiles are run.
    public var codecs: CodecSettings
    /// What readings are held against.
    public var quality: QualityPolicy
    /// Who may give commands to devices, and how many.
    public var commands: CommandSettings
    /// Folder of registry files, or nil.
    public var registryFolder: String?
    /// Folder of rule files that stand in place of the shipped ones, or nil.
    public var rulesFolder: String?
    /// Folder of criteria sets that stand in place of the shipped ones, or nil.
    public var criteriaFolder: String?
    /// Sizes of the store; with the rollup tiers that are usual for its size unless they are named.
    public var store: StoreSettings
    /// Sizes of the journal.
    public var journal: JournalSettings
    /// Address to listen on; the loopback unless an operator says otherwise.
    public var webHost: String
    /// Port to listen on; 0 lets the system choose.
    public var webPort: Int
    /// Origins whose pages may read answers of the web server.
    public var allowedOrigins: Set<String>
    /// Whether other programs may push samples by remote write.
    public var takesRemoteWrite: Bool
    /// Whether unknown devices may be registered over HTTP.
    public var takesAdoptions: Bool
    /// The path below which the whole site stands.
    public var webPrefix: SitePrefix
    /// How far back queries look at most for the last value of a device that reports seldom.
    public var longestLookback: Milliseconds
    /// Address under which people reach the gateway, for links in notifications; without a slash
    /// at its end, empty when nobody has said it.
    public var externalURL: String
    /// Addresses of Alertmanagers that are told of alerts.
    public var alertmanagers: [String]
    /// Labels that alerts for Alertmanagers get where they have none of the name.
    public var externalLabels: [String: String]
    /// Longest wait for a receiver's answer, 1 s to 10 min.
    public var receiverTimeout: Milliseconds
    /// How far back rules are judged again for late samples; what is older is told in the log.
    public var lateWindow: Milliseconds
    /// Who hears of alerts.
    public var receivers: [ReceiverSettings]

    /// Creates settings with everything but name, folder, broker and subscriptions preset.
    public init(
        name: String,
        dataFolder: String,
        broker: BrokerSettings,
        subscriptions: [SubscriptionRule]
    ) {
        self.name = name
        self.dataFolder = dataFolder
        self.broker = broker
        self.subscriptions = subscriptions
        zoneOffset = .hours(7)
        codecs = CodecSettings()
        sparkplug = SparkplugSettings()
        quality = QualityPolicy()
        commands = CommandSettings()
        store = StoreSettings()
        store.rollupBytes = StoreSettings.usualRollups(beside: store.rawTierBytes)
        journal = JournalSettings(sizeBytes: 256 << 20)
        webHost = "127.0.0.1"
        webPort = 8428
        allowedOrigins = []
        takesRemoteWrite = false
        takesAdoptions = false
        webPrefix = .none
        longestLookback = .days(2)
        externalURL = ""
        alertmanagers = []
        externalLabels = [:]
        receiverTimeout = .seconds(10)
        lateWindow = .hours(6)
        receivers = [ReceiverSettings(name: "log", kind: .log)]
    }
}

extension GatewaySettings {
    /// Address of the first page, as this machine knows it.
    ///
    /// - Parameter port: What the gateway listens on.
    /// - Returns: the address, with a slash at its end.
    public func firstPage(port: Int) -> String { "http://\(webHost):\(port)\(webPrefix.path)/" }

    /// What stands before the paths of links: the address that people use, else the path alone.
    var linkBase: String { externalURL.isEmpty ? webPrefix.path : externalURL }

    /// What is odd of ``externalURL`` beside the prefix: links of notifications would lead nowhere,
    /// unless a proxy puts the prefix before the path.
    var prefixWarning: String? {
        guard !externalURL.isEmpty, !externalURL.hasSuffix(webPrefix.path) else { return nil }
        return "alerts.external_url: '\(externalURL)' does not end with web.prefix "
            + "'\(webPrefix.path)'; links of notifications lead to pages that are not there, "
            + "unless a proxy puts the prefix before each path"
    }

    /// A connection of its own for notifications, as a session that reads must not wait for writes;
    /// nil when no receiver needs one.
    var notificationBroker: BrokerSettings? {
        let isNeeded = receivers.contains { receiver in
            if case .mqtt = receiver.kind { true } else { false }
        }
        guard isNeeded else { return nil }
        var settings = broker
        settings.clientID += "-alerts"
        settings.topics = []
        return settings
    }

    /// A connection of its own for what Sparkplug nodes are told; nil when no topic carries
    /// Sparkplug.
    var sparkplugBroker: BrokerSettings? {
        guard subscriptions.contains(where: { $0.family == .sparkplug }) else { return nil }
        var settings = broker
        settings.clientID += "-sparkplug"
        settings.topics = []
        return settings
    }

    /// A connection of its own for what devices are told; nil when nobody may tell them anything.
    var commandBroker: BrokerSettings? {
        guard commands.isEnabled else { return nil }
        var settings = broker
        settings.clientID += "-commands"
        settings.topics = []
        return settings
    }

    /// A connection of its own for what Home Assistant is told.
    var homeAssistantBroker: BrokerSettings {
        var settings = broker
        settings.clientID += "-home-assistant"
        settings.topics = []
        return settings
    }

    /// Checks what can be checked before the disk and the broker are touched.
    ///
    /// - Throws: `MQTTError`, `StoreError` or `JournalError` for the first that cannot be right.
    func validate() throws {
        try broker.validate()
        try notificationBroker?.validate()
        try sparkplugBroker?.validate()
        try commandBroker?.validate()
        if homeAssistant.publishes { try homeAssistantBroker.validate() }
        try store.validate()
        try journal.validate()
    }
}

/// One receiver of notifications.
public struct ReceiverSettings: Hashable, Sendable {
    /// How notifications reach it.
    public enum Kind: Hashable, Sendable {
        /// A line in the gateway's log.
        case log
        /// An HTTP POST in the form of Alertmanager's webhook.
        case webhook(url: String)
        /// A message at QoS 1 below a topic, by village and alarm code.
        case mqtt(topic: String)
    }

    /// Its name; unique.
    public var name: String
    /// How notifications reach it.
    public var kind: Kind

    /// Creates a receiver.
    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Most receivers, and most Alertmanagers.
    public static let maximumCount = 20
}
