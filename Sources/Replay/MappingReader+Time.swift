internal import ConfigurationText
internal import Telemetry

/// The key `time` of a mapping.
extension MappingReader {
    mutating func clock(_ node: ConfigurationNode) -> RecordClock? {
        node.allowKeys(["column", "format", "path", "shift", "start", "zone"], &faults)
        guard case .mapping = node.content else { return nil }
        let field = self.field(node)
        if case .column(let name)? = field, added.contains(name) {
            faults.note(node, "the time is one for all parts of a record, it cannot be '\(name)'")
        }
        let shift = node["shift"].flatMap { self.shift($0) } ?? RecordClock.Shift.span(.zero)
        let zone = node["zone"].flatMap { self.zone($0) }
        let format = node.required("format", &faults).flatMap {
            self.timeFormat($0, in: node, zone)
        }
        guard let field, let format else { return nil }
        return RecordClock(field: field, format: format, shift: shift)
    }

    private mutating func shift(_ node: ConfigurationNode) -> RecordClock.Shift? {
        guard let text = node.text(&faults) else { return nil }
        if let shift = RecordClock.Shift(text) { return shift }
        faults.note(
            node,
            "expected now, from_now, today or a span as 3650d or -1d12h, found \(node.kindName)"
        )
        return nil
    }

    private mutating func zone(_ node: ConfigurationNode) -> ReplayZone? {
        guard let text = node.text(&faults) else { return nil }
        if let zone = ReplayZone(text) { return zone }
        faults.note(
            node,
            "expected UTC, an offset as +07:00 or a zone as Europe/Rome, found \(node.kindName)"
        )
        return nil
    }

    private mutating func timeFormat(
        _ node: ConfigurationNode,
        in time: ConfigurationNode,
        _ zone: ReplayZone?
    ) -> RecordClock.Format? {
        guard let text = node.text(&faults) else { return nil }
        switch text {
        case "minutes_since": return since(.minutes(1), time, zone)
        case "seconds_since": return since(.seconds(1), time, zone)
        default: break
        }
        refuse("start", in: time, "only minutes_since and seconds_since have a start")
        switch text {
        case "rfc3339", "unix_s", "unix_ms":
            refuse("zone", in: time, "\(text) says what zone it is in")
            return text == "rfc3339" ? .rfc3339 : text == "unix_s" ? .seconds : .milliseconds
        default: break
        }
        do throws(TimePattern.Problem) {
            let pattern = try TimePattern(text)
            if pattern.hasOffset {
                refuse("zone", in: time, "the time format has an offset (XXX)")
                return .pattern(pattern, .fixed(.zero))
            }
            if let zone { return .pattern(pattern, zone) }
            needZone(time)
        } catch {
            faults.note(
                node,
                "\(error.message); expected rfc3339, unix_s, unix_ms, minutes_since, "
                    + "seconds_since or a pattern as yyyy-MM-dd HH:mm"
            )
        }
        return nil
    }

    private mutating func since(
        _ unit: Milliseconds,
        _ time: ConfigurationNode,
        _ zone: ReplayZone?
    ) -> RecordClock.Format? {
        guard let node = time.required("start", &faults), let text = node.text(&faults) else {
            return nil
        }
        if let start = Instant(rfc3339: text) {
            refuse("zone", in: time, "the start has an offset")
            return .since(start, unit: unit)
        }
        guard let asUTC = Instant(isoTime: text, offsetWhenMissing: .zero) else {
            faults.note(node, "expected a time as 2015-10-01T09:00, found \(node.kindName)")
            return nil
        }
        guard let zone else {
            needZone(time)
            return nil
        }
        switch zone.meaning(ofLocal: asUTC.milliseconds) {
        case .once(let start), .twice(let start, _): return .since(start, unit: unit)
        case .never:
            faults.note(node, "'\(text)' does not exist: clocks were set forward over it")
            return nil
        }
    }

    private mutating func refuse(_ key: String, in node: ConfigurationNode, _ reason: String) {
        if let extra = node[key] { faults.note(extra, "it has no meaning here: \(reason)") }
    }

    /// Notes that local times need a zone, unless one is there and was refused already.
    private mutating func needZone(_ node: ConfigurationNode) {
        guard node["zone"] == nil else { return }
        faults.note(node, "the key 'zone' is missing: the times have no offset")
    }
}
