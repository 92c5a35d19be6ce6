/// A word of a template.
struct TemplateToken: Hashable, Sendable {
    /// What the word is.
    enum Kind: Hashable, Sendable {
        case text(String)
        case open
        case close
        case word(String)
        case string(String)
        case number(String)
        case pipe
        case comma
        case declare
        case assign
        case leftParenthesis
        case rightParenthesis
    }

    let kind: Kind
    /// Byte at which it starts.
    let offset: Int
    /// Whether a blank or the start of the action stands before it.
    var isSeparated = true
}

/// Cuts a template into words.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var index = 0
    private var tokens: [TemplateToken] = []

    static func tokens(of text: String) throws(AlertingError) -> [TemplateToken] {
        var lexer = TemplateLexer(bytes: Array(text.utf8))
        try lexer.run()
        return lexer.tokens
    }

    private init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func run() throws(AlertingError) {
        var trimsStart = false
        while index < bytes.count {
            let start = index
            while index < bytes.count, !follows("{{") { index += 1 }
            var piece = bytes[start..<index]
            if trimsStart { piece = piece.drop(while: Self.isBlank) }
            guard index < bytes.count else {
                appendText(piece, at: start)
                return
            }
            let opening = index
            index += 2
            if index + 1 < bytes.count, bytes[index] == UInt8(ascii: "-"),
                Self.isBlank(bytes[index + 1])
            {
                index += 1
                while let last = piece.last, Self.isBlank(last) { piece.removeLast() }
            }
            appendText(piece, at: start)
            trimsStart = try action(openedAt: opening)
        }
    }

    /// Reads up to and with the closing braces; gives whether they trim what follows.
    private mutating func action(openedAt opening: Int) throws(AlertingError) -> Bool {
        skipBlanks()
        if follows("/*") {
            while index < bytes.count, !follows("*/") { index += 1 }
            index += 2
            skipBlanks()
            guard let trims = closing() else {
                throw .badTemplate(offset: opening, reason: "a comment is not closed by */}}")
            }
            return trims
        }
        tokens.append(TemplateToken(kind: .open, offset: opening))
        while index < bytes.count {
            skipBlanks()
            let start = index
            if let trims = closing() {
                tokens.append(TemplateToken(kind: .close, offset: start))
                return trims
            }
            try word()
        }
        throw .badTemplate(offset: opening, reason: "an action is not closed by }}")
    }

    private mutating func closing() -> Bool? {
        if follows("}}") {
            index += 2
            return false
        }
        // Without a blank before it the sign belongs to what stands there.
        if follows("-}}"), Self.isBlank(bytes[index - 1]) {
            index += 3
            return true
        }
        return nil
    }

    private mutating func word() throws(AlertingError) {
        guard index < bytes.count else { return }
        let start = index
        let byte = bytes[index]
        switch byte {
        case UInt8(ascii: "|"): single(.pipe)
        case UInt8(ascii: ","): single(.comma)
        case UInt8(ascii: "="): single(.assign)
        case UInt8(ascii: ":") where follows(":="):
            append(.declare, at: start)
            index += 2
        case UInt8(ascii: "("): single(.leftParenthesis)
        case UInt8(ascii: ")"): single(.rightParenthesis)
        case UInt8(ascii: "`"): try rawString(from: start)
        case UInt8(ascii: "\""): try quotedString(from: start)
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"),
            UInt8(ascii: ".") where startsFraction:
            index += 1
            while index < bytes.count,
                Self.isNumberByte(bytes[index]) || isExponentSign(from: start)
            {
                index += 1
            }
            append(.number(text(start..<index)), at: start)
        default:
            while index < bytes.count, Self.isWordByte(bytes[index]) { index += 1 }
            guard index > start else {
                let found = String(decoding: bytes[start...].prefix(1), as: UTF8.self)
                throw .badTemplate(offset: start, reason: "unexpected '\(found)'")
            }
            append(.word(text(start..<index)), at: start)
        }
    }

    /// Whether a point begins a number such as `.5`: a name of a field has no digit in front.
    private var startsFraction: Bool {
        index + 1 < bytes.count && (0x30...0x39).contains(bytes[index + 1])
    }

    /// Whether the byte is the sign in a number such as `1e-7`.
    private func isExponentSign(from start: Int) -> Bool {
        let signs = [UInt8(ascii: "-"), UInt8(ascii: "+")]
        let exponents = [UInt8(ascii: "e"), UInt8(ascii: "E")]
        return index > start + 1 && signs.contains(bytes[index])
            && exponents.contains(bytes[index - 1])
    }

    private mutating func single(_ kind: TemplateToken.Kind) {
        append(kind, at: index)
        index += 1
    }

    private mutating func rawString(from start: Int) throws(AlertingError) {
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "`") { index += 1 }
        guard index < bytes.count else {
            throw .badTemplate(offset: start, reason: "a text is not closed by `")
        }
        append(.string(text((start + 1)..<index)), at: start)
        index += 1
    }

    private mutating func quotedString(from start: Int) throws(AlertingError) {
        var content: [UInt8] = []
        index += 1
        while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
            if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.count {
                index += 1
                guard let escaped = Self.escapes[bytes[index]] else {
                    throw .badTemplate(
                        offset: index,
                        reason: "unknown escape; known are \\n \\t \\r \\\\ \\\""
                    )
                }
                content.append(escaped)
            } else {
                content.append(bytes[index])
            }
            index += 1
        }
        guard index < bytes.count else {
            throw .badTemplate(offset: start, reason: "a text is not closed by \"")
        }
        append(.string(String(decoding: content, as: UTF8.self)), at: start)
        index += 1
    }

    private mutating func append(_ kind: TemplateToken.Kind, at offset: Int) {
        let isFirst = tokens.last?.kind == .open
        let isSeparated = isFirst || offset == 0 || Self.isBlank(bytes[offset - 1])
        tokens.append(TemplateToken(kind: kind, offset: offset, isSeparated: isSeparated))
    }

    private mutating func appendText(_ piece: ArraySlice<UInt8>, at offset: Int) {
        if !piece.isEmpty {
            append(.text(String(decoding: piece, as: UTF8.self)), at: offset)
        }
    }

    private mutating func skipBlanks() {
        while index < bytes.count, Self.isBlank(bytes[index]) { index += 1 }
    }

    private func follows(_ text: String) -> Bool {
        bytes[min(index, bytes.count)...].starts(with: text.utf8)
    }

    private func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private static let escapes: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13,
        UInt8(ascii: "\\"): UInt8(ascii: "\\"), UInt8(ascii: "\""): UInt8(ascii: "\""),
    ]

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 32 || (9...13).contains(byte)
    }

    private static func isNumberByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: ".")
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        isLetterOrDigit(byte) || byte == UInt8(ascii: "$") || byte == UInt8(ascii: ".")
            || byte == UInt8(ascii: "_") || byte >= 128
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
