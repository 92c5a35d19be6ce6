internal import Protobuf
internal import Telemetry

/// Sparkplug B 3.0, topics `spBv1.0/{group}/{type}/{node}[/{device}]`.
///
/// Device: `{group}/{node}` or `{group}/{node}/{device}`, behind the levels that stand before
/// `spBv1.0` where a bridge put some. Time: that of the metric, else that of
/// the payload. Duplicates: a sequence number that came before. Metrics are records as those of
/// SenML are: a profile reads them by name, and the property `engUnit` gives the unit. Births tell
/// which alias stands for which name; the decoder remembers them.
///
/// - Source: Sparkplug 3.0.0, chapters 4 (topics), 5 (behaviour) and 6 (payloads).
extension Envelope {
    /// Reads a message.
    ///
    /// - Parameters:
    ///   - payload: the payload's bytes.
    ///   - topic: the topic's bytes.
    ///   - texts: takes the names, units and texts of the metrics.
    ///   - state: what births have told.
    ///   - receivedAt: when the message arrived.
    ///   - settings: limits, and how long to wait for what a node owes.
    /// - Throws: ``DecodingError``.
    mutating func readSparkplug(
        _ payload: Span<UInt8>,
        _ topic: [UInt8],
        _ texts: inout JSONDocument,
        _ state: inout SparkplugState,
        receivedAt: Instant,
        _ settings: DecoderSettings
    ) throws(DecodingError) {
        let topic = try SparkplugTopic(topic)
        address.append(contentsOf: topic.address.utf8)
        if topic.kind == .command || topic.kind == .hostState {
            kind = .other
            return
        }
        let bytes = payload.withUnsafeBufferPointer { Array($0) }
        let content = try SparkplugPayload(bytes, limits: settings.limits)
        let outcome = try state.take(
            topic,
            content,
            receivedAt: receivedAt,
            settings.sparkplug
        )
        switch outcome {
        case .nothing(let note):
            kind = .other
            if let note { notes.append(note) }
        case .gone(let addresses):
            // A will's time is that of the connection; what counts is when it came.
            kind = .availability
            isOnline = false
            gone = addresses
        case .metrics:
            let isBirth = topic.kind == .nodeBirth || topic.kind == .deviceBirth
            if isBirth {
                isOnline = true
                onlineTime = receivedAt
            }
            deviceTime = content.time
            hasRecords = true
            texts.clear()
            for metric in content.metrics {
                do throws(DecodingError) {
                    try add(metric, topic, content, &texts, state)
                } catch {
                    if case .unknownAlias = error {
                        state.askForUnknown(topic, at: receivedAt, settings.sparkplug)
                    }
                    throw error
                }
            }
        }
    }

    /// Adds a metric as a record, unless there is nothing to read.
    private mutating func add(
        _ metric: SparkplugMetric,
        _ topic: SparkplugTopic,
        _ payload: SparkplugPayload,
        _ texts: inout JSONDocument,
        _ state: SparkplugState
    ) throws(DecodingError) {
        let known = state.metric(topic, metric, payload)
        if metric.name.isEmpty {
            guard let alias = metric.alias else { throw .missingField("metric name or alias") }
            guard let known, known.device == topic.device else {
                throw .unknownAlias(alias, node: topic.address)
            }
        }
        let name = metric.name.isEmpty ? known?.name ?? [] : Array(payload.bytes[metric.name])
        if Self.isControl(name) { return }
        guard !metric.isNull, let raw = metric.value else {
            notes.append(.nullMetric)
            return
        }
        guard let datatype = metric.datatype ?? known?.datatype,
            let value = datatype.reading(of: raw)
        else {
            notes.append(.unreadMetric)
            return
        }
        // What is sent later must say when it was: the message's own time is that of now.
        if metric.isHistorical, metric.time == nil {
            notes.append(.unreadMetric)
            return
        }
        var record: SenMLRecord
        switch value {
        case .number(let number): record = SenMLRecord(value: .number(number))
        case .flag(let flag): record = SenMLRecord(value: .flag(flag))
        case .text(let range):
            record = SenMLRecord(value: .text(texts.appendText(payload.bytes[range])))
        case .integer, .other: return
        }
        record.name = texts.appendText(name[...])
        let unit = metric.unit.isEmpty ? known?.unit ?? [] : Array(payload.bytes[metric.unit])
        if !unit.isEmpty { record.unit = texts.appendText(unit[...]) }
        record.time = metric.time
        records.append(record)
    }

    /// Whether a metric steers the node or ties its messages together, and measures nothing.
    private static func isControl(_ name: [UInt8]) -> Bool {
        name.starts(with: "Node Control/".utf8) || name.starts(with: "Device Control/".utf8)
            || name.elementsEqual("bdSeq".utf8)
    }
}

extension JSONDocument {
    /// Appends a text that stands in no JSON, as a node that others are compared with.
    ///
    /// - Parameter text: UTF-8.
    /// - Returns: the node.
    mutating func appendText(_ text: ArraySlice<UInt8>) -> Int {
        let start = UInt32(bytes.count)
        bytes.append(contentsOf: text)
        nodes.append(
            JSONNode(
                kind: .string,
                start: start,
                end: UInt32(bytes.count),
                next: UInt32(nodes.count + 1)
            )
        )
        return nodes.count - 1
    }
}
