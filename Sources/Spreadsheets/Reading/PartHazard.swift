/// Bytes with their places.
protocol BytesByPlace: RandomAccessCollection where Element == UInt8, Index == Int {}

extension [UInt8]: BytesByPlace {}

/// What no part of a workbook has, and no XML parser should be given.
///
/// Zeros are passed over everywhere, so that UTF-16 is read as well.
enum PartHazard {
    /// Why a part is refused before it is parsed; nil when nothing speaks against it.
    static func reason<Bytes: BytesByPlace>(_ bytes: Bytes) -> String? {
        // Entities can unfold without end.
        if declaresTypes(bytes) { return "it declares a document type" }
        // Foundation's parser ends the process at one.
        if hasEmptyInstruction(bytes) { return "it has a processing instruction without data" }
        // What is looked for here would look otherwise.
        if !isUnicode(bytes) { return "it is written neither in UTF-8 nor in UTF-16" }
        return nil
    }

    /// Whether any `<?` has a name alone, in texts and comments as well, which costs nothing:
    /// programs write `<` as `&lt;`.
    ///
    /// - Source: XML 1.0, production 16 (`PI`).
    static func hasEmptyInstruction<Bytes: BytesByPlace>(_ bytes: Bytes) -> Bool {
        var next = find("<?", in: bytes, from: bytes.startIndex)
        while let start = next {
            var place = start
            while place < bytes.endIndex, !isBlank(bytes[place]) {
                // An ending that began at zeros would be looked for from each of them on.
                if bytes[place] != 0, ending("?>", in: bytes, from: place) != nil { return true }
                place += 1
            }
            next = find("<?", in: bytes, from: place)
        }
        return false
    }

    /// Whether a part is UTF-8 or UTF-16, by its first letter and by what it declares.
    ///
    /// - Source: ECMA-376 part 2, 8.1.4: XML of packages is in UTF-8 or UTF-16.
    static func isUnicode<Bytes: BytesByPlace>(_ bytes: Bytes) -> Bool {
        let marks: Set<UInt8> = [0, 0xEF, 0xBB, 0xBF, 0xFE, 0xFF]
        guard let first = bytes.firstIndex(where: { !marks.contains($0) && !isBlank($0) }),
            bytes[first] == UInt8(ascii: "<")
        else { return bytes.allSatisfy { marks.contains($0) || isBlank($0) } }
        guard let declaration = ending("<?xml", in: bytes, from: first),
            let end = find("?>", in: bytes, from: declaration)
        else { return true }
        guard let word = find("encoding", in: bytes, from: declaration), word < end else {
            return true
        }
        let quotes: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: "'")]
        let letters = bytes[word..<end].filter { $0 != 0 && !isBlank($0) }
        let parts = letters.split(whereSeparator: quotes.contains)
        guard parts.count > 1 else { return false }
        let name = String(decoding: parts[1], as: UTF8.self).lowercased()
        return ["utf-8", "utf-16", "utf-16le", "utf-16be"].contains(name)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

    /// Whether a declaration stands before the first element, behind comments and instructions of
    /// any length; zeros are passed over, so that UTF-16 is read as well.
    ///
    /// Costs a few looks at each byte, however many of them are zeros.
    ///
    /// - Source: XML 1.0, production 22 (`prolog`).
    static func declaresTypes<Bytes: BytesByPlace>(_ bytes: Bytes) -> Bool {
        var place = bytes.startIndex
        while let start = find("<", in: bytes, from: place) {
            if let comment = ending("!--", in: bytes, from: start) {
                guard let end = find("-->", in: bytes, from: comment) else { return false }
                place = end
            } else if let instruction = ending("?", in: bytes, from: start) {
                guard let end = find("?>", in: bytes, from: instruction) else { return false }
                place = end
            } else {
                return ending("!", in: bytes, from: start) != nil
            }
        }
        return false
    }

    /// The place behind a word that begins at a place, zeros aside; nil when another text does.
    private static func ending<Bytes: BytesByPlace>(
        _ word: StaticString,
        in bytes: Bytes,
        from start: Int
    ) -> Int? {
        word.withUTF8Buffer { letters in
            var place = start
            for letter in letters {
                while place < bytes.endIndex, bytes[place] == 0 { place += 1 }
                guard place < bytes.endIndex, bytes[place] == letter else { return nil }
                place += 1
            }
            return place
        }
    }

    /// The place behind the first such word from a place on; nil when there is none.
    private static func find<Bytes: BytesByPlace>(
        _ word: StaticString,
        in bytes: Bytes,
        from start: Int
    ) -> Int? {
        // A word that began at zeros would be looked for from each of them on.
        for place in start..<bytes.endIndex where bytes[place] != 0 {
            if let end = ending(word, in: bytes, from: place) { return end }
        }
        return nil
    }
}
