import Foundation
import Testing

@testable import RingStore

/// The page about the format says the same everywhere.
struct FormatPageTests {
    let page: FormatPage

    init() throws { page = try FormatPage() }

    @Test func `every example reads as the tables say`() throws {
        #expect(page.examples.count >= 9)
        let fields = page.fields
        for example in page.examples {
            var offset = 0
            var width: Int?
            for row in example.rows {
                let place = "\(example.heading), \(row.field) at \(row.offset)"
                #expect(row.offset == offset, "\(place)")
                offset += row.bytes.count
                let field = try #require(fields[row.field], "\(place)")
                if row.field == "packed.width" { width = try FormatPage.number(row.value) }
                let isPacked = row.field == "packed.bits"
                let isRead = field.form.says(row.bytes, row.value, width: isPacked ? width : nil)
                #expect(isRead, "\(place)")
            }
        }
    }

    @Test func `fields lie in the order of the tables, at their offsets`() throws {
        for table in page.fieldTables {
            var end: Int? = 0
            for field in table {
                if let offset = field.offset { #expect(offset == end, "\(field.name)") }
                end = field.form.fixedBytes.flatMap { bytes in end.map { $0 + bytes } }
            }
            let names = table.map(\.name)
            for example in page.examples {
                // What a table describes may occur several times, each begins with its first field.
                var parts: [[FormatPage.Example.Row]] = []
                for row in example.rows where names.contains(row.field) {
                    if row.field == names[0] || parts.isEmpty { parts.append([]) }
                    parts[parts.count - 1].append(row)
                }
                for part in parts {
                    let first = names.map { name in part.firstIndex { $0.field == name } }
                    let places = first.compactMap { $0 }
                    #expect(places == places.sorted(), "\(names[0]) in \(example.heading)")
                    for (field, place) in zip(table, first) {
                        guard let offset = field.offset, let place else { continue }
                        #expect(part[place].offset == offset, "\(field.name)")
                    }
                }
            }
        }
    }

    @Test func `every form in use is explained`() throws {
        let table = try page.table("Numbers", "form", "what")
        let forms = table["form"].flatMap { cell in
            cell.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        for form in forms { #expect(FieldForm(form) != nil, "\(form)") }
        let known = forms.compactMap { FieldForm($0) }
        for field in page.fieldTables.joined() {
            #expect(known.contains(field.form), "\(field.name)")
        }
    }

    @Test func `every field is described once and shown`() {
        let names = page.fieldTables.joined().map(\.name)
        #expect(Set(names).count == names.count)
        let shown = Set(page.examples.flatMap(\.rows).map(\.field))
        #expect(shown == Set(names))
    }

    @Test func `forms that a field can have are those that are shown`() throws {
        var known: [String: Set<String>] = [:]
        for table in page.markdown.sections.flatMap(\.tables)
        where table.columns.starts(with: ["field", "value"]) {
            for row in table.rows { known[row[0], default: []].insert(row[1]) }
        }
        let encodings = (UInt8.min...UInt8.max).filter { SealedRun.Encoding(rawValue: $0) != nil }
        #expect(known["chunk.encoding"] == Set(encodings.map { "\($0)" }))
        known["chunk.encoding"] = nil
        #expect(known.count == 3)
        for (field, values) in known {
            #expect(Set(page.examples.flatMap { $0.values(field) }) == values, "\(field)")
        }
    }

    @Test func `numbers are written as the page shows`() throws {
        let table = try page.table("Numbers", "form", "number or text", "bytes")
        #expect(table.rows.count >= 12)
        for row in table.rows {
            let expected = try FormatPage.bytes(row[2])
            var written: [UInt8] = []
            switch row[0] {
            case "variable": written.appendVariable(try FormatPage.number(row[1]))
            case "signed": written.appendSigned(try FormatPage.number(row[1]))
            default: written.appendText(row[1])
            }
            #expect(written == expected, "\(row)")
            let form = try #require(FieldForm(row[0]))
            #expect(form.says(expected, row[1], width: nil), "\(row)")
        }
    }

    @Test func `checksums cover what the page says`() throws {
        let table = try page.table("Checksums", "field", "numbers", "from", "to")
        #expect(Set(table["field"]) == Set(page.fields.keys.filter { $0.hasSuffix(".checksum") }))
        let dataBytes = UInt64(try page.example("Example: chunk of that run").bytes.count)
        for row in table.rows {
            for example in page.examples where !example.values(row[0]).isEmpty {
                let bytes = example.bytes
                var sum = CRC32C()
                for number in row[1].split(separator: ",").map({ $0.filter { $0 != " " } }) {
                    switch number {
                    case "identity": sum.update(try page.input("identity"))
                    case "run": sum.update(try page.input("number of the run"))
                    case "offset": sum.update(row[0] == "index.checksum" ? dataBytes : 0)
                    default: Issue.record("\(row[0]) covers \(number)")
                    }
                }
                let start: Int = try FormatPage.number(row[2])
                let end: Int = row[3] == "end" ? bytes.count : try FormatPage.number(row[3])
                unsafe sum.update(bytes.span.bytes.extracting(start..<end))
                #expect(sum.value == (try example.number(row[0])), "\(example.heading)")
            }
        }
    }
}
