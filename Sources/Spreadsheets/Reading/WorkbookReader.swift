/// Reads workbooks of the kind `.xlsx`: values of cells, not how they look.
///
/// Texts, numbers, flags, days and times of either calendar, and the last results of formulas are
/// read. Sheets with merged cells are refused, since a row of theirs lacks values. What a file may
/// hold is in ``SpreadsheetLimits``; no more than that is unpacked, whatever the file says. Costs
/// one pass over the parts that are needed.
///
/// - Source: ISO/IEC 29500-1 (SpreadsheetML) and 29500-2 (packages).
public enum WorkbookReader {
    /// Reads all sheets that are cells, in the order of their tabs.
    ///
    /// - Parameters:
    ///   - bytes: the whole file.
    ///   - file: how faults name it.
    /// - Throws: ``SpreadsheetError`` for what cannot be read, with what to do.
    /// - Returns: sheets of which some may have no rows.
    public static func sheets(
        of bytes: [UInt8],
        file: String
    ) throws(SpreadsheetError) -> [Sheet] {
        let parts = try PackedParts(bytes, file: file)
        let root = try read(parts, "_rels/.rels", Relationships(folder: ""), file)
        guard let main = root?.target(of: "officeDocument"),
            let contents = try read(parts, main, WorkbookContents(), file),
            !contents.sheets.isEmpty
        else {
            throw .notAWorkbook(
                file: file,
                reason: "it is an archive without sheets, as .ods or .docx; save it as .xlsx"
            )
        }
        let limit = SpreadsheetLimits.maximumSheetCount
        guard contents.sheets.count <= limit else {
            throw .tooLarge(file: file, what: "sheets", limit: limit)
        }
        let names = Relationships.names(of: main)
        let folder = names.dropLast().joined(separator: "/")
        let name = names.last ?? ""
        let links = folder.isEmpty ? "_rels/\(name).rels" : "\(folder)/_rels/\(name).rels"
        let relations =
            try read(parts, links, Relationships(folder: folder), file)
            ?? Relationships(folder: folder)
        let texts = try relations.target(of: "sharedStrings").flatMap {
            (part) throws(SpreadsheetError) in
            try read(parts, part, SharedTexts(file: file), file)
        }
        let styles = try relations.target(of: "styles").flatMap {
            (part) throws(SpreadsheetError) in
            try read(parts, part, DateStyles(), file)
        }
        let book = SheetContents.Book(
            file: file,
            texts: texts?.texts ?? [],
            styles: styles ?? DateStyles(),
            countsFrom1904: contents.countsFrom1904
        )
        var sheets: [Sheet] = []
        var roomForCells = SpreadsheetLimits.maximumCellCount
        for sheet in contents.sheets {
            guard let relation = relations.relation(sheet.relation) else {
                let name = sheet.name.shown(64)
                throw .damaged(file: file, part: main, reason: "\(name) has no part")
            }
            // A chart can have a tab of its own.
            guard relation.kind == "worksheet" else { continue }
            let reader = SheetContents(
                book,
                sheet: sheet.name,
                part: relation.target,
                roomForCells: roomForCells
            )
            guard let read = try read(parts, relation.target, reader, file) else {
                throw .damaged(file: file, part: relation.target, reason: "it is missing")
            }
            roomForCells = read.roomForCells
            sheets.append(Sheet(name: sheet.name, rows: read.rows))
        }
        return sheets
    }

    private static func read<Content: PartContent>(
        _ parts: PackedParts,
        _ name: String,
        _ content: Content,
        _ file: String
    ) throws(SpreadsheetError) -> Content? {
        guard let bytes = try parts.part(name) else { return nil }
        return try PartReading.read(bytes, content, file: file, part: name)
    }
}
