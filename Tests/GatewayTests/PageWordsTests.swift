import Commands
import DashboardFiles
import Decoding
import Foundation
@testable import Gateway
import Ingest
import Registry
import RingStore
import Testing
import WebServer

/// The pages know every word that the gateway sends them.
@Suite struct PageWordsTests {
    @Test(arguments: RegistrySnapshot.DeviceKind.allCases)
    func `a kind of device has a name in both languages`(kind: RegistrySnapshot.DeviceKind) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let names = text.matches(of: try Regex("[ {]\(kind.rawValue): '"))
        #expect(names.count == 2, "\(kind.rawValue)")
    }

    @Test(arguments: GuessReason.Code.allCases)
    func `a reason of a guess has words in both languages`(code: GuessReason.Code) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let words = text.matches(of: try Regex("[ {]reason_\(code.rawValue): '"))
        #expect(words.count == 2, "\(code.rawValue)")
    }

    @Test(arguments: AdoptionNote.Code.allCases)
    func `what an adoption says has words in both languages`(code: AdoptionNote.Code) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let pattern = "[ {]note_\(code.rawValue): '([^']*)'"
        let words = text.matches(of: try Regex(pattern, as: (Substring, Substring).self))
        try #require(words.count == 2, "\(code.rawValue)")
        // The English of the page is that of the command line, and both have the same places.
        #expect(words[1].output.1 == code.template)
        let places = words.map { Set($0.output.1.matches(of: /\{\d\}/).map { String($0.output) }) }
        #expect(places[0].isSubset(of: places[1]), "\(code.rawValue)")
    }

    @Test(arguments: CommandNoteCode.allCases)
    func `what is said of a command has words in both languages`(code: CommandNoteCode) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let pattern = "[ {]note_\(code.rawValue): '([^']*)'"
        let words = text.matches(of: try Regex(pattern, as: (Substring, Substring).self))
        try #require(words.count == 2, "\(code.rawValue)")
        #expect(!code.template.isEmpty && words[1].output.1 == code.template)
        let places = words.map { Set($0.output.1.matches(of: /\{\d\}/).map { String($0.output) }) }
        #expect(places[0] == places[1], "\(code.rawValue)")
    }

    @Test(arguments: DeviceChangeNoteCode.allCases)
    func `what is said of a change has words in both languages`(
        code: DeviceChangeNoteCode
    ) throws {
        try Self.expectWords("note_\(code.rawValue)", code.template)
    }

    @Test(arguments: DelayCause.allCases)
    func `why something waits for the next start has words in both languages`(
        cause: DelayCause
    ) throws {
        try Self.expectWords("cause_\(cause.rawValue)", cause.words)
    }

    @Test func `what a column of devices and their changes takes has words in both languages`()
        throws
    {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let tables = RegistryTable.templates.filter {
            ["devices", "installations"].contains($0.name)
        }
        #expect(tables.count == 2)
        for column in Set(tables.flatMap { $0.columns.map(\.name) }) {
            let words = text.matches(of: try Regex("[ {]takes_\(column): '"))
            #expect(words.count == 2, "\(column)")
        }
    }

    @Test func `a change that was not stored again says why, and what the gateway does`() {
        let error = IngestError.journal(.overwritten(position: 1, tail: 2))
        var view = DeviceChangeView(
            written: true,
            change: "move",
            device: "T-1",
            at: "2026-11-01T08:00:00.000Z",
            differences: [],
            counterOffsets: [:]
        )
        view.warnings = [NoteView(notStoredAgain: DelayCause(error))]
        #expect(view.warnings[0].values == ["journal"])
        let last = "written; the gateway stores messages by it when it starts again"
        #expect(view.lines.last == last)
        #expect(view.lines.contains { $0.contains("the journal cannot be read; see the log") })
        #expect(DelayCause(GatewayError.stopping) == .stopping)
        #expect(DelayCause(IngestError.damagedIndex(path: "i")) == .store)
        #expect(DelayCause(RegistryError.notADatabase(path: "r")) == .registry)
        #expect(DelayCause(CancellationError()) == .other)
    }

    @Test(arguments: WriteFault.allCases)
    func `why nobody may write has words in both languages`(fault: WriteFault) throws {
        try Self.expectWords("note_\(fault.rawValue)", fault.template)
    }

    /// The English of the page is that of the command line; a value may be left out of the other.
    private static func expectWords(_ key: String, _ template: String) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let pattern = "[ {]\(key): '([^']*)'"
        let words = text.matches(of: try Regex(pattern, as: (Substring, Substring).self))
        try #require(words.count == 2, "\(key)")
        #expect(!template.isEmpty && words[1].output.1 == template)
        let places = words.map { Set($0.output.1.matches(of: /\{\d\}/).map { String($0.output) }) }
        #expect(places[0].isSubset(of: places[1]), "\(key)")
    }

    @Test(arguments: CommandState.allCases)
    func `a state of a command has a name in both languages`(state: CommandState) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let names = text.matches(of: try Regex("[ {]state_\(state.rawValue): '"))
        #expect(names.count == 2, "\(state.rawValue)")
    }

    @Test(arguments: ProfileCommands.Kind.allCases)
    func `what a device can be told has a name in both languages`(
        kind: ProfileCommands.Kind
    ) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let names = text.matches(of: try Regex("[ {]action_\(kind.rawValue): '"))
        #expect(names.count == 2, "\(kind.rawValue)")
    }

    @Test func `a value in a note is no place for another`() {
        let note = AdoptionNote(.unknownParameter, "{1}", "p")
        #expect(note.words == #"the profile "p" has no parameter "{1}""#)
        #expect(AdoptionNote(.framesGone).words == AdoptionNote.Code.framesGone.template)
    }

    @Test(arguments: DecodingError.Reason.allCases.map(\.rawValue) + [DeadLetters.unknownPart])
    func `why a message was refused has words in both languages`(reason: String) throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let words = text.matches(of: try Regex("[ {]refused_\(reason): '"))
        #expect(words.count == 2, "\(reason)")
    }

    @Test func `each parameter of the shipped profiles has words in both languages`() throws {
        let path = "\(DashboardFiles.pagesFolder)/assets/text.js"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        let library = try ProfileLibrary.shipped(overlaidWith: nil)
        let names = Set(library.profiles.flatMap { $0.parameters.map(\.id) })
        #expect(names.contains("bin_depth"))
        for name in names {
            let words = text.matches(of: try Regex("[ {]parameter_\(name): '"))
            #expect(words.count == 2, "\(name)")
        }
    }
}
