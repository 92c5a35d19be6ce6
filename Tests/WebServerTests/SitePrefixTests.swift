import DashboardFiles
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Metering
import PromQL
import Telemetry
import Testing
import WebServer

/// The site below a path, over HTTP; PageTests look at its pages in a browser.
@Suite struct SitePrefixTests {
    private func ask(
        _ path: String,
        below prefix: String,
        method: HTTPRequest.Method = .get,
        metrics: MetricsRegistry = MetricsRegistry()
    ) async throws -> (status: Int, location: String?, text: String) {
        let router = WebApplication.router(
            VillageBackend(isRecovering: true),
            pagesFolder: DashboardFiles.pagesFolder,
            prefix: try SitePrefix(prefix),
            metrics: metrics
        )
        let answer = try await Application(router: router).test(.router) { client in
            try await client.execute(uri: path, method: method)
        }
        return (answer.status.code, answer.headers[.location], String(buffer: answer.body))
    }

    private static let everything = [
        "/", "/indicators", "/alerts", "/devices", "/inbox", "/changes", "/commands",
        "/series?expr=up", "/assets/frame.js",
        "/-/healthy", "/metrics", "/api/v1/status/buildinfo", "/api/v1/query?query=1",
        "/api/langso/v1/overview",
    ]

    @Test func `all of the site is below its path, and nothing elsewhere`() async throws {
        for path in Self.everything {
            // Recovering: a query is refused, but it is there.
            let wanted = path.contains("query") ? 503 : 200
            #expect(try await ask("/xa/lang-so" + path, below: "/xa/lang-so").status == wanted)
            #expect(try await ask(path, below: "").status == wanted)
            guard path != "/" else { continue }
            #expect(try await ask(path, below: "/xa/lang-so").status == 404, "\(path)")
            #expect(try await ask("/xa/lang-song" + path, below: "/xa/lang-so").status == 404)
        }
    }

    @Test func `faults below a path have the envelope of the API`() async throws {
        let answer = try await ask("/so/api/v1/query?query=%28", below: "/so")
        #expect(answer.status == 400)
        #expect(answer.text.hasPrefix(#"{"status":"error","errorType":"bad_data""#))
        let own = try await ask("/so/api/langso/v1/nothing", below: "/so")
        #expect(own.text.hasPrefix(#"{"status":"error","errorType":"not_found""#))
        // Paths of the Prometheus API that do not exist are said in words, as there.
        let none = try await ask("/so/api/v1/nothing", below: "/so")
        #expect(none.text == "there is nothing at GET /so/api/v1/nothing\n")
    }

    /// Another spelling of a page's address is one for good (301), which browsers may remember.
    ///
    /// What the settings say, or which page shows a chart, may be otherwise one day (302).
    @Test func `addresses beside a page lead to it`() async throws {
        let cases: [(path: String, prefix: String, location: String, status: Int)] = [
            ("/so", "/so", "so/", 301), ("/a/so?lang=en", "/a/so", "so/?lang=en", 301),
            ("/so/alerts/", "/so", "../alerts", 301),
            ("/alerts/?lang=vi", "", "../alerts?lang=vi", 301),
            ("/", "/so", "/so/", 302), ("/so/graph/?g0.expr=up", "/so", "../series?expr=up", 302),
        ]
        for (path, prefix, location, status) in cases {
            let answer = try await ask(path, below: prefix)
            #expect(answer.status == status, "\(path)")
            #expect(answer.location == location, "\(path)")
        }
    }

    @Test func `the link of a notification leads to the chart of its expression`() async throws {
        let expression = #"avg(lamp_on{village="Nà%20Ếch"}) < 0.5"#
        let text = "/so/graph?" + APIClient<MemoryBackend>.form(["g0.expr": expression])
        let answer = try await ask(text, below: "/so")
        #expect(answer.status == 302)
        let location = try #require(answer.location)
        #expect(location.hasPrefix("series?expr="))
        let page = try #require(URL(string: location, relativeTo: URL(string: "http://a/so/graph")))
        #expect(page.path() == "/so/series")
        let items = URLComponents(url: page, resolvingAgainstBaseURL: true)?.queryItems
        #expect(items?.first?.value == expression)
        #expect(try await ask("/graph", below: "").location == "series")
    }

    @Test func `routes are counted by their names below the path`() async throws {
        let registry = MetricsRegistry()
        for path in ["/so/-/healthy", "/so", "/so/"] {
            _ = try await ask(path, below: "/so", metrics: registry)
        }
        let handlers = registry.families.filter {
            $0.name == "langso_http_request_duration_seconds"
        }
        .flatMap(\.points).compactMap { $0.labels["handler"] }
        #expect(Set(handlers) == ["/", "/-/healthy"])
    }

    @Test func `what is no path is refused with what is wrong`() throws {
        for text in ["", "/"] { #expect(try SitePrefix(text) == .none) }
        for text in ["/langso", "/xa/binh-lieu_2", "/~a.b"] {
            #expect(try SitePrefix(text).path == text)
        }
        let cases = [
            ("langso", "does not begin with a slash"), ("/langso/", "ends with a slash"),
            ("/a//b", "has two slashes in a row"), ("/a/../b", "has '..' as a name"),
            ("/làng", "has other signs than letters, digits and -._~ in 'làng'"),
            ("/{x}", "has other signs"), ("/:x", "has other signs"), ("/*", "has other signs"),
            ("/a b", "has other signs"), ("/a?b", "has other signs"),
            ("/" + String(repeating: "x", count: SitePrefix.maximumBytes), "is longer than 200"),
        ]
        for (text, reason) in cases {
            let fault = #expect(throws: SitePrefix.Fault.self, "\(text)") { try SitePrefix(text) }
            #expect(fault?.description.contains(reason) == true, "\(fault?.description ?? "")")
        }
    }
}
