/// Reads XML element by element into a ``PartContent`` and stops at the first fault.
///
/// Takes what is well-formed, but no document type, whose entities can unfold without end, and not
/// more open elements or attributes than the limits. Not looked at are letters of names outside
/// ASCII, whether prefixes are declared, since contents know elements by their names without them,
/// and the declaration to the letter: it has a version and, if any, an encoding that can be read.
/// Names are the same when their bytes are. Costs one pass, and holds one text and where the names
/// of open elements stand.
///
/// - Source: XML 1.0, fifth edition, by the numbers of its productions.
struct MarkupReader<Content: PartContent> {
    private(set) var content: Content
    private let bytes: [UInt8]
    private let file: String
    private let part: String

    private var place = 0
    private var hasRoot = false
    /// Where the names of open elements stand, the innermost last.
    private var open: [Range<Int>] = []
    /// What stood since the last element began or ended; no more than is needed to refuse it.
    private var text: [UInt8] = []
    /// The value that is read; one array for all of them.
    private var value: [UInt8] = []

    /// Reads what ``PartEncoding`` gives, of characters that XML has.
    init(_ bytes: [UInt8], _ content: Content, file: String, part: String) {
        self.bytes = bytes
        self.content = content
        self.file = file
        self.part = part
    }

    /// Reads everything.
    ///
    /// - Throws: ``SpreadsheetError/damaged(file:part:reason:)`` with the line,
    ///   ``SpreadsheetError/tooLarge(file:what:limit:)``, and what the content throws.
    mutating func read() throws(SpreadsheetError) {
        if starts("<?xml"), isBlank(place + 5) { try readDeclaration() }
        while place < bytes.count {
            guard bytes[place] == UInt8(ascii: "<") else {
                try readText()
                continue
            }
            switch place + 1 < bytes.count ? bytes[place + 1] : 0 {
            case UInt8(ascii: "/"): try readEnd()
            case UInt8(ascii: "?"): try passInstruction()
            case UInt8(ascii: "!"): try readMarked()
            default: try readBeginning()
            }
        }
        guard hasRoot else { throw fault("it has no element") }
        guard open.isEmpty else { throw fault("it ends before its elements do") }
    }

    // MARK: Elements

    /// Production 40 (`STag`) or 44 (`EmptyElemTag`).
    private mutating func readBeginning() throws(SpreadsheetError) {
        guard !open.isEmpty || !hasRoot else { throw fault("a second element stands outside") }
        place += 1
        let name = try readName()
        let attributes = try readAttributes()
        let isEmpty = take("/")
        try expect(">")
        guard open.count < SpreadsheetLimits.maximumElementDepth else {
            throw tooLarge("elements inside each other", SpreadsheetLimits.maximumElementDepth)
        }
        hasRoot = true
        text.removeAll(keepingCapacity: true)
        try content.begin(local(name), attributes)
        open.append(name)
        if isEmpty { try endElement() }
    }

    /// Production 42 (`ETag`).
    private mutating func readEnd() throws(SpreadsheetError) {
        place += 2
        let name = try readName()
        guard let last = open.last, isSame(last, name) else {
            throw fault("\(string(name).shown()) ends and has not begun")
        }
        passBlanks()
        try expect(">")
        try endElement()
    }

    private mutating func endElement() throws(SpreadsheetError) {
        guard let name = open.popLast() else { return }
        try content.end(local(name), String(decoding: text, as: UTF8.self))
        text.removeAll(keepingCapacity: true)
    }

    /// Production 41 (`Attribute`), several with blanks before each and behind the last.
    private mutating func readAttributes() throws(SpreadsheetError) -> PartAttributes {
        var attributes = PartAttributes()
        while passBlanks(), place < bytes.count, Self.beginsName(bytes[place]) {
            let place = try readName()
            passBlanks()
            try expect("=")
            passBlanks()
            guard attributes.pairs.count < SpreadsheetLimits.maximumAttributeCount else {
                throw tooLarge("attributes of an element", SpreadsheetLimits.maximumAttributeCount)
            }
            guard !attributes.pairs.contains(where: { isSame($0.place, place) }) else {
                throw fault("the attribute \(string(place).shown()) stands twice")
            }
            let value = try readValue()
            let (name, local) = (word(place), local(place))
            attributes.pairs.append(.init(place: place, name: name, local: local, value: value))
        }
        return attributes
    }

    /// Production 10 (`AttValue`); a line end and a tabulator are blanks (3.3.3).
    private mutating func readValue() throws(SpreadsheetError) -> String {
        guard place < bytes.count, bytes[place] == 0x22 || bytes[place] == 0x27 else {
            throw fault("a value has no quotes")
        }
        let quote = bytes[place]
        place += 1
        value.removeAll(keepingCapacity: true)
        while place < bytes.count, bytes[place] != quote {
            try checkLength(value.count)
            switch bytes[place] {
            case UInt8(ascii: "<"): throw fault("< stands in a value")
            case UInt8(ascii: "&"): value += try readReference()
            case 0x09, 0x0A, 0x0D:
                place += starts("\r\n") ? 2 : 1
                value.append(0x20)
            default:
                value.append(bytes[place])
                place += 1
            }
        }
        guard place < bytes.count else { throw fault("a value does not end") }
        place += 1
        try checkLength(value.count)
        return String(decoding: value, as: UTF8.self)
    }

    // MARK: Texts

    /// Production 14 (`CharData`) and 67 (`Reference`), up to the next `<`.
    private mutating func readText() throws(SpreadsheetError) {
        guard !open.isEmpty else {
            guard passBlanks() else { throw fault("a text stands outside of elements") }
            return
        }
        while place < bytes.count, bytes[place] != UInt8(ascii: "<") {
            switch bytes[place] {
            case UInt8(ascii: "&"): for byte in try readReference() { keep(byte) }
            case UInt8(ascii: "]") where starts("]]>"): throw fault("]]> stands in a text")
            default: keepByte()
            }
        }
    }

    /// Keeps the byte here; a line end of any kind is one (2.11).
    private mutating func keepByte() {
        if bytes[place] == 0x0D {
            keep(0x0A)
            place += starts("\r\n") ? 2 : 1
        } else {
            keep(bytes[place])
            place += 1
        }
    }

    private mutating func keep(_ byte: UInt8) {
        // Longer texts are refused by the content; they need not fill the memory before.
        if text.count <= SpreadsheetLimits.maximumTextBytes { text.append(byte) }
    }

    /// Productions 66 (`CharRef`) and 68 (`EntityRef`), of the five that every document has.
    private mutating func readReference() throws(SpreadsheetError) -> [UInt8] {
        place += 1
        guard take("#") else {
            for (name, character) in Self.entities where take(name) { return [character] }
            throw fault("& stands for no character")
        }
        let base: UInt32 = take("x") ? 16 : 10
        var number: UInt32?
        while place < bytes.count, let digit = Self.digit(bytes[place], base) {
            number = min((number ?? 0) * base + digit, 0x11_0000)
            place += 1
        }
        guard take(";"), let number, let scalar = Unicode.Scalar(number),
            PartEncoding.isCharacter(scalar)
        else { throw fault("& stands for no character") }
        return Array(String(scalar).utf8)
    }

    private static var entities: [(StaticString, UInt8)] {
        [("lt;", 0x3C), ("gt;", 0x3E), ("amp;", 0x26), ("quot;", 0x22), ("apos;", 0x27)]
    }

    private static func digit(_ byte: UInt8, _ base: UInt32) -> UInt32? {
        switch byte {
        case 0x30...0x39: UInt32(byte - 0x30)
        case 0x41...0x46 where base == 16: UInt32(byte - 0x41 + 10)
        case 0x61...0x66 where base == 16: UInt32(byte - 0x61 + 10)
        default: nil
        }
    }

    // MARK: Other markup

    /// Productions 15 (`Comment`), 18 (`CDSect`) and 28 (`doctypedecl`).
    private mutating func readMarked() throws(SpreadsheetError) {
        if take("<!--") {
            try pass(to: "--", "a comment does not end")
            try expect(">")
        } else if !open.isEmpty, take("<![CDATA[") {
            let start = place
            try pass(to: "]]>", "a CDATA section does not end")
            let end = place
            place = start
            while place < end - 3 { keepByte() }
            place = end
        } else if starts("<!DOCTYPE") {
            throw .damaged(file: file, part: part, reason: "it declares a document type")
        } else {
            throw fault("<! begins nothing that may stand here")
        }
    }

    /// Production 16 (`PI`).
    private mutating func passInstruction() throws(SpreadsheetError) {
        place += 2
        let name = word(try readName())
        guard name.lowercased() != "xml" else { throw fault("a declaration stands inside") }
        if take("?>") { return }
        guard isBlank(place) else { throw fault("an instruction's name does not end") }
        try pass(to: "?>", "an instruction does not end")
    }

    /// Production 23 (`XMLDecl`).
    private mutating func readDeclaration() throws(SpreadsheetError) {
        place += 5
        let attributes = try readAttributes()
        guard attributes["version"] != nil, take("?>") else {
            throw fault("its declaration has no version or no end")
        }
        if let name = attributes.word("encoding"), !PartEncoding.isUnicode(name) {
            throw .damaged(file: file, part: part, reason: PartEncoding.fault)
        }
    }

    // MARK: Bytes

    /// Production 5 (`Name`), of which letters outside ASCII are not looked at.
    private mutating func readName() throws(SpreadsheetError) -> Range<Int> {
        let start = place
        guard place < bytes.count, Self.beginsName(bytes[place]) else {
            throw fault("a name is missing")
        }
        while place < bytes.count, Self.isInName(bytes[place]) { place += 1 }
        guard place - start <= SpreadsheetLimits.maximumNameBytes else {
            throw tooLarge("bytes of a name", SpreadsheetLimits.maximumNameBytes)
        }
        return start..<place
    }

    private static func beginsName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7A, 0x41...0x5A, 0x80..., UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }

    private static func isInName(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: beginsName(byte)
        }
    }

    private func checkLength(_ count: Int) throws(SpreadsheetError) {
        guard count <= SpreadsheetLimits.maximumValueBytes else {
            throw tooLarge("bytes of a value", SpreadsheetLimits.maximumValueBytes)
        }
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    private func local(_ name: Range<Int>) -> String {
        let colon = bytes[name].lastIndex(of: UInt8(ascii: ":"))
        return word((colon.map { $0 + 1 } ?? name.lowerBound)..<name.upperBound)
    }

    /// A name, and empty with letters outside ASCII.
    private func word(_ name: Range<Int>) -> String {
        bytes[name].allSatisfy { $0 < 0x80 } ? string(name) : ""
    }

    private func isSame(_ name: Range<Int>, _ other: Range<Int>) -> Bool {
        name.count == other.count && bytes[name].elementsEqual(bytes[other])
    }

    private func isBlank(_ place: Int) -> Bool {
        guard place < bytes.count else { return false }
        switch bytes[place] {
        case 0x20, 0x09, 0x0A, 0x0D: return true
        default: return false
        }
    }

    /// - Returns: whether there was any.
    @discardableResult
    private mutating func passBlanks() -> Bool {
        let start = place
        while isBlank(place) { place += 1 }
        return place > start
    }

    private func starts(_ word: StaticString) -> Bool {
        guard place + word.utf8CodeUnitCount <= bytes.count else { return false }
        return word.withUTF8Buffer { letters in
            for (offset, letter) in letters.enumerated() where bytes[place + offset] != letter {
                return false
            }
            return true
        }
    }

    private mutating func take(_ word: StaticString) -> Bool {
        guard starts(word) else { return false }
        place += word.utf8CodeUnitCount
        return true
    }

    private mutating func expect(_ word: StaticString) throws(SpreadsheetError) {
        guard take(word) else { throw fault("\(word) is missing") }
    }

    private mutating func pass(
        to word: StaticString,
        _ reason: String
    ) throws(SpreadsheetError) {
        let start = place
        while place < bytes.count {
            if take(word) { return }
            place += 1
        }
        place = start
        throw fault(reason)
    }

    private func fault(_ reason: String) -> SpreadsheetError {
        let line = bytes[..<min(place, bytes.count)].count { $0 == 0x0A } + 1
        return .damaged(file: file, part: part, reason: "line \(line) is no XML: \(reason)")
    }

    private func tooLarge(_ what: String, _ limit: Int) -> SpreadsheetError {
        .tooLarge(file: file, what: "\(what) in its part \(part.shown(64))", limit: limit)
    }
}
