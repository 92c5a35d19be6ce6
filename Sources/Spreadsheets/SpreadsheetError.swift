/// Why a workbook cannot be read or written.
public enum SpreadsheetError: Error, Hashable, Sendable {
    /// The file is no workbook of the kind that is read.
    case notAWorkbook(file: String, reason: String)
    /// The file says that it is one and breaks its own rules.
    case damaged(file: String, part: String, reason: String)
    /// The file holds more than a limit allows.
    case tooLarge(file: String, what: String, limit: Int)
    /// A sheet is laid out in a way that a table cannot have.
    case notATable(file: String, sheet: String, reason: String)
    /// The file cannot be written.
    case cannotWrite(path: String, reason: String)
}

extension SpreadsheetError: CustomStringConvertible {
    /// What was attempted, on what, why it failed and what to do.
    public var description: String {
        switch self {
        case .notAWorkbook(let file, let reason):
            "cannot read \(file) as a workbook: \(reason)"
        case .damaged(let file, let part, let reason):
            "cannot read \(file): its part \(part.shown(64)) is damaged: \(reason); "
                + "open it in the program that wrote it and save it again as .xlsx"
        case .tooLarge(let file, let what, let limit):
            "cannot read \(file): it has more \(what) than the \(limit) allowed; divide it"
        case .notATable(let file, let sheet, let reason):
            "cannot read the sheet \(sheet.shown(64)) of \(file): \(reason)"
        case .cannotWrite(let path, let reason):
            "cannot write \(path): \(reason)"
        }
    }
}

extension StringProtocol {
    /// The beginning of what a file says, for a message: no more than some characters of Unicode,
    /// and none that nobody sees or that turns the text around.
    func shown(_ count: Int = 20) -> String {
        var shown = String.UnicodeScalarView()
        shown.append(contentsOf: unicodeScalars.prefix(count).filter(\.isSeen))
        return String(shown)
    }
}

extension Unicode.Scalar {
    fileprivate var isSeen: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: false
        case .lineSeparator, .paragraphSeparator: false
        default: true
        }
    }
}
