internal import Telemetry

/// One word of a PromQL text.
struct Token: Sendable {
    /// What sort of word it is.
    enum Kind: Hashable, Sendable {
        /// A number without a unit.
        case number(Double)
        /// Numbers with units of time, as `1h30m`, in milliseconds.
        case duration(Int64)
        /// A quoted text, unescaped.
        case string(String)
        /// A name: letters, digits, `_` and `:`.
        case name(String)
        /// An operator, bracket or comma.
        case symbol(String)
        /// What is no word, with what is wrong; nothing is read behind it.
        case invalid(QueryError)
        /// The end of the text.
        case end
    }

    var kind: Kind
    /// Where it begins, in UTF-8 bytes.
    var position: Int
    /// The text as it was written.
    var text: String
}

/// Cuts a PromQL text into words.
///
/// - Source: Prometheus, promql/parser/lex.go (behaviour), "Querying basics".
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0
    private var bracketDepth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// All words up to the end, or up to what is no word: the parser may find a fault before it.
    static func tokens(of text: String) -> [Token] {
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while true {
            do {
                let token = try lexer.next()
                tokens.append(token)
                if token.kind == .end { return tokens }
            } catch {
                let position = error.position ?? lexer.index
                tokens.append(Token(kind: .invalid(error), position: position, text: ""))
                return tokens
            }
        }
    }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private func byte(_ ahead: Int) -> UInt8? {
        index + ahead < bytes.count ? bytes[index + ahead] : nil
    }

    private func text(from start: Int) -> String {
        String(decoding: bytes[start..<index], as: UTF8.self)
    }

    private mutating func next() throws(QueryError) -> Token {
        skipBlanks()
        let start = index
        guard let first = current else { return Token(kind: .end, position: start, text: "") }
        let kind: Token.Kind
        switch first {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): kind = try number()
        case UInt8(ascii: ".") where byte(1)?.isDigit == true: kind = try number()
        case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): kind = try string()
        case _ where first.beginsName || first == UInt8(ascii: ":") && bracketDepth == 0:
            while let byte = current, byte.continuesName(withColon: bracketDepth == 0) {
                index += 1
            }
            kind = .name(text(from: start))
        default: kind = try symbol()
        }
        return Token(kind: kind, position: start, text: text(from: start))
    }

    private mutating func skipBlanks() {
        while let byte = current {
            if byte == UInt8(ascii: "#") {
                while let byte = current, !byte.endsLine { index += 1 }
            } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte.endsLine {
                index += 1
            } else {
                return
            }
        }
    }

    private mutating func symbol() throws(QueryError) -> Token.Kind {
        let start = index
        if let second = byte(1) {
            let two = String(decoding: [bytes[index], second], as: UTF8.self)
            if ["==", "!=", "=~", "!~", "<=", ">="].contains(two) {
                index += 2
                return .symbol(two)
            }
        }
        let one = bytes[index]
        guard "+-*/%^=<>(){}[],@:".utf8.contains(one) else {
            let rest = String(decoding: bytes[start...], as: UTF8.self)
            throw QueryError(
                .parse,
                "unexpected character: '\(rest.first.map(String.init) ?? "")', expected an "
                    + "expression or an operator",
                position: start
            )
        }
        index += 1
        if one == UInt8(ascii: "[") { bracketDepth += 1 }
        if one == UInt8(ascii: "]") { bracketDepth = max(0, bracketDepth - 1) }
        return .symbol(String(decoding: [one], as: UTF8.self))
    }

    private mutating func number() throws(QueryError) -> Token.Kind {
        let start = index
        if current == UInt8(ascii: "0"),
            byte(1) == UInt8(ascii: "x") || byte(1) == UInt8(ascii: "X")
        {
            index += 2
            while let byte = current, byte.isHexDigit || byte == UInt8(ascii: "_") { index += 1 }
        } else {
            takeDigits()
            if current == UInt8(ascii: ".") {
                index += 1
                takeDigits()
            }
            takeExponent()
        }
        if current?.beginsName == true {
            while let byte = current, byte.continuesName(withColon: false) { index += 1 }
            let written = text(from: start)
            guard let duration = DurationText.parse(written) else {
                throw Self.badNumber(written, start)
            }
            return .duration(duration.count)
        }
        let written = text(from: start)
        guard let value = NumberText.parse(written) else { throw Self.badNumber(written, start) }
        return .number(value)
    }

    private static func badNumber(_ written: String, _ position: Int) -> QueryError {
        QueryError(
            .parse,
            "bad number or duration syntax: \(Labels.quoted(written)), expected a number or units "
                + "in falling order as in 1h30m",
            position: position
        )
    }

    private mutating func takeDigits() {
        while let byte = current, byte.isDigit || byte == UInt8(ascii: "_") { index += 1 }
    }

    private mutating func takeExponent() {
        guard current == UInt8(ascii: "e") || current == UInt8(ascii: "E") else { return }
        let isSigned = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
        guard byte(isSigned ? 2 : 1)?.isDigit == true else { return }
        index += isSigned ? 2 : 1
        takeDigits()
    }

    private mutating func string() throws(QueryError) -> Token.Kind {
        let start = index
        let quote = bytes[index]
        index += 1
        while let byte = current, byte != quote {
            if quote != UInt8(ascii: "`") {
                if byte == UInt8(ascii: "\n") { break }
                if byte == UInt8(ascii: "\\") { index += 1 }
            }
            index += 1
        }
        guard current == quote else {
            throw QueryError(
                .parse,
                "unterminated quoted string, expected "
                    + "\(Character(Unicode.Scalar(quote))) at its end",
                position: start
            )
        }
        let content = bytes[start + 1..<index]
        index += 1
        if quote == UInt8(ascii: "`") { return .string(String(decoding: content, as: UTF8.self)) }
        return .string(try StringEscapes.resolve(content, quote: quote, at: start))
    }
}

extension UInt8 {
    fileprivate var endsLine: Bool { self == UInt8(ascii: "\n") || self == UInt8(ascii: "\r") }
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isHexDigit: Bool {
        isDigit || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
    var beginsName: Bool {
        (0x41...0x5A).contains(self) || (0x61...0x7A).contains(self) || self == 0x5F
    }
    func continuesName(withColon: Bool) -> Bool {
        beginsName || isDigit || withColon && self == 0x3A
    }
}
