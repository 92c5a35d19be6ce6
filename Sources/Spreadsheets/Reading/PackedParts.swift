/// The parts of a ZIP archive in memory, by name.
///
/// ```
/// end record   50 4B 05 06 | disk 2 | disk 2 | count 2 | count 2 | bytes 4 | offset 4 | comment 2
/// directory    50 4B 01 02 | … flags @8 2 | method @10 2 | crc @16 4 | packed @20 4 | plain @24 4
///              | name @28 2 | extra @30 2 | comment @32 2 | offset @42 4 | name @46
/// part         50 4B 03 04 | … name @26 2 | extra @28 2 | @30 name, extra, bytes
/// ```
/// Numbers are little-endian. Sizes are those of the directory, which stand there also when a
/// program did not know them before it wrote the part. A workbook has one disk, method 0 (stored)
/// or 8 (deflate), and no 64-bit sizes; anything else is refused.
/// - Source: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.4; ISO/IEC 29500-2, annex B.
struct PackedParts: Sendable {
    private struct Part: Sendable {
        let name: String
        let isDeflated: Bool
        let crc: UInt32
        let packedCount: Int
        let count: Int
        let offset: Int
    }

    private let file: String
    private let bytes: [UInt8]
    /// By the bytes of ``key(_:)``.
    private var parts: [[UInt8]: Part] = [:]

    private static let endCount = 22
    private static let entryCount = 46
    private static let headerCount = 30
    private static let maximumCommentCount = 0xFFFF

    /// Reads the directory of an archive.
    init(_ bytes: [UInt8], file: String) throws(SpreadsheetError) {
        self.file = file
        self.bytes = bytes
        let limit = SpreadsheetLimits.maximumFileBytes
        guard bytes.count <= limit else { throw .tooLarge(file: file, what: "bytes", limit: limit) }
        // Compound file: an old .xls, or an .xlsx that is encrypted with a password.
        guard !bytes.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) else {
            throw .notAWorkbook(
                file: file,
                reason: "it is an old .xls or protected by a password; save it as .xlsx without one"
            )
        }
        guard bytes.starts(with: [0x50, 0x4B]), let end = endRecord() else {
            throw .notAWorkbook(
                file: file,
                reason: "it is no .xlsx file or not a whole one; save it as .xlsx"
            )
        }
        try readDirectory(end)
    }

    /// A part's bytes.
    ///
    /// - Returns: nil when there is none of the name.
    func part(_ name: String) throws(SpreadsheetError) -> [UInt8]? {
        guard let part = parts[Self.key(name)] else { return nil }
        let header = part.offset
        guard has(header, Self.headerCount), long(header) == 0x0403_4B50 else {
            throw damaged(name, "its header is not where the directory says")
        }
        let start = header + Self.headerCount + short(header + 26) + short(header + 28)
        guard has(start, part.packedCount) else { throw damaged(name, "it ends before its end") }
        let packed = bytes[start..<start + part.packedCount]
        let plain: [UInt8]? =
            part.isDeflated
            ? Inflation.inflate(packed, count: part.count)
            : part.count == packed.count ? Array(packed) : nil
        guard let plain else { throw damaged(name, "it does not unpack to \(part.count) bytes") }
        guard Inflation.checksum(plain) == part.crc else {
            throw damaged(name, "its check sum is wrong")
        }
        return plain
    }

    // MARK: Directory

    private func endRecord() -> Int? {
        guard bytes.count >= Self.endCount else { return nil }
        let last = bytes.count - Self.endCount
        let first = max(0, last - Self.maximumCommentCount)
        return (first...last).reversed().first { place in
            long(place) == 0x0605_4B50 && place + Self.endCount + short(place + 20) == bytes.count
        }
    }

    private mutating func readDirectory(_ end: Int) throws(SpreadsheetError) {
        let count = short(end + 10)
        var place = Int(long(end + 16))
        guard short(end + 4) == 0, short(end + 8) == count, count < 0xFFFF else {
            throw damaged("directory", "it has several disks or more than 65 534 parts")
        }
        let limit = SpreadsheetLimits.maximumPartCount
        guard count <= limit else { throw .tooLarge(file: file, what: "parts", limit: limit) }
        var total = 0
        for _ in 0..<count {
            guard has(place, Self.entryCount), long(place) == 0x0201_4B50 else {
                throw damaged("directory", "it ends before its end")
            }
            let nameCount = short(place + 28)
            guard has(place + Self.entryCount, nameCount),
                let name = String(
                    validating: bytes[
                        place + Self.entryCount..<place + Self.entryCount + nameCount
                    ],
                    as: UTF8.self
                )
            else { throw damaged("directory", "a name is not UTF-8 or ends before its end") }
            let part = try entry(place, name)
            total += part.count
            guard total <= SpreadsheetLimits.maximumUnpackedBytes else {
                throw .tooLarge(
                    file: file,
                    what: "unpacked bytes",
                    limit: SpreadsheetLimits.maximumUnpackedBytes
                )
            }
            guard parts.updateValue(part, forKey: Self.key(name)) == nil else {
                throw damaged(name, "it stands twice")
            }
            place += Self.entryCount + nameCount + short(place + 30) + short(place + 32)
        }
    }

    private func entry(_ place: Int, _ name: String) throws(SpreadsheetError) -> Part {
        guard short(place + 8) & 1 == 0 else {
            throw .notAWorkbook(
                file: file,
                reason: "its part \(name.shown(64)) is encrypted; save it without a password"
            )
        }
        let method = short(place + 10)
        guard method == 0 || method == 8 else {
            throw damaged(name, "it is packed by method \(method)")
        }
        let (packed, plain, offset) = (long(place + 20), long(place + 24), long(place + 42))
        guard packed != .max, plain != .max, offset != .max else {
            throw damaged(name, "its sizes have 64 bits")
        }
        return Part(
            name: name,
            isDeflated: method == 8,
            crc: long(place + 16),
            packedCount: Int(packed),
            count: Int(plain),
            offset: Int(offset)
        )
    }

    private func damaged(_ part: String, _ reason: String) -> SpreadsheetError {
        .damaged(file: file, part: part, reason: reason)
    }

    /// Names of parts do not differ by the case of letters of ASCII, and may begin with a stroke.
    private static func key(_ name: String) -> [UInt8] {
        let bytes = name.utf8.first == UInt8(ascii: "/") ? name.utf8.dropFirst() : name.utf8[...]
        return bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }

    // MARK: Numbers

    private func has(_ place: Int, _ count: Int) -> Bool {
        place >= 0 && count >= 0 && place <= bytes.count && count <= bytes.count - place
    }

    private func short(_ place: Int) -> Int { Int(bytes[place]) | Int(bytes[place + 1]) << 8 }

    private func long(_ place: Int) -> UInt32 {
        UInt32(short(place)) | UInt32(short(place + 2)) << 16
    }
}
