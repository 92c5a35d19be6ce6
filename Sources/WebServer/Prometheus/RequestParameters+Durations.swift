internal import PromQL
internal import Telemetry

/// Why a text is no span, in Prometheus' words.
struct DurationFault: Error {
    let words: String
}

extension RequestParameters {
    /// Most milliseconds of a span: those of Go's 63 bits of nanoseconds, 292 years.
    private static let mostMilliseconds = Int64.max / 1_000_000

    /// Reads seconds with a fraction, or a PromQL duration.
    ///
    /// - Throws: ``DurationFault`` when the text is neither, or longer than 292 years.
    static func readDuration(_ text: String) throws(DurationFault) -> Milliseconds {
        let fault = "cannot parse \(QuotedText.of(text)) to a valid duration"
        guard let seconds = Double(text) else {
            if let span = DurationText.parse(text), span.count <= mostMilliseconds { return span }
            throw DurationFault(words: fault)
        }
        // Go makes the longest negative span of it, which is refused or passed over as zero is.
        guard !seconds.isNaN else { return .zero }
        guard abs(seconds) * 1000 <= Double(mostMilliseconds) else {
            throw DurationFault(words: "\(fault). It overflows int64")
        }
        return Milliseconds(Int64((seconds * 1000).rounded()))
    }
}
