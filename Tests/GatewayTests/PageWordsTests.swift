import DashboardFiles
import Decoding
import Foundation
import Registry
import Testing

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
}
