internal import CXlsxWriter
internal import Foundation

/// Writes workbooks of the kind `.xlsx` with libxlsxwriter.
///
/// Numbers are written with 16 digits, as the library does; ``keeps(_:)`` says which come back.
public enum WorkbookWriter {
    /// Writes sheets into a file, which is replaced when it is there.
    ///
    /// The file is written beside under `NAME.partial` and gets its own name when it is whole.
    /// - Throws: ``SpreadsheetError/cannotWrite(path:reason:)``.
    public static func write(
        _ sheets: [WrittenSheet],
        to path: String
    ) throws(SpreadsheetError) {
        let partial = "\(path).partial"
        guard let book = workbook_new(partial) else {
            throw .cannotWrite(path: path, reason: "libxlsxwriter has no memory")
        }
        var faults: [String] = []
        let formats = Formats(book)
        for sheet in sheets {
            guard let target = workbook_add_worksheet(book, sheet.name) else {
                faults.append("a sheet cannot have the name \(sheet.name)")
                continue
            }
            SheetWriting(sheet, target, formats).write(&faults)
        }
        // Closing frees the workbook, also when it fails.
        let end = workbook_close(book)
        if end != LXW_NO_ERROR { faults.append(text(of: end)) }
        if let fault = faults.first {
            unlink(partial)
            throw .cannotWrite(path: path, reason: fault)
        }
        guard rename(partial, path) == 0 else {
            let reason = String(cString: strerror(errno))
            unlink(partial)
            throw .cannotWrite(path: path, reason: reason)
        }
    }

    /// Whether a number comes back bit for bit when it is written and read again.
    public static func keeps(_ number: Double) -> Bool {
        number.isFinite && Double(String(format: "%.16g", number)) == number
    }

    fileprivate static func text(of error: lxw_error) -> String {
        lxw_strerror(error).map { String(cString: $0) } ?? "error \(error.rawValue)"
    }
}

/// How cells look; lives as long as the workbook.
private struct Formats {
    let heading: UnsafeMutablePointer<lxw_format>?
    let requiredHeading: UnsafeMutablePointer<lxw_format>?
    let text: UnsafeMutablePointer<lxw_format>?

    init(_ book: UnsafeMutablePointer<lxw_workbook>) {
        heading = workbook_add_format(book)
        requiredHeading = workbook_add_format(book)
        text = workbook_add_format(book)
        format_set_bold(requiredHeading)
        format_set_bottom(heading, UInt8(LXW_BORDER_THIN.rawValue))
        format_set_bottom(requiredHeading, UInt8(LXW_BORDER_THIN.rawValue))
        format_set_num_format(text, "@")
    }
}

/// Writes one sheet.
private struct SheetWriting {
    private let sheet: WrittenSheet
    private let target: UnsafeMutablePointer<lxw_worksheet>
    private let formats: Formats

    /// What a list of choices may take with its commas.
    private static let maximumListCharacters = 255
    /// Rows below the heading whose cells offer choices.
    private static let lastChoiceRow = UInt32(SpreadsheetLimits.maximumRowNumber - 1)

    init(
        _ sheet: WrittenSheet,
        _ target: UnsafeMutablePointer<lxw_worksheet>,
        _ formats: Formats
    ) {
        self.sheet = sheet
        self.target = target
        self.formats = formats
    }

    func write(_ faults: inout [String]) {
        worksheet_freeze_panes(target, 1, 0)
        for (index, column) in sheet.columns.enumerated() {
            writeHeading(column, UInt16(index), &faults)
        }
        for (index, row) in sheet.rows.enumerated() {
            for (column, value) in row.enumerated() {
                let result = write(value, UInt32(index + 1), UInt16(column))
                if result != LXW_NO_ERROR {
                    let place = "\(Sheet.letters(of: column + 1))\(index + 2)"
                    let reason = WorkbookWriter.text(of: result)
                    faults.append("the cell \(place) of the sheet \(sheet.name): \(reason)")
                }
            }
        }
    }

    private func writeHeading(
        _ column: WrittenSheet.Column,
        _ index: UInt16,
        _ faults: inout [String]
    ) {
        let look = column.isRequired ? formats.requiredHeading : formats.heading
        var results = [
            worksheet_set_column(
                target,
                index,
                index,
                column.width,
                column.isText ? formats.text : nil
            ),
            worksheet_write_string(target, 0, index, column.title, look),
        ]
        if let note = column.note {
            results.append(worksheet_write_comment(target, 0, index, note))
        }
        let characters = column.choices.reduce(0) { $0 + $1.count + 1 }
        if !column.choices.isEmpty, characters <= Self.maximumListCharacters {
            results.append(offer(column.choices, index))
        }
        for result in results where result != LXW_NO_ERROR {
            faults.append("the column \(column.title): \(WorkbookWriter.text(of: result))")
        }
    }

    private func offer(_ choices: [String], _ column: UInt16) -> lxw_error {
        var pointers = choices.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        return pointers.withUnsafeMutableBufferPointer { list in
            var validation = lxw_data_validation()
            validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST.rawValue)
            validation.value_list = list.baseAddress
            return worksheet_data_validation_range(
                target,
                1,
                column,
                Self.lastChoiceRow,
                column,
                &validation
            )
        }
    }

    private func write(_ value: SheetValue, _ row: UInt32, _ column: UInt16) -> lxw_error {
        switch value {
        case .empty: LXW_NO_ERROR
        case .text(let text), .fault(let text):
            worksheet_write_string(target, row, column, RichText.escaping(text), formats.text)
        case .number(let number): worksheet_write_number(target, row, column, number, nil)
        case .flag(let flag): worksheet_write_boolean(target, row, column, flag ? 1 : 0, nil)
        }
    }
}
