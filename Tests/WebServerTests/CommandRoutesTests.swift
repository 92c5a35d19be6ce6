import Foundation
import HTTPTypes
import Metering
import PromQL
import RemoteWrite
import Telemetry
import Testing
import WebServer

/// Commands over HTTP: who may give them, and what is answered to who may not.
@Suite struct CommandRoutesTests {
    private static let path = "/api/langso/v1/commands"
    private static let token = VillageCommands.token
    private static let body =
        #"{"action":"switch_on","match":"{feeder=\"F1\"}","reason":"thử đèn"}"#

    private static func headers(
        _ authorization: String? = "Bearer \(token)",
        type: String = "application/json",
        site: String? = nil
    ) throws -> HTTPFields {
        var headers: HTTPFields = [.contentType: type]
        if let authorization { headers[.authorization] = authorization }
        if let site { headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = site }
        return headers
    }

    private func ask(
        _ method: HTTPRequest.Method,
        _ headers: HTTPFields,
        _ body: String? = nil,
        path: String = path,
        isOpen: Bool = true
    ) async throws -> APIAnswer {
        let backend = VillageBackend(commands: isOpen ? VillageCommands() : nil)
        return try await APIClient(backend: backend).ask(method, path, headers, body)
    }

    @Test func `an operator gives a command and sees what came of it`() async throws {
        let given = try await ask(.post, try Self.headers(), Self.body)
        #expect(given.status == 200, "\(given.text)")
        #expect(given.json["by"] as? String == "Hoàng Văn A")
        #expect(given.json["reason"] as? String == "thử đèn")
        let list = try await ask(.get, try Self.headers(), path: Self.path + "?limit=2")
        #expect((list.json["commands"] as? [Any])?.count == 2)
        #expect((list.json["refused"] as? [Any])?.count == 1)
        let targets = try await ask(.get, try Self.headers(), path: Self.path + "/targets")
        #expect(targets.json["operator"] as? String == VillageCommands.person)
        #expect((targets.json["devices"] as? [Any])?.count == 2)
        let one = try await ask(.get, try Self.headers(), path: Self.path + "/7")
        #expect(one.json["reason"] as? String == "bảy")
        #expect(try await ask(.get, try Self.headers(), path: Self.path + "/8").status == 404)
        #expect(try await ask(.get, try Self.headers(), path: Self.path + "/x").status == 404)
    }

    @Test func `without commands in the settings everybody is refused, in both languages`()
        async throws
    {
        for method in [HTTPRequest.Method.get, .post] {
            let answer = try await ask(method, try Self.headers(), Self.body, isOpen: false)
            #expect(answer.status == 403)
            #expect(answer.text.contains("commands.enabled: true"))
            #expect(answer.text.contains("hệ thống này không gửi lệnh điều khiển"))
        }
    }

    @Test(arguments: [nil, "", "Bearer", "Bearer wrong", "Basic c8f1d1a0b7e64f2a9d35"])
    func `without an operator's token everybody is asked for one`(authorization: String?)
        async throws
    {
        for (method, path) in [
            (HTTPRequest.Method.get, Self.path), (.post, Self.path), (.get, Self.path + "/7"),
            (.get, Self.path + "/targets"),
        ] {
            let answer = try await ask(
                method,
                try Self.headers(authorization),
                method == .post ? Self.body : nil,
                path: path
            )
            #expect(answer.status == 401, "\(answer.text)")
            #expect(answer.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            #expect(answer.text.contains("mã của người vận hành"))
            #expect(!answer.text.contains(Self.token))
        }
    }

    @Test func `what is no command is refused with a sentence`() async throws {
        let refused = try await ask(
            .post,
            try Self.headers(),
            #"{"action":"read","device":"lamp-9","reason":"x"}"#
        )
        #expect(refused.status == 400 && refused.text.contains("the command is not given"))
        let faults = refused.json["faults"] as? [[String: Any]]
        #expect(faults?.first?["code"] as? String == "cmd_other")
        for body in ["", "[]", "{}", #"{"action":"read"}"#] {
            let answer = try await ask(.post, try Self.headers(), body)
            #expect(answer.status == 400, "\(body)")
        }
        let long = try await ask(.post, try Self.headers(), String(repeating: " ", count: 70_000))
        #expect(long.status == 413)
        let form = try Self.headers(type: "application/x-www-form-urlencoded")
        #expect(try await ask(.post, form, Self.body).status == 415)
        let foreign = try Self.headers(site: "cross-site")
        #expect(try await ask(.post, foreign, Self.body).status == 403)
        #expect(try await ask(.delete, try Self.headers()).status == 405)
    }
}
