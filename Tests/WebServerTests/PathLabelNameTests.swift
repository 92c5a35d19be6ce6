import PromQL
import Telemetry
import Testing
import WebServer

/// Names of labels in `label/<name>/values`, over HTTP.
@Suite struct PathLabelNameTests {
    /// One series for each name, with that label alone.
    private static func backend(_ names: [String]) -> MemoryBackend {
        var source = MemorySeriesSource()
        for name in names {
            source.append(
                Labels([Label("__name__", "x"), Label(name, "here")]),
                Sample(time: Instant(milliseconds: 1000), value: 1)
            )
        }
        var backend = MemoryBackend()
        backend.source = TenMinuteSource(base: source, interval: nil, failure: nil)
        return backend
    }

    @Test(arguments: [
        ("village", "village"),
        // Plain, as Grafana encodes what is UTF-8.
        ("N%C3%A0%20%E1%BA%BEch", "Nà Ếch"), ("http.status", "http.status"), ("1a", "1a"),
        ("a+b", "a+b"), ("http%2Estatus", "http.status"),
        // Escaped as Prometheus 3 does.
        ("U__http_2e_status", "http.status"), ("U__http_2E_status", "http.status"),
        ("U__a__b", "a_b"), ("U__L_e0_ng", "Làng"), ("U___1f4a1_", "💡"), ("U__plain", "plain"),
        ("U__%C3%A0_2e_", "à."),
        // Not escaped rightly: the name as it stands.
        ("U__a_2e", "U__a_2e"), ("U__a_", "U__a_"), ("U__a_zz_", "U__a_zz_"),
        ("U__a_+41_", "U__a_+41_"), ("U__a_d800_", "U__a_d800_"),
        ("U__a_0000041_", "U__a_0000041_"), ("U_a_2e_", "U_a_2e_"), ("u__a_2e_", "u__a_2e_"),
    ])
    func `a name is found however it is written`(segment: String, name: String) async throws {
        let api = APIClient(backend: Self.backend([name, "other"]))
        let values = try await api.get("/api/v1/label/\(segment)/values")
        #expect(try values.data() == ["here"], "\(name)")
        let none = try await api.get("/api/v1/label/\(segment)x/values")
        #expect(try none.data([String].self).isEmpty)
    }

    @Test(arguments: [
        ("a%FF", #"invalid label name: \"a\\xff\""#), ("%C3", #"invalid label name: \"\\xc3\""#),
        ("%C3%A0%80%0A", #"invalid label name: \"à\\x80\\n\""#),
        ("U__", #"invalid label name: \"\""#),
    ])
    func `what is no name is refused in Prometheus' words`(
        segment: String,
        words: String
    ) async throws {
        let answer = try await APIClient(backend: MemoryBackend())
            .get("/api/v1/label/\(segment)/values")
        #expect(answer.status == 400)
        #expect(
            answer.text == #"{"status":"error","errorType":"bad_data","error":"\#(words)"}"#
        )
    }
}
