import Foundation
import HTTPTypes
import Testing
import WebServer

/// The inbox over HTTP, and what keeps pages of other sites from adopting.
@Suite struct InboxRoutesTests {
    private static let path = "/api/langso/v1/inbox"
    private static let body =
        #"{"device":"\#(Village.unknownID)","profile":"dragino-ldds75","code":"thung-7"}"#
    private static let json: HTTPFields = [.contentType: "application/json"]

    private static func site(_ value: String) throws -> HTTPFields {
        var headers = json
        headers[try #require(HTTPField.Name("Sec-Fetch-Site"))] = value
        return headers
    }

    private func adopt(
        _ headers: HTTPFields,
        _ body: String = body,
        backend: VillageBackend = VillageBackend(),
        allowedOrigins: Set<String> = []
    ) async throws -> APIAnswer {
        let client = APIClient(backend: backend, allowedOrigins: allowedOrigins)
        return try await client.ask(.post, "\(Self.path)/adopt", headers, body)
    }

    @Test func `unknown devices are listed with frames and guesses`() async throws {
        let answer = try await APIClient(backend: VillageBackend()).get(Self.path)
        #expect(answer.status == 200)
        let devices = try #require(answer.json["devices"] as? [[String: Any]])
        #expect(devices.count == 2)
        #expect(
            Set(devices[0].keys) == [
                "id", "family", "address", "topic", "messages", "firstAt", "lastAt", "reasons",
                "frames", "guesses",
            ]
        )
        let guesses = try #require(devices[0]["guesses"] as? [[String: Any]])
        #expect(
            Set(guesses[0].keys) == [
                "profile", "model", "title", "kind", "family", "score", "topicScore",
                "shapeScore", "physicsScore", "reasons", "readings", "readFrames", "triedFrames",
            ]
        )
        let one = try await APIClient(backend: VillageBackend()).get(Self.path, ["limit": "1"])
        #expect((one.json["devices"] as? [Any])?.count == 1)
        #expect(one.json["damaged"] as? Int == 1)
        let profiles = try #require(one.json["profiles"] as? [[String: Any]])
        let parameters = try #require(profiles.first?["parameters"] as? [[String: Any]])
        #expect(parameters.first?["id"] as? String == "bin_depth")
        #expect(parameters.first?["most"] as? Double == 6000)
        #expect(one.json["omitted"] as? Int == 1)
    }

    @Test func `a device is adopted, tried, and refused with a sentence`() async throws {
        let done = try await adopt(Self.json)
        #expect(done.status == 200, "\(done.text)")
        #expect(done.json["written"] as? Bool == true)
        let warnings = try #require(done.json["warnings"] as? [[String: Any]])
        #expect(warnings.map { $0["code"] as? String } == ["frame_left_out"])
        let tried = try await adopt(
            Self.json,
            Self.body.replacing("}", with: #","dryRun":true}"#)
        )
        #expect(tried.json["written"] as? Bool == false)
        let refused = try await adopt(Self.json, Self.body.replacing("chirpstack", with: "shelly"))
        #expect(refused.status == 400)
        #expect(refused.text.contains("no device of this name is in the inbox"))
        // A page says each fault in its own language.
        let faults = try #require(refused.json["faults"] as? [[String: Any]])
        #expect(faults.first?["code"] as? String == "not_in_inbox")
        #expect(faults.first?["values"] as? [String] == [Village.unknownID])
        #expect((faults.first?["words"] as? String)?.contains("there are") == true)
        for body in ["", "[]", "{}", #"{"device": 1}"#] {
            let answer = try await adopt(Self.json, body)
            #expect(answer.status == 400, "\(body)")
            #expect(answer.text.contains("no JSON object with device, profile and code"))
        }
        let long = try await adopt(Self.json, String(repeating: " ", count: 70_000))
        #expect(long.status == 413)
    }

    @Test func `adopting is refused unless the settings open it`() async throws {
        let answer = try await adopt(
            Self.json,
            backend: VillageBackend(takesAdoptions: false)
        )
        #expect(answer.status == 403)
        #expect(answer.text.contains("web.adoption: true"))
    }

    @Test func `pages of other sites adopt nothing`() async throws {
        // What a form of another site can send without being asked.
        for type in ["text/plain", "application/x-www-form-urlencoded", ""] {
            #expect(try await adopt([.contentType: type]).status == 415, "\(type)")
        }
        for site in ["cross-site", "same-site"] {
            #expect(try await adopt(try Self.site(site)).status == 403, "\(site)")
        }
        for site in ["same-origin", "none"] {
            #expect(try await adopt(try Self.site(site)).status == 200, "\(site)")
        }
        var foreign = Self.json
        foreign[.origin] = "https://evil.example"
        #expect(try await adopt(foreign).status == 403)
        let allowed: Set<String> = ["https://evil.example"]
        #expect(try await adopt(foreign, allowedOrigins: allowed).status == 200)
        let asked = try await APIClient(backend: VillageBackend()).get("\(Self.path)/adopt")
        #expect(asked.status == 405)
    }

    @Test func `what cannot be read is said`() async throws {
        let backend = VillageBackend(isRecovering: true)
        let answer = try await APIClient(backend: backend).get(Self.path)
        #expect(answer.status == 500)
        #expect(answer.text.contains("cannot look through the unknown devices"))
    }
}
