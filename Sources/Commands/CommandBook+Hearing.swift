public import Decoding
public import Telemetry

/// What devices and network servers answer.
extension CommandBook {
    /// What the readings of a message confirm.
    ///
    /// Only what was measured after the command was sent counts: the message arrived after it and
    /// its own time, which may be in whole seconds, is not before it. A value that the broker kept,
    /// or may deliver again, confirms nothing. Every reading of the quantity in the message must be
    /// what was asked: of a controller with several circuits all of them.
    ///
    /// - Parameters:
    ///   - message: that no other repeats.
    ///   - now: the time.
    /// - Returns: the changes, which are not made yet.
    public func confirmations(by message: DecodedMessage, at now: Instant) -> [CommandEntry] {
        guard !message.isRedelivery, !message.isRetained else { return [] }
        return underWay(to: message.deviceAddress).compactMap { open in
            guard let action = self[open.command]?.action,
                let proof = Self.proof(of: action, open.order, in: message)
            else { return nil }
            return Self.change(open, to: .confirmed, at: now, detail: proof)
        }
    }

    /// What shows that an order was carried out; nil where nothing does.
    private static func proof(
        of action: CommandAction,
        _ order: CommandOrder,
        in message: DecodedMessage
    ) -> CommandNote? {
        guard let sentAt = order.sendingAt, message.receivedAt >= sentAt else { return nil }
        let second = Instant(milliseconds: sentAt.milliseconds / 1000 * 1000)
        let readings = message.readings.filter { reading in
            reading.quality > .rejected && (reading.time ?? message.time) >= second
                && (order.confirms == nil || reading.quantity.id == order.confirms)
        }
        guard let first = readings.first else { return nil }
        guard let expected = action.expectedValue else {
            return CommandNote(.reportedReadings, "\(readings.count)")
        }
        guard readings.allSatisfy({ abs($0.value - expected) <= action.tolerance }) else {
            return nil
        }
        return CommandNote(.reportedValue, first.quantity.id, "\(first.value)")
    }

    /// What a network server's word on a downlink changes.
    public func answers(_ answer: ServerAnswer, at now: Instant) -> [CommandEntry] {
        guard let open = underWay(with: answer.token) else { return [] }
        let (state, detail): (CommandState, CommandNote) =
            switch answer.outcome {
            case .passedOn: (.acknowledged, CommandNote(.passedOn))
            case .acknowledged: (.acknowledged, CommandNote(.acknowledged))
            case .notAcknowledged: (.notAcknowledged, CommandNote(.notAcknowledged))
            case .refused(let reason): (.failed, CommandNote(.serverRefused, reason))
            }
        // What a gateway says of sending may come after the device's own word.
        if answer.outcome == .passedOn, open.order.state != .sending, open.order.state != .sent {
            return []
        }
        if open.order.state == state, open.order.detail == detail { return [] }
        return [Self.change(open, to: state, at: now, detail: detail)]
    }
}
