import RemoteWrite
import Telemetry

/// Requests of remote write: the lowest bit of the first byte says which version, the next whether
/// the rest is packed.
struct RemoteWriteTarget: FuzzTarget {
    func seeds() -> [(name: String, bytes: [UInt8])] {
        var series = RemoteWriteMessage.Series(
            labels: [("__name__", "lamp_power_watts"), ("device", "lamp-1")],
            samples: [(31.4, 1_768_367_553_000), (31.5, 1_768_367_613_000)]
        )
        series.histograms = 1
        series.exemplars = 1
        let message = RemoteWriteMessage(series: [series, series])
        return RemoteWriteVersion.allCases.enumerated().flatMap { number, version in
            [
                (name: "plain-\(number)", bytes: [UInt8(number)] + message.bytes(version)),
                (name: "packed-\(number)", bytes: [UInt8(number | 2)] + message.packed(version)),
            ]
        }
    }

    func run(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let version = first & 1 == 0 ? RemoteWriteVersion.first : .second
        let body = Array(input.dropFirst())
        do throws(RemoteWriteError) {
            let request =
                first & 2 == 0
                ? try WriteRequest(message: body, version: version)
                : try WriteRequest(packed: body.span, version: version)
            check(request)
        } catch {
            require(!"\(error)".isEmpty, "a refusal without words")
        }
    }

    private func check(_ request: WriteRequest) {
        require(request.samples.count <= WriteRequest.maximumSamples, "too many samples")
        for series in request.series {
            require(series.range.upperBound <= request.samples.count, "samples that are not there")
            require(!series.range.isEmpty, "a series without samples")
        }
    }
}
