internal import ConfigurationText
internal import MQTT
internal import RingStore

extension SettingsReader {
    /// Notes what the parts of a gateway would refuse at its start, where the file says it.
    ///
    /// - Parameters:
    ///   - settings: what was read.
    ///   - root: the whole file.
    ///   - subscriptions: the node of each of the broker's topics, in their order.
    mutating func noteLimits(
        of settings: GatewaySettings,
        in root: ConfigurationNode,
        _ subscriptions: [ConfigurationNode]
    ) {
        var broker = settings.broker.faults()
        // The connection for notifications differs in its client id alone.
        if broker.isEmpty { broker = settings.notificationBroker?.faults() ?? [] }
        if broker.isEmpty { broker = settings.sparkplugBroker?.faults() ?? [] }
        if broker.isEmpty { broker = settings.commandBroker?.faults() ?? [] }
        for fault in broker {
            let node = Self.node(fault.setting, root["broker"] ?? root, subscriptions)
            faults.note(node, "\(fault.error)")
        }
        for fault in settings.store.faults() {
            faults.note(Self.node(fault.setting, root["store"] ?? root), fault.reason)
        }
        for fault in settings.journal.faults() {
            faults.note(Self.node(fault.setting, root["journal"] ?? root), fault.reason)
        }
    }

    private static func node(
        _ setting: BrokerSettings.Setting,
        _ broker: ConfigurationNode,
        _ subscriptions: [ConfigurationNode]
    ) -> ConfigurationNode {
        let found: ConfigurationNode? =
            switch setting {
            case .host: broker["host"]
            case .port: broker["port"]
            case .clientID: broker["client_id"]
            case .keepAlive: broker["keep_alive"]
            case .user: broker["user"]
            case .password: broker["password_environment"] ?? broker["password_file"]
            case .certificate: broker["tls"]?["certificate"] ?? broker["tls"]?["key"]
            case .topic(let index): subscriptions[index]["topic"]
            case .quality(let index): subscriptions[index]["qos"]
            case .receiveMaximum, .batch, .payloadLimit, .topicCount: nil
            }
        return found ?? broker
    }

    private static func node(
        _ setting: StoreSettings.Setting,
        _ store: ConfigurationNode
    ) -> ConfigurationNode {
        let found: ConfigurationNode? =
            switch setting {
            case .rawTier: store["size"]
            case .rollup(let tier): store["rollups"]?[tier.rawValue]
            case .maximumSeries: store["maximum_series"]
            case .retention: store["retention"]
            case .head: store["memory"]
            }
        return found ?? store
    }

    private static func node(
        _ setting: JournalSettings.Setting,
        _ journal: ConfigurationNode
    ) -> ConfigurationNode {
        let found: ConfigurationNode? =
            switch setting {
            case .size: journal["size"]
            case .segment: journal["segment"]
            }
        return found ?? journal
    }
}
