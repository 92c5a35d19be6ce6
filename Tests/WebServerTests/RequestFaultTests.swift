import Foundation
import HTTPTypes
import Telemetry
import TestKit
import Testing
import WebServer

/// What is said of parameters that are missing or wrong, beside Debian's Prometheus.
@Suite struct RequestFaultTests {
    /// The error of an answer; nil when it was none.
    private static func error(_ body: Data) -> (kind: String, text: String)? {
        let json = try? JSONSerialization.jsonObject(with: body) as? [String: Any]
        guard json?["status"] as? String == "error", let kind = json?["errorType"] as? String,
            let text = json?["error"] as? String
        else { return nil }
        return (kind, text)
    }

    private static func form(_ parameters: [(String, String)]) -> String {
        let plain = CharacterSet.alphanumerics
        return parameters.map { name, value in
            [name, value].map { $0.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
                .joined(separator: "=")
        }
        .joined(separator: "&")
    }

    @Test func `every fault has the words of Prometheus 3`() async throws {
        #expect(RequestFault.all.count >= 60)
        let api = APIClient(backend: MemoryBackend())
        for fault in RequestFault.all {
            let answer = try await api.ask(
                .get,
                "/api/v1/\(fault.path)?\(Self.form(fault.parameters))"
            )
            #expect(answer.status == 400, "\(fault)")
            let error = try #require(Self.error(answer.body), "\(fault): \(answer.text)")
            #expect(error.kind == "bad_data")
            #expect(error.text == fault.error, "\(fault.path) \(fault.parameters)")
            #expect(answer.json.count == 3)
        }
    }

    @Test(
        .enabled(if: PrometheusProcess.programs != nil, "prometheus or promtool is not installed")
    )
    func `Prometheus answers the same, but where it has another reason`() throws {
        let prometheus = try PrometheusProcess(openMetrics: "up 1 1\n# EOF\n")
        var counts: [String: Int] = [:]
        for fault in RequestFault.all {
            let path = "/api/v1/\(fault.path)?\(Self.form(fault.parameters))"
            let answer = try #require(LoopbackRequest.get(port: prometheus.port, path: path))
            let error = Self.error(Data(answer.body))
            let said = error?.text ?? String(decoding: answer.body, as: UTF8.self)
            if case .accepts(let reason) = fault.earlier {
                #expect(answer.status == 200, "\(path): \(said)")
                counts[reason, default: 0] += 1
                continue
            }
            #expect(answer.status == 400, "\(path): \(said)")
            #expect(error?.kind == "bad_data", "\(path)")
            switch fault.earlier {
            case .same: #expect(said == fault.error, "\(path)")
            case .beginning:
                #expect(fault.error.hasPrefix(said) && said != fault.error, "\(path): \(said)")
            case .words, .accepts: #expect(said != fault.error, "\(path) does not differ")
            }
            counts[Self.name(of: fault.earlier), default: 0] += 1
        }
        for (reason, count) in counts.sorted(by: { $0.key < $1.key }) {
            print("faults beside Prometheus 2.42: \(count) \(reason)")
        }
    }

    private static func name(of earlier: RequestFault.Earlier) -> String {
        switch earlier {
        case .same: "the same word for word"
        case .beginning: "the same, and what was expected"
        case .words(let reason), .accepts(let reason): reason
        }
    }
}
