internal import Decoding
internal import Protobuf
internal import Telemetry

/// Commands to Sparkplug devices and edge nodes.
extension CommandEncoder {
    /// A DCMD of one metric, or an NCMD where the metric is the edge node's.
    ///
    /// At QoS 0, not retained, without a sequence number; by the alias alone where the metric's
    /// birth gave it one.
    /// - Source: Sparkplug 3.0.0, tck-id-topics-dcmd-*, tck-id-payloads-dcmd-*,
    ///   tck-id-payloads-alias-data-cmd-requirement.
    func sparkplug(
        _ name: String,
        _ type: CommandMessage.MetricType,
        _ value: String,
        isOfNode: Bool
    ) throws(CommandRefusal) -> OutgoingCommand {
        let levels = route.levels
        guard let start = levels.firstIndex(of: "spBv1.0"), levels.count - start >= 4 else {
            throw foreignTopic("spBv1.0/GROUP/TYPE/NODE")
        }
        let isDevice = levels.count - start > 4 && !isOfNode
        var topic = Array(levels[...(start + 3)])
        topic[start + 2] = isDevice ? "DCMD" : "NCMD"
        if isDevice { topic.append(levels[start + 4]) }
        let time = UInt64(clamping: now.milliseconds)
        var writer = ProtobufWriter()
        writer.variable(1, time)
        writer.nested(2) { metric in
            if let alias = route.aliases[SparkplugMetricName(name, isOfNode: isOfNode)] {
                metric.variable(2, alias)
            } else {
                metric.bytes(1, Array(name.utf8))
            }
            metric.variable(3, time)
            metric.variable(4, type.code)
            // That the value is of the type was checked when the profile was read.
            switch type {
            case .boolean: metric.variable(14, value == "true" ? 1 : 0)
            case .int32: metric.variable(10, UInt64(UInt32(bitPattern: Int32(value) ?? 0)))
            case .uint32: metric.variable(10, UInt64(UInt32(value) ?? 0))
            case .float: metric.fixed32(12, (Float(value) ?? 0).bitPattern)
            case .double: metric.fixed64(13, (Double(value) ?? 0).bitPattern)
            }
        }
        return OutgoingCommand(
            topic: topic.joined(separator: "/"),
            payload: writer.bytes,
            isAtMostOnce: true
        )
    }
}

extension CommandMessage.MetricType {
    /// The number of the type.
    fileprivate var code: UInt64 {
        switch self {
        case .int32: 3
        case .uint32: 7
        case .float: 9
        case .double: 10
        case .boolean: 11
        }
    }
}
