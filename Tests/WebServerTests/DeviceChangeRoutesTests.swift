import HTTPTypes
import Testing
import WebServer

/// Changes of devices over HTTP.
@Suite struct DeviceChangeRoutesTests {
    private static let path = "/api/langso/v1/devices/change"
    private static let body =
        #"{"change":"replace","device":"thung-1","by":"An","reason":"hỏng","address":"b"}"#
    private static let json: HTTPFields = [.contentType: "application/json"]

    private func change(
        _ body: String = body,
        _ headers: HTTPFields = json,
        backend: VillageBackend = VillageBackend()
    ) async throws -> APIAnswer {
        try await APIClient(backend: backend).ask(.post, Self.path, headers, body)
    }

    /// The faults of an answer as pages read them: code and values.
    private func codes(_ answer: APIAnswer) throws -> [String: [String]] {
        let faults = try #require(answer.json["faults"] as? [[String: Any]], "\(answer.text)")
        return try Dictionary(
            uniqueKeysWithValues: faults.map {
                (try #require($0["code"] as? String), try #require($0["values"] as? [String]))
            }
        )
    }

    @Test func `a device is changed, tried, and refused with a sentence`() async throws {
        let done = try await change()
        #expect(done.status == 200 && done.json["written"] as? Bool == true, "\(done.text)")
        let tried = try await change(Self.body.replacing("}", with: #","dryRun":true}"#))
        #expect(tried.json["written"] as? Bool == false)
        let refused = try await change(Self.body.replacing("thung-1", with: "thung-9"))
        #expect(refused.status == 400)
        #expect(refused.text.contains("cannot replace thung-9: not known"))
        #expect(try codes(refused) == ["change_unknown_device": ["thung-9"]])
        let short = try await change(#"{"change":"retire","device":"thung-1"}"#)
        #expect(short.status == 400)
        #expect(short.text.contains("no JSON object with change, device, by and reason"))
        let members = "change, device, by and reason"
        #expect(try codes(short) == ["write_no_object": ["change", members]])
    }

    @Test func `changing is refused unless the settings open it, and to other sites`() async throws
    {
        let closed = try await change(backend: VillageBackend(takesAdoptions: false))
        #expect(closed.status == 403 && closed.text.contains("web.adoption: true"))
        #expect(try codes(closed) == ["write_closed": ["change", "langso devices"]])
        let plain = try await change(Self.body, [.contentType: "text/plain"])
        #expect(plain.status == 415)
        #expect(try codes(plain) == ["write_not_json": ["change"]])
        var foreign = Self.json
        foreign[.origin] = "https://evil.example"
        let refused = try await change(Self.body, foreign)
        #expect(refused.status == 403)
        #expect(try codes(refused) == ["write_other_site": ["change"]])
    }
}
