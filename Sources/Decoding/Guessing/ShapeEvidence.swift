internal import Telemetry

/// What the shape of one message says for a profile, in bits.
///
/// Each fact counts log2(P(fact | profile) ÷ P(fact | other)): a byte that must be 4 and is counts
/// 8 bits, a value that lies in a sixteenth of what its bits can hold counts 4, one that cannot be
/// counts against the profile. Facts are taken as independent, which they are not quite; the
/// guesser allows for that.
struct ShapeEvidence {
    /// Bits for the profile; below zero against it.
    var bits = 0.0
    /// Share of the bytes or members that the profile accounts for, 0 to 1.
    var explained = 0.0
    /// What was found.
    var reasons: [GuessReason] = []

    /// Bits against a profile that does not read a message: one in sixteen of a right profile's
    /// messages is of a sort that it leaves out, as settings and versions.
    static let unreadMessage = -4.0
    /// Bits against a profile for a value that cannot be, or that its list of meanings lacks: one
    /// in fifty readings of a right profile.
    static let oddValue = -5.64
    /// Most odd values of a message that count, and most missing members.
    static let mostCounted = 4
    /// Bits against a profile for a member of it that the message lacks; many are optional.
    static let missingMember = -0.5
    /// Bits for a text that must be there and is.
    static let fixedText = 12.0

    /// Weighs a message that a profile has read by one of its layouts.
    ///
    /// - Parameters:
    ///   - layout: the layout that applied.
    ///   - envelope: what it was read from.
    ///   - document: the JSON beside it.
    ///   - message: what came out.
    ///   - isCodecData: whether a codec made the document, whose members say nothing then.
    ///   - census: how common ports and members are.
    init(
        _ layout: MessageLayout,
        _ envelope: Envelope,
        _ document: JSONDocument,
        _ message: DecodedMessage,
        isCodecData: Bool,
        _ census: LayoutCensus
    ) {
        if let port = envelope.port, layout.ports.contains(port) {
            bits += census.bits(ofPort: port)
            reasons.append(GuessReason(.port, value: Double(port)))
        }
        switch layout.body {
        case .bytes, .channels, .groups: weighBytes(layout, envelope.payload, message)
        case .json(let fields, _):
            let root = envelope.object ?? JSONDocument.root
            weighMembers(fields, message, document.leafCount(in: root), isCodecData, census)
        case .records(let fields):
            let count = envelope.named.count + envelope.records.count + envelope.unnamedCount
            weighMembers(fields, message, count, false, census)
        }
        weighConditions(layout.conditions)
        weighOddValues(message)
    }

    private mutating func weighConditions(_ conditions: [Condition]) {
        var count = 0
        for condition in conditions {
            var widest = Self.fixedText
            if case .bytes(let field) = condition.source { widest = Double(field.bitCount) }
            switch condition.test {
            case .equals(let values): bits += max(0, widest - Bits.of(Double(max(1, values.count))))
            case .differs: continue
            case .between(let range):
                bits += max(0, widest - Bits.of(max(1, range.upperBound - range.lowerBound + 1)))
            }
            count += 1
        }
        if count > 0 { reasons.append(GuessReason(.conditions, value: Double(count))) }
    }

    private mutating func weighOddValues(_ message: DecodedMessage) {
        let impossible = message.readings.count { $0.qualityReason == .outOfRange }
        let odd = message.notes.count { note in
            switch note {
            case .unknownMeaning, .notANumber, .unknownUnit, .unknownChannel: true
            default: false
            }
        }
        bits += Self.oddValue * Double(min(impossible + odd, Self.mostCounted))
        if impossible > 0 {
            reasons.append(GuessReason(.impossible, value: Double(impossible)))
        }
    }

    private mutating func weighMembers(
        _ fields: [FieldLayout],
        _ message: DecodedMessage,
        _ leafCount: Int,
        _ isCodecData: Bool,
        _ census: LayoutCensus
    ) {
        let unread = min(message.unreadMemberCount, leafCount)
        explained = leafCount == 0 ? 0 : Double(leafCount - unread) / Double(leafCount)
        guard !isCodecData else { return }
        var found: Set<String> = []
        var missing: Set<String> = []
        let present = Set(message.readings.map(\.quantity))
        for field in fields {
            if present.contains(field.quantity) {
                found.insert(field.name)
            } else {
                missing.insert(field.name)
            }
        }
        // Each name once, and in one order: a sum of another order is another in its last digits.
        bits += found.sorted().map { census.bits(ofName: $0) }.reduce(0, +)
        bits += Self.missingMember * Double(min(missing.count, Self.mostCounted))
        reasons.append(GuessReason(.members, value: Double(found.count)))
        if unread == 0, leafCount > 0 { reasons.append(GuessReason(.complete)) }
    }
}

extension ByteField {
    /// Bits of the number.
    var bitCount: Int { bits?.count ?? width * 8 }
}
