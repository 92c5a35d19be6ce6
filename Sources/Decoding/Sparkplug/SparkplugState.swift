internal import Protobuf
internal import Telemetry

/// What is known of all edge nodes that live: their births, and what they must be asked.
///
/// It is part of the decoder, so that the same messages in the same order always give the same
/// readings. What must be asked never changes what is read.
struct SparkplugState: Sendable {
    /// Edge nodes by ``SparkplugTopic/node``, from their births to their deaths.
    private(set) var nodes: [String: SparkplugNode] = [:]
    /// When each node was last asked for a birth, those that nobody has seen a birth of too.
    private var asked: [String: Instant] = [:]
    /// What has to be said, the oldest first.
    private(set) var requests: [OutgoingRequest] = []
    /// Whether messages come that were taken before: their numbers are no news then.
    var isReplayed = false

    /// What a message means for who reads it.
    enum Outcome {
        /// Its metrics are measurements.
        case metrics
        /// The node or device is gone, with those named.
        case gone([String])
        /// Nothing: it repeats another, or belongs to a connection of before.
        case nothing(DecodingNote?)
    }

    /// Takes a message of a node or device.
    ///
    /// - Parameters:
    ///   - topic: who says what.
    ///   - payload: what it says.
    ///   - receivedAt: when it arrived; all times of the state are by this clock.
    ///   - settings: how long to wait.
    /// - Returns: what is to be made of the message.
    /// - Throws: ``DecodingError/noBirth(node:)``, ``DecodingError/tooManyElements(limit:)``, or
    ///   ``DecodingError/badValue(field:problem:)``; a new birth was asked for where one helps.
    mutating func take(
        _ topic: SparkplugTopic,
        _ payload: SparkplugPayload,
        receivedAt: Instant,
        _ settings: SparkplugSettings
    ) throws(DecodingError) -> Outcome {
        switch topic.kind {
        case .nodeBirth:
            try bear(topic, payload, receivedAt)
            return .metrics
        case .nodeDeath: return die(topic, payload)
        case .command, .hostState: return .nothing(nil)
        case .deviceBirth, .deviceDeath, .nodeData, .deviceData: break
        }
        try requireBirth(topic, receivedAt, settings)
        if !isReplayed, let sequence = payload.sequence,
            nodes[topic.node]?.take(
                UInt8(sequence),
                writtenAt: payload.time,
                arrivedAt: receivedAt,
                window: settings.reorderWindow
            ) == .repeated
        {
            return .nothing(.repeatedSequence)
        }
        if nodes[topic.node]?.isOverdue(at: receivedAt) == true {
            ask(topic.node, at: receivedAt, settings)
        }
        switch topic.kind {
        case .deviceBirth:
            nodes[topic.node]?.remove(device: topic.device)
            let count = nodes[topic.node]?.devices.count ?? 0
            guard count < DecodingLimits.sparkplugDevices else {
                throw .tooManyElements(limit: DecodingLimits.sparkplugDevices)
            }
            nodes[topic.node]?.add(device: topic.device)
            try define(topic, payload)
        case .deviceDeath:
            nodes[topic.node]?.remove(device: topic.device)
            return .gone([topic.address])
        case .deviceData where nodes[topic.node]?.devices.contains(topic.device) != true:
            ask(topic.node, at: receivedAt, settings)
            throw .noBirth(node: topic.address)
        default: break
        }
        return .metrics
    }

    /// The metric that an alias stands for, or that a birth named; nil when neither.
    func metric(_ topic: SparkplugTopic, _ metric: SparkplugMetric, _ payload: SparkplugPayload)
        -> SparkplugNode.Metric?
    {
        guard let node = nodes[topic.node] else { return nil }
        if metric.name.isEmpty { return metric.alias.flatMap { node.aliases[$0] } }
        let name = Array(payload.bytes[metric.name])
        return node.metrics[topic.device]?[name]
    }

    /// The alias that a metric's birth gave it; nil where it gave none, and where the birth is not
    /// known or may be of before: an alias then stands for whatever the next birth says.
    func alias(of metric: SparkplugMetricName, _ topic: SparkplugTopic) -> UInt64? {
        // Which births must not give an alias (tck-id-…-rebirth-name-aliases).
        guard metric.name != "Node Control/Rebirth" else { return nil }
        guard let node = nodes[topic.node], !node.owesBirth else { return nil }
        return node.metrics[metric.isOfNode ? "" : topic.device]?[Array(metric.name.utf8)]?.alias
    }

    /// Asks for a new birth because a metric is not known.
    mutating func askForUnknown(
        _ topic: SparkplugTopic,
        at now: Instant,
        _ settings: SparkplugSettings
    ) {
        ask(topic.node, at: now, settings)
    }

    /// Asks the nodes that passed a number over which did not come in its time, and those that were
    /// asked and did not answer: a request is published at QoS 0 and may be lost.
    mutating func askOverdue(at now: Instant, _ settings: SparkplugSettings) {
        let overdue = nodes.filter { $0.value.owesBirth || $0.value.isOverdue(at: now) }
        for name in overdue.keys.sorted() { ask(name, at: now, settings) }
    }

    /// Asks every node that lives to be born again: nobody knows what was missed.
    mutating func askAll(at now: Instant, _ settings: SparkplugSettings) {
        for name in nodes.keys.sorted() {
            // Also where a gap may still close: then it is asked once that is over.
            nodes[name]?.owesBirth = true
            ask(name, at: now, settings)
        }
    }

    /// Gives what has to be said away.
    mutating func takeRequests() -> [OutgoingRequest] {
        defer { requests.removeAll() }
        return requests
    }

    /// Puts a node back as it was; one that there is no room for is asked to be born again when it
    /// sends.
    mutating func restore(_ name: String, _ node: SparkplugNode) {
        guard nodes.count < DecodingLimits.sparkplugNodes,
            bytes(besides: name) + node.bytes <= DecodingLimits.sparkplugBytes
        else { return }
        nodes[name] = node
    }

    /// Nodes and devices that live, by the addresses that the registry has for them.
    var addresses: [String] {
        nodes.sorted { $0.key < $1.key }.flatMap { name, node in
            [name] + node.devices.sorted().map { name + "/" + $0 }
        }
    }

    /// What was known at an instant of the nodes that have not been born again since.
    func bornBefore(_ instant: Instant) -> SparkplugState {
        var state = SparkplugState()
        state.nodes = nodes.filter { $0.value.bornAt < instant }
        return state
    }

    // MARK: Births and deaths

    private mutating func bear(
        _ topic: SparkplugTopic,
        _ payload: SparkplugPayload,
        _ receivedAt: Instant
    ) throws(DecodingError) {
        if nodes[topic.node] == nil, nodes.count >= DecodingLimits.sparkplugNodes {
            throw .tooManyElements(limit: DecodingLimits.sparkplugNodes)
        }
        var node = SparkplugNode()
        node.birthSequence = payload.birthSequence
        node.bornAt = receivedAt
        // The payload chapter allows any number in a birth; the next one follows it.
        node.noteNewest(payload.sequence.map { UInt8($0) }, payload.time, receivedAt)
        nodes[topic.node] = node
        try define(topic, payload)
    }

    private mutating func die(_ topic: SparkplugTopic, _ payload: SparkplugPayload) -> Outcome {
        guard let node = nodes[topic.node] else { return .gone([topic.node]) }
        // A birth or a death without a number cannot be told apart: the node may well be gone.
        if let born = node.birthSequence, let dead = payload.birthSequence, born != dead {
            return .nothing(.staleDeath)
        }
        nodes[topic.node] = nil
        return .gone([topic.node] + node.devices.sorted().map { topic.node + "/" + $0 })
    }

    private mutating func define(_ topic: SparkplugTopic, _ payload: SparkplugPayload)
        throws(DecodingError)
    {
        guard var node = nodes.removeValue(forKey: topic.node) else { return }
        let most = DecodingLimits.sparkplugBytes - bytes(besides: topic.node)
        // A node that there is no room for is forgotten, as after its death.
        guard node.bytes <= most else {
            throw .tooManyElements(limit: DecodingLimits.sparkplugBytes)
        }
        defer { if node.bytes <= most { nodes[topic.node] = node } }
        for metric in payload.metrics where !metric.name.isEmpty {
            guard metric.name.count <= DecodingLimits.nameBytes else {
                throw .badValue(
                    field: "metric name",
                    problem: "it is longer than \(DecodingLimits.nameBytes) bytes"
                )
            }
            try node.define(
                SparkplugNode.Metric(
                    device: topic.device,
                    name: Array(payload.bytes[metric.name]),
                    datatype: metric.datatype,
                    // What is cut is no unit that anybody knows, and is told as such.
                    unit: Array(payload.bytes[metric.unit].prefix(DecodingLimits.unitBytes)),
                    alias: metric.alias
                )
            )
            guard node.bytes <= most else {
                throw .tooManyElements(limit: DecodingLimits.sparkplugBytes)
            }
        }
    }

    /// Memory that devices and metrics of all other nodes take, about.
    private func bytes(besides name: String) -> Int {
        nodes.reduce(0) { $0 + ($1.key == name ? 0 : $1.value.bytes) }
    }

    private mutating func requireBirth(
        _ topic: SparkplugTopic,
        _ receivedAt: Instant,
        _ settings: SparkplugSettings
    ) throws(DecodingError) {
        // What arrived before the birth is decoded again after it; its aliases may be others.
        if let node = nodes[topic.node], receivedAt >= node.bornAt { return }
        ask(topic.node, at: receivedAt, settings)
        throw .noBirth(node: topic.node)
    }

    // MARK: Requests

    /// Asks a node to be born again, unless it was asked within the pause.
    private mutating func ask(_ name: String, at now: Instant, _ settings: SparkplugSettings) {
        // A number that was passed over may be the very birth that is missing.
        if let node = nodes[name], node.isWaiting(at: now), !node.isOverdue(at: now) { return }
        nodes[name]?.owesBirth = true
        if let last = asked[name], now >= last, now < last + settings.rebirthPause { return }
        if asked[name] == nil, asked.count >= DecodingLimits.sparkplugNodes {
            asked = asked.filter { now < $0.value + settings.rebirthPause }
            guard asked.count < DecodingLimits.sparkplugNodes else { return }
        }
        asked[name] = now
        note(
            OutgoingRequest(
                topic: SparkplugTopic.commandTopic(of: name),
                payload: Self.rebirthPayload(at: now)
            )
        )
    }

    /// Keeps a request until somebody publishes it.
    private mutating func note(_ request: OutgoingRequest) {
        guard requests.count < DecodingLimits.sparkplugRequests,
            !requests.contains(where: { $0.topic == request.topic })
        else { return }
        requests.append(request)
    }

    /// `Node Control/Rebirth` = true, as tck-id-payloads-ncmd has it: no sequence number.
    static func rebirthPayload(at now: Instant) -> [UInt8] {
        var writer = ProtobufWriter()
        let time = UInt64(clamping: now.milliseconds)
        writer.variable(1, time)
        writer.nested(2) { metric in
            metric.bytes(1, Array("Node Control/Rebirth".utf8))
            metric.variable(3, time)
            metric.variable(4, SparkplugDatatype.boolean.rawValue)
            metric.variable(14, 1)
        }
        return writer.bytes
    }
}
