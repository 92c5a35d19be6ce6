internal import Telemetry

/// Telegrams of wireless M-Bus meters as wmbusmeters prints them.
///
/// Device: `id`, its digits as they are, leading zeros and all; the directory may know `name`
/// instead. Time: `timestamp`, UTC, of the receiving host. Duplicates: several receivers hear one
/// telegram; it is the same when meter, counters and the time in steps of 8 s are, the shortest
/// interval of such meters. Birth and death: none.
///
/// Each member becomes a named value under its whole name, its unit by the name's suffix. Target
/// values keep names of their own, and so never become the counter. Words of the status members
/// become the flags `leak`, `burst`, `backflow`, `dry` and `tamper`; each word is a flag
/// `status.{word}`, too, which a profile may read and which is down without its word. A telegram
/// without any counter was encrypted and its key is not known: it is refused.
extension Envelope {
    private enum Key {
        static let marker: StaticString = "_"
        static let id: StaticString = "id"
        static let name: StaticString = "name"
        static let time: StaticString = "timestamp"
        static let accessNumber: StaticString = "access_number"
        static let telegram = Array("telegram".utf8)
        static let total = Array("total".utf8)
        static let statuses: [StaticString] = ["status", "current_status", "current_alarms"]
    }

    /// Milliseconds of the shortest interval at which such meters send.
    ///
    /// - Source: `device-formats/wmbusmeters.md`: every 8 to 120 s.
    private static let shortestInterval: Int64 = 8_000

    /// What the last part of a member's name says of its unit.
    private static let suffixes: [(suffix: [UInt8], unit: [UInt8])] = [
        ("_m3h", "m3/h"), ("_m3", "m3"), ("_kwh", "kWh"), ("_kw", "kW"), ("_c", "Cel"),
        ("_v", "V"), ("_a", "A"), ("_s", "s"), ("_l", "L"), ("_lh", "L/h"), ("_bar", "bar"),
        ("_hz", "Hz"), ("_pct", "%"), ("_dbm", "dBm"), ("_y", "a"), ("_m", "m"),
    ].map { (Array($0.0.utf8), Array($0.1.utf8)) }

    /// Flags and the words of meters that raise them.
    private static let statusWords: [(flag: String, words: [String])] = [
        ("leak", ["LEAK", "LEAKAGE", "LEAKING"]),
        ("burst", ["BURST"]),
        ("backflow", ["REVERSED", "BACKFLOW", "REVERSE_FLOW"]),
        ("dry", ["DRY"]),
        ("tamper", ["TAMPER", "TAMPERED", "FRAUD", "MANIPULATION", "METER_BLOCKED"]),
    ]

    /// Reads a parsed telegram.
    ///
    /// - Throws: ``DecodingError`` when it is no telegram, names no meter, or has no counter.
    mutating func readWMBusMeters(_ document: JSONDocument) throws(DecodingError) {
        let root = JSONDocument.root
        guard let marker = document.member(Key.marker, of: root) else { throw .missingField("_") }
        guard document.isString(marker, Key.telegram) else {
            throw .badValue(field: "_", problem: "expected \"telegram\"")
        }
        guard let id = document.member(Key.id, of: root), document.appendString(id, to: &address),
            !address.isEmpty
        else { throw .missingField("id") }
        if let name = document.member(Key.name, of: root) {
            _ = document.appendString(name, to: &alternateAddress)
        }
        gatewayTime = time(document, document.member(Key.time, of: root), origin: .gateway)
        object = root
        try flatten(document, root) { name, envelope in
            let text = envelope.texts[name]
            guard
                let known = Self.suffixes.first(where: {
                    text.suffix($0.suffix.count) == $0.suffix[...]
                })
            else { return nil }
            return envelope.keep(known.unit)
        }
        var hash = ContentHash()
        var hasCounter = false
        for value in named where texts[value.name].starts(with: Key.total) {
            guard case .number(let number) = value.value else { continue }
            hasCounter = true
            for shift in stride(from: UInt64(0), to: 64, by: 8) {
                hash.combine(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
            }
        }
        if !hasCounter { hasCounter = named.contains { isOtherCounter(texts[$0.name]) } }
        guard hasCounter else {
            throw .missingField(
                "total: a telegram without a counter is encrypted; give wmbusmeters its key"
            )
        }
        takeWMBusSequence(document, &hash)
        try addStatusFlags(document)
    }

    private mutating func takeWMBusSequence(_ document: JSONDocument, _ hash: inout ContentHash) {
        if let number = document.member(Key.accessNumber, of: JSONDocument.root) {
            hash.combine(document.bytes, document.nodes[number].range)
        } else if let time = gatewayTime {
            let step = time.milliseconds / Self.shortestInterval
            for shift in stride(from: Int64(0), to: 64, by: 8) {
                hash.combine(UInt8(truncatingIfNeeded: step >> shift))
            }
        } else {
            return
        }
        sequence = MessageSequence(identifier: hash.value)
    }

    /// Counters that are not called total: of heat cost allocators, and pulses.
    private func isOtherCounter(_ name: ArraySlice<UInt8>) -> Bool {
        name.suffix(4).elementsEqual("_hca".utf8) || name.suffix(8).elementsEqual("_counter".utf8)
    }

    private mutating func addStatusFlags(_ document: JSONDocument) throws(DecodingError) {
        var words: Set<String> = []
        var isKnown = false
        for key in Key.statuses {
            guard let node = document.member(key, of: JSONDocument.root),
                let text = document.string(node)
            else { continue }
            isKnown = true
            for word in text.split(whereSeparator: { $0 == "," || $0 == " " || $0 == ";" }) {
                words.insert(word.uppercased())
            }
        }
        guard isKnown else { return }
        for (flag, known) in Self.statusWords {
            let isRaised = known.contains { words.contains($0) }
            let name = keep(flag.utf8)
            try addNamed(NamedValue(name: name, value: .flag(isRaised)))
        }
        listedInFull.append(keep("status.".utf8))
        let flagged = Set(Self.statusWords.flatMap(\.words))
        for word in words.sorted() where word != "OK" {
            guard word.utf8.count <= DecodingLimits.recordNameBytes else {
                unnamedCount += 1
                continue
            }
            let name = keep("status.\(word.lowercased())".utf8)
            try addNamed(
                NamedValue(name: name, value: .flag(true), isRepeated: flagged.contains(word))
            )
        }
    }
}
