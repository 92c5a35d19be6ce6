import DashboardFiles
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import TestKit
import Testing
import WebServer

/// Pages and assets as files over HTTP.
@Suite struct PageRoutesTests {
    private func ask(
        _ path: String,
        method: HTTPRequest.Method = .get,
        headers: HTTPFields = [:],
        folder: String = DashboardFiles.pagesFolder
    ) async throws -> TestResponse {
        let router = WebApplication.router(VillageBackend(), pagesFolder: folder)
        return try await Application(router: router).test(.router) { client in
            try await client.execute(uri: path, method: method, headers: headers)
        }
    }

    @Test(arguments: [
        "/", "/indicators", "/alerts", "/devices", "/inbox", "/changes", "/commands",
        "/series?expr=up",
    ])
    func `a page comes with its type and may load nothing from elsewhere`(path: String)
        async throws
    {
        let answer = try await ask(path)
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == "text/html; charset=utf-8")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff")
        let policy = try #require(answer.headers[.contentSecurityPolicy])
        #expect(policy.hasPrefix("default-src 'self'; "))
        #expect(!policy.contains("unsafe") && !policy.contains("http"))
        let text = String(buffer: answer.body)
        #expect(text.contains("<html lang=\"vi\">"))
        #expect(!text.contains("http://") && !text.contains("https://"))
    }

    @Test(arguments: [
        ("frame.js", "text/javascript; charset=utf-8"), ("style.css", "text/css; charset=utf-8"),
        ("icon.svg", "image/svg+xml"),
    ])
    func `an asset comes with its type`(name: String, type: String) async throws {
        let answer = try await ask("/assets/\(name)")
        #expect(answer.status == .ok)
        #expect(answer.headers[.contentType] == type)
        #expect(answer.body.readableBytes > 100)
    }

    @Test func `what a browser holds already is not sent again`() async throws {
        let first = try await ask("/assets/frame.js")
        let tag = try #require(first.headers[.eTag])
        let second = try await ask("/assets/frame.js", headers: [.ifNoneMatch: tag])
        #expect(second.status == .notModified)
        #expect(second.body.readableBytes == 0)
        #expect(try await ask("/assets/text.js", headers: [.ifNoneMatch: tag]).status == .ok)
    }

    @Test func `HEAD gives the head alone`() async throws {
        let answer = try await ask("/", method: .head)
        #expect(answer.status == .ok)
        #expect(answer.body.readableBytes == 0)
    }

    @Test(arguments: [
        "/assets/..%2Fsecret.json", "/assets/../secret.json", "/assets/..",
        "/assets/.%2e/secret.json", "/assets/%2Fetc%2Fpasswd.json", "/assets/x.html",
        "/assets/none.js", "/assets/", "/assets/a%00.js",
    ])
    func `nothing outside the assets is served`(path: String) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: folder.path(of: "assets"),
            withIntermediateDirectories: true
        )
        try Data("secret".utf8).write(to: URL(filePath: folder.path(of: "secret.json")))
        let answer = try await ask(path, folder: folder.path)
        #expect(answer.status == .notFound)
        #expect(!String(buffer: answer.body).contains("secret\""))
        #expect(!String(buffer: answer.body).contains(folder.path))
    }

    @Test func `both languages have the same words and no data is taken as HTML`() throws {
        let folder = DashboardFiles.pagesFolder + "/assets"
        let text = try String(contentsOfFile: "\(folder)/text.js", encoding: .utf8)
        let halves = text.components(separatedBy: "\n  en: {")
        try #require(halves.count == 2)
        let key = /(?:^|[{, ])'?([A-Za-z0-9_-]+)'?: '/.anchorsMatchLineEndings()
        let keys = halves.map { half in half.matches(of: key).map { String($0.output.1) }.sorted() }
        #expect(keys[0] == keys[1])
        #expect(keys[0].count > 100 && Set(keys[0]).count == keys[0].count)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder)
        where name.hasSuffix(".js") {
            let code = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
            let banned = ["innerHTML", "outerHTML", "insertAdjacent", "document.write", "eval("]
            for banned in banned where code.contains(banned) {
                Issue.record("\(name) says \(banned)")
            }
        }
    }
}
