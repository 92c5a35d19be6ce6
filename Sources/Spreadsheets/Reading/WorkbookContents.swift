/// What the main part of a workbook says: its sheets and which day is its first.
///
/// - Source: ISO/IEC 29500-1, sections 18.2.20 (`sheets`) and 18.2.28 (`workbookPr`).
struct WorkbookContents: PartContent {
    /// Names and identifiers of the sheets, in the order of their tabs.
    private(set) var sheets: [(name: String, relation: String)] = []
    /// Whether days count from 1904-01-01 rather than from 1900.
    private(set) var countsFrom1904 = false

    mutating func begin(_ element: String, _ attributes: PartAttributes) {
        switch element {
        case "workbookPr": countsFrom1904 = attributes.isSet("date1904")
        case "sheet":
            guard let name = attributes["name"], let id = attributes["id"] else { return }
            sheets.append((name, id))
        default: break
        }
    }

    mutating func end(_ element: String, _ text: String) {}
}
