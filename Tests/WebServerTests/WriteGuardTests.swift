import HTTPTypes
import Testing

/// What writes does not do so for the page of another site.
@Suite struct WriteGuardTests {
    @Test(arguments: [
        "/api/langso/v1/codecs/release?name=meter", "/api/langso/v1/dead-letters/decode",
    ])
    func `pages of other sites write nothing`(path: String) async throws {
        let site = try #require(HTTPField.Name("Sec-Fetch-Site"))
        let form: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        var client = APIClient(backend: VillageBackend())
        for (name, value, status) in [
            (site, "cross-site", 403), (site, "same-site", 403), (site, "same-origin", 200),
            (site, "none", 200), (.origin, "https://evil.example", 403), (.origin, "null", 403),
        ] {
            var headers = form
            headers[name] = value
            let answer = try await client.ask(.post, path, headers)
            #expect(answer.status == status, "\(name) \(value): \(answer.text)")
        }
        // Programs say nothing of pages.
        #expect(try await client.ask(.post, path, form).status == 200)
        client.allowedOrigins = ["https://office.example"]
        var headers = form
        headers[.origin] = "https://office.example"
        headers[site] = "cross-site"
        #expect(try await client.ask(.post, path, headers).status == 200)
        // Reading from anywhere does not mean writing from anywhere.
        client.allowedOrigins = ["*"]
        #expect(try await client.ask(.post, path, headers).status == 403)
    }
}
