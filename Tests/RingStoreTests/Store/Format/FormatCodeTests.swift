import Testing

@testable import RingStore

/// The bits of the page about the format, read by the page's own tables of prefixes.
struct FormatCodeTests {
    /// A prefix of the code of a value: the widths of what stands before the part of `x`.
    private struct ValuePrefix {
        let widths: [Int]
        let hasPart: Bool
    }

    let page: FormatPage
    private let prefixes: [String: ValuePrefix]

    init() throws {
        page = try FormatPage()
        let table = try page.table("Other values", "prefix", "trailing zeros", "width less 1")
        var prefixes: [String: ValuePrefix] = [:]
        for row in table.rows {
            let widths = try row[1...2].filter { !$0.isEmpty }.map { cell -> Int in
                try FormatPage.number(String(cell.split(separator: " ")[0]))
            }
            prefixes[row[0]] = ValuePrefix(widths: widths, hasPart: !row[3].isEmpty)
        }
        self.prefixes = prefixes
    }

    /// Reads codes of values after a first one; gives the prefixes and bit patterns of all.
    private func values(
        _ codes: [String],
        after first: UInt64
    ) throws -> (prefixes: Set<String>, bits: [UInt64]) {
        var (bits, used) = ([first], Set<String>())
        var (trailing, width) = (0, 0)
        for code in codes {
            let groups = code.split(separator: " ").map { String($0) }
            let prefix = try #require(prefixes[groups[0]], "\(code)")
            used.insert(groups[0])
            let numbers = groups.dropFirst().map { BitText($0) }
            let isWhole = numbers.count == prefix.widths.count + (prefix.hasPart ? 1 : 0)
            try #require(isWhole, "\(code)")
            for (number, width) in zip(numbers, prefix.widths) {
                #expect(number.text.count == width, "\(code)")
            }
            if prefix.widths.count == 2 {
                (trailing, width) = (Int(numbers[0].number), Int(numbers[1].number) + 1)
            }
            var change: UInt64 = 0
            if prefix.hasPart, let part = numbers.last {
                #expect(part.text.count == width, "\(code)")
                change = part.number << UInt64(trailing)
            }
            bits.append(bits[bits.count - 1] ^ change)
        }
        return (used, bits)
    }

    @Test func `codes of values give the values`() throws {
        let heading = "Example: a block of other values"
        let example = try page.example(heading)
        let first = try #require(PageNumber.bits(example.values("xor.first")[0]))
        let codes = example.values("xor.codes")[0].split(separator: ",").map { String($0) }
        let result = try values(codes, after: first)
        #expect(result.bits == (try page.samples(heading)[0].run.bits))
        #expect(result.prefixes == Set(prefixes.keys))
    }

    @Test func `codes of the first format give its samples, and the code reads them`() throws {
        let heading = "Example: a block of the first format"
        let run = try page.samples(heading)[0].run
        let codes = try page.table(heading, "d", "time code", "value code")
        #expect(try values(codes["value code"], after: run.bits[0]).bits == run.bits)
        #expect(try times(codes, from: run.times[0]) == run.times)

        let all = zip(codes["time code"], codes["value code"]).map { $0 + $1 }.joined()
        let text = BitText(run.bits[0], width: 64).text + all.filter { $0 != " " }
        let listing = try #require(page.markdown[heading]?.listings.last)
        let bytes = try listing.flatMap { try FormatPage.bytes($0) }
        #expect(BitText(text).bytes == bytes)
        var read = SampleRun()
        let isWhole = unsafe FirstFormatBlock.decode(
            bytes.span.bytes,
            0..<bytes.count,
            count: run.count,
            firstTime: run.times[0],
            in: .min ... .max,
            into: &read
        )
        #expect(isWhole)
        #expect(read.times == run.times && read.bits == run.bits)
    }

    /// Reads time codes by the page's table.
    private func times(_ codes: MarkdownPage.Table, from first: Int64) throws -> [Int64] {
        let table = try page.table("First format", "prefix of times", "width")
        #expect(table["prefix of times"].count == codes.rows.count)
        var (times, step) = ([first], Int64(0))
        var used: Set<String> = []
        for (difference, code) in zip(codes["d"], codes["time code"]) {
            let groups = code.split(separator: " ").map { String($0) }
            let row = try #require(table.rows.first { $0[0] == groups[0] }, "\(code)")
            used.insert(groups[0])
            let width: Int = try FormatPage.number(row[1])
            let bits = BitText(groups.count > 1 ? groups[1] : "")
            #expect(bits.text.count == width, "\(code)")
            let bias: Int64 = width == 64 || width == 0 ? 0 : 1 << Int64(width - 1)
            let number = Int64(bitPattern: bits.number) - bias
            #expect(number == (try FormatPage.number(difference)), "\(code)")
            if let low = Int64(row[2]), let high = Int64(row[3]) {
                #expect((low...high).contains(number), "\(code)")
                #expect(width == 0 || (low == -bias && high == bias - 1), "\(code)")
            }
            step += number
            times.append(times[times.count - 1] + step)
        }
        #expect(used == Set(table["prefix of times"]))
        return times
    }
}
