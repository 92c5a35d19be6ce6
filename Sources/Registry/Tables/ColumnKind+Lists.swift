internal import Telemetry

extension ColumnKind {
    // MARK: Times

    static func instant(_ text: String) throws(Refusal) -> Instant {
        guard let instant = Instant(rfc3339: text) else {
            throw Refusal(text, isNot: "a time with an offset as 2026-11-01T08:00:00+07:00")
        }
        return instant
    }

    static func clock(_ text: String) throws(Refusal) -> RegistrySnapshot.ClockTime {
        guard let time = RegistrySnapshot.ClockTime(text) else {
            throw Refusal(text, isNot: "a time of day from 00:00 to 23:59")
        }
        return time
    }

    static func switching(_ text: String) throws(Refusal) -> String {
        if text.contains(":") { return try clock(text).description }
        let limit = RegistryLimits.maximumSunOffsetMinutes
        guard let minutes = Int(text), (-limit...limit).contains(minutes) else {
            throw Refusal(
                text,
                isNot: "a time of day from 00:00 to 23:59, or minutes from -\(limit) to \(limit)"
            )
        }
        return String(minutes)
    }

    static func weekdays(_ text: String) throws(Refusal) -> String {
        let words = try list(text) { (word: String) throws(Refusal) -> String in
            guard RegistrySnapshot.Weekday(rawValue: word) != nil else {
                let all = RegistrySnapshot.Weekday.allCases.map(\.rawValue)
                throw Refusal(word, isNot: "one of \(all.joined(separator: ", "))")
            }
            return word
        }
        let days = words.compactMap(RegistrySnapshot.Weekday.init(rawValue:)).sorted()
        return days.map(\.rawValue).joined(separator: ";")
    }

    /// Seconds of a span; at most a year, which is longer than any battery is left unasked.
    static func span(_ text: String) throws(Refusal) -> Int64 {
        let seconds: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last, let factor = seconds[last],
            text.dropLast().utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let count = Int64(text.dropLast()), count >= 1, count <= 366 * 86_400 / factor
        else {
            throw Refusal(text, isNot: "a span of 1s to 366d as 30s, 15m, 6h or 1d")
        }
        return count * factor
    }

    // MARK: Lists

    /// Items divided by semicolons; each may stand once.
    static func list(
        _ text: String,
        _ item: (String) throws(Refusal) -> String
    ) throws(Refusal) -> [String] {
        let parts = text.split(separator: ";", omittingEmptySubsequences: false)
        guard parts.count <= RegistryLimits.maximumListCount else {
            throw Refusal(
                "\(parts.count) items, \(RegistryLimits.maximumListCount) are allowed"
            )
        }
        var items: [String] = []
        var seen: Set<String> = []
        for part in parts {
            let read = try item(String(part))
            guard seen.insert(read).inserted else {
                throw Refusal("\"\(read)\" stands twice; name each once")
            }
            items.append(read)
        }
        return items
    }

    static func parameters(_ text: String) throws(Refusal) -> String {
        var names: Set<String> = []
        let items = try list(text) { (part: String) throws(Refusal) -> String in
            let sides = part.split(separator: "=", omittingEmptySubsequences: false)
            guard sides.count == 2, case .text(let name) = try code.read(String(sides[0])),
                case .real(let number) = try decimal(-1e12...1e12).read(String(sides[1]))
            else {
                throw Refusal(part, isNot: "a parameter as bin_depth=1200")
            }
            guard names.insert(name).inserted else {
                throw Refusal("\"\(name)\" stands twice; name each once")
            }
            return "\(name)=\(number)"
        }
        return items.sorted().joined(separator: ";")
    }
}
