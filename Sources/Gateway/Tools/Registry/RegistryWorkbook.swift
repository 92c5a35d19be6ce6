internal import Registry
internal import Spreadsheets

/// A workbook as the registry sees it: a sheet for each table, and one that explains them.
enum RegistryWorkbook {
    /// Name of the sheet that explains the tables, which an import passes over.
    static let guideName = "Hướng dẫn"

    /// More digits than this a spreadsheet does not keep.
    private static let largestWholeNumber = 1e15

    /// The sheets that hold tables; those without a value are left out.
    static func files(
        of bytes: [UInt8],
        name: String
    ) throws(SpreadsheetError) -> [RegistryFile] {
        try WorkbookReader.sheets(of: bytes, file: name)
            .filter { $0.name != guideName && !$0.rows.isEmpty }
            .map { sheet in
                RegistryFile(
                    name: "\(name):\(sheet.name)",
                    table: sheet.name,
                    rows: sheet.rows.map { row in
                        RegistryFile.Row(line: row.number, fields: row.values.map(field))
                    }
                )
            }
    }

    private static func field(_ value: SheetValue) -> RegistryFile.Field {
        switch value {
        case .empty: .text("")
        case .text(let text): .text(text)
        case .flag(let flag): .text(flag ? "true" : "false")
        case .fault(let reason): .fault(reason)
        case .number(let number) where number.magnitude > largestWholeNumber:
            .fault(
                "the number has more than the 15 digits that spreadsheets keep; format the cell as "
                    + "text and type it again"
            )
        case .number(let number): .text(RegistryTable.Value.text(of: number))
        }
    }

    /// The sheets of tables, the guide first.
    static func sheets(_ tables: [RegistryTable]) -> [WrittenSheet] {
        [guide(tables)]
            + tables.map { table in
                WrittenSheet(
                    table.name,
                    columns: table.columns.map { column in
                        WrittenSheet.Column(
                            column.name,
                            note: note(column),
                            choices: column.choices,
                            isRequired: column.isRequired,
                            isText: !column.isNumber
                        )
                    },
                    rows: table.rows.map { $0.map(value) }
                )
            }
    }

    private static func value(_ value: RegistryTable.Value) -> SheetValue {
        switch value {
        case .empty: .empty
        case .text(let text): .text(text)
        case .number(let number) where WorkbookWriter.keeps(number): .number(number)
        // As a text, so that importing what was exported changes nothing.
        case .number(let number): .text(RegistryTable.Value.text(of: number))
        }
    }

    private static func note(_ column: RegistryTable.Column) -> String {
        column.isRequired ? "\(column.guide) (bắt buộc)" : column.guide
    }

    private static func guide(_ tables: [RegistryTable]) -> WrittenSheet {
        let rows = tables.flatMap { table in
            table.columns.map { column in
                [
                    table.name, table.guide, column.name, column.isRequired ? "có" : "không",
                    column.guide, column.choices.joined(separator: ", "),
                ].map { SheetValue.text($0) }
            }
        }
        return WrittenSheet(
            guideName,
            columns: [
                .init("Bảng"), .init("Nội dung", width: 40), .init("Cột", width: 26),
                .init("Bắt buộc", width: 10), .init("Ý nghĩa", width: 60),
                .init("Giá trị cho phép", width: 60),
            ],
            rows: rows
        )
    }
}
