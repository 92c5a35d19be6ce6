internal import CodecSandbox
internal import Metering

extension OwnMetrics {
    /// What payload codecs did.
    var codecFamilies: [MetricFamily] {
        typealias Figure = (MetricFamily.Kind, String, String, (CodecFigures.Codec) -> Double)
        let byCodec: [Figure] = [
            (.counter, "calls_total", "Payloads that codecs were asked.", { Double($0.calls) }),
            (
                .counter, "failures_total", "Payloads that codecs gave no values for.",
                { Double($0.failures) }
            ),
            (
                .counter, "kills_total", "Workers that had to be killed, or ended by themselves.",
                { Double($0.kills) }
            ),
            (.counter, "warnings_total", "Warnings of codecs.", { Double($0.warnings) }),
            (.counter, "seconds_total", "Time that scripts ran.", { $0.seconds }),
            (.gauge, "waiting", "Payloads that wait for a worker.", { Double($0.waiting) }),
            (
                .gauge, "quarantined", "Whether a codec is not run any more.",
                { $0.quarantine == nil ? 0 : 1 }
            ),
        ]
        return byCodec.map { kind, name, help, value in
            MetricFamily(
                kind,
                "langso_codec_\(name)",
                help,
                by: "codec",
                codecs.codecs.map { ($0.name, value($0)) }
            )
        } + [
            MetricFamily(
                .gauge,
                "langso_codec_workers",
                "Processes that run codecs.",
                Double(codecs.workers)
            ),
            MetricFamily(
                .gauge,
                "langso_codec_awaiting_messages",
                "Messages in the journal that wait for a codec.",
                Double(figures.awaited)
            ),
        ]
            + Self.counters(
                "langso_codec_",
                [
                    ("worker_starts", "Processes that were started for codecs.", codecs.starts),
                    (
                        "refused_calls", "Payloads put aside because too many waited.",
                        codecs.refused
                    ),
                ]
            )
    }
}
