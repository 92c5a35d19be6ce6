/// A workbook whose parts are written by hand, in an archive that stores them unpacked.
struct HandMadeWorkbook {
    static let rootRelations = """
        <?xml version="1.0"?><Relationships><Relationship Id="r1" Type="x/officeDocument" \
        Target="xl/workbook.xml"/></Relationships>
        """
    static let relations = """
        <?xml version="1.0"?><p:Relationships xmlns:p="urn:p">\
        <p:Relationship Id="a" Type="x/worksheet" Target="/xl/sheets/one.xml"/>\
        <p:Relationship Id="b" Type="x/styles" Target="styles.xml"/>\
        <p:Relationship Id="c" Type="x/sharedStrings" Target="./texts.xml"/></p:Relationships>
        """

    var parts: [(name: String, text: String)]

    /// A workbook of one sheet.
    init(sheet: String, texts: String = "", styles: String = "", properties: String = "") {
        parts = [
            ("[Content_Types].xml", "<Types/>"),
            ("_rels/.rels", Self.rootRelations),
            (
                "xl/workbook.xml",
                """
                <x:workbook xmlns:x="urn:x" xmlns:rel="urn:r"><x:workbookPr \(properties)/>\
                <x:sheets><x:sheet name="Một" sheetId="1" rel:id="a"/></x:sheets></x:workbook>
                """
            ),
            ("xl/_rels/workbook.xml.rels", Self.relations),
            ("xl/texts.xml", "<sst>\(texts)</sst>"),
            ("xl/styles.xml", "<styleSheet>\(styles)</styleSheet>"),
            ("xl/sheets/one.xml", "<worksheet><sheetData>\(sheet)</sheetData></worksheet>"),
        ]
    }

    /// The archive.
    var bytes: [UInt8] {
        var archive: [UInt8] = []
        var directory: [UInt8] = []
        for (name, text) in parts {
            let plain = Array(text.utf8)
            let crc = Self.crc32(plain)
            let offset = archive.count
            let sizes = Self.long(crc) + Self.long(plain.count) + Self.long(plain.count)
            let common = Self.short(20) + Self.short(0) + Self.short(0) + Self.long(0) + sizes
            let name = Array(name.utf8)
            archive += [0x50, 0x4B, 3, 4] + common + Self.short(name.count) + Self.short(0)
            archive += name + plain
            directory += [0x50, 0x4B, 1, 2] + Self.short(20) + common + Self.short(name.count)
            directory += Self.short(0) + Self.short(0) + Self.short(0) + Self.short(0)
            directory += Self.long(0) + Self.long(offset) + name
        }
        let end =
            [0x50, 0x4B, 5, 6] + Self.long(0) + Self.short(parts.count) + Self.short(parts.count)
            + Self.long(directory.count) + Self.long(archive.count) + Self.short(0)
        return archive + directory + end
    }

    private static func short(_ number: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: number), UInt8(truncatingIfNeeded: number >> 8)]
    }

    private static func long(_ number: some BinaryInteger) -> [UInt8] {
        let number = Int(number)
        return short(number) + short(number >> 16)
    }

    /// - Source: ISO 3309, bit by bit, so that it shares nothing with what is tested.
    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
                sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1
            }
        }
    }
}
