internal import Foundation
internal import FoundationXML

/// What is taken from one part while its elements pass by.
protocol PartContent {
    /// An element begins; names are without prefixes.
    mutating func begin(_ element: String, _ attributes: PartAttributes) throws(SpreadsheetError)
    /// An element ends; the text is what stood since the last element began.
    mutating func end(_ element: String, _ text: String) throws(SpreadsheetError)
}

/// The attributes of an element, by names without prefixes.
struct PartAttributes {
    let values: [String: String]

    subscript(name: String) -> String? {
        // Programs choose prefixes as they like, so that `r:id` may be `rel:id`.
        values[name] ?? values.first { $0.key.hasSuffix(":\(name)") }?.value
    }

    /// Whether a flag is set, as `1` or `true`.
    func isSet(_ name: String) -> Bool { ["1", "true"].contains(self[name] ?? "") }
}

/// Reads a part of a workbook element by element, without keeping its tree.
enum PartReading {
    /// Reads a part.
    ///
    /// - Throws: ``SpreadsheetError/damaged(file:part:reason:)`` for what is no XML or no parser
    ///   should be given, and what the content throws.
    static func read<Content: PartContent>(
        _ bytes: [UInt8],
        _ content: Content,
        file: String,
        part: String
    ) throws(SpreadsheetError) -> Content {
        if let reason = PartHazard.reason(bytes) {
            throw .damaged(file: file, part: part, reason: reason)
        }
        let delegate = PartDelegate(content)
        let parser = XMLParser(data: Data(bytes))
        parser.shouldProcessNamespaces = true
        parser.shouldResolveExternalEntities = false
        parser.delegate = delegate
        let isRead = parser.parse()
        if let failure = delegate.failure { throw failure }
        // The parser goes on behind a fault where it can, and then says that all went well.
        guard isRead, !delegate.metFault, parser.parserError == nil else {
            let reason = "line \(parser.lineNumber) or one before it is no XML"
            throw .damaged(file: file, part: part, reason: reason)
        }
        return delegate.content
    }
}

/// Hands what the parser meets to the content; lives on the thread that parses.
private final class PartDelegate<Content: PartContent>: NSObject, XMLParserDelegate {
    var content: Content
    private(set) var failure: SpreadsheetError?
    private(set) var metFault = false
    private var text = ""

    init(_ content: Content) {
        self.content = content
    }

    func parser(
        _ parser: XMLParser,
        didStartElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?,
        attributes attributeDict: [String: String]
    ) {
        text = ""
        guard failure == nil else { return }
        do throws(SpreadsheetError) {
            try content.begin(Self.local(elementName), PartAttributes(values: attributeDict))
        } catch {
            fail(error, parser)
        }
    }

    func parser(
        _ parser: XMLParser,
        didEndElement elementName: String,
        namespaceURI: String?,
        qualifiedName qName: String?
    ) {
        defer { text = "" }
        guard failure == nil else { return }
        do throws(SpreadsheetError) {
            try content.end(Self.local(elementName), text)
        } catch {
            fail(error, parser)
        }
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        // Longer texts are refused where they end; they need not fill the memory before.
        if text.utf8.count <= SpreadsheetLimits.maximumTextBytes { text += string }
    }

    func parser(_ parser: XMLParser, foundCDATA CDATABlock: Data) {
        self.parser(parser, foundCharacters: String(decoding: CDATABlock, as: UTF8.self))
    }

    func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
        metFault = true
    }

    private func fail(_ error: SpreadsheetError, _ parser: XMLParser) {
        failure = error
        parser.abortParsing()
    }

    private static func local(_ name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}
