internal import CodecSandbox
internal import Ingest
internal import WebServer

/// Payload codecs, and having one run again.
extension LiveBackend {
    func codecs() async -> CodecsView {
        guard let runner = runtime.codecs else { return CodecsView(codecs: []) }
        let aside = await runtime.worker.run { $0.awaitedAside } ?? [:]
        return CodecsView(
            codecs: runner.figures.codecs.map { CodecView($0, aside: aside[$0.name] ?? 0) }
        )
    }

    func releaseCodec(_ name: String) async -> CodecReleaseView? {
        // Before its release, which has them taken up.
        let aside = await runtime.worker.run { $0.awaitedAside } ?? [:]
        guard let wasQuarantined = runtime.codecs?.release(name) else { return nil }
        return CodecReleaseView(wasQuarantined: wasQuarantined, waiting: aside[name] ?? 0)
    }
}

extension CodecView {
    fileprivate init(_ codec: CodecFigures.Codec, aside: Int) {
        self.init(
            name: codec.name,
            calls: codec.calls,
            failures: codec.failures,
            kills: codec.kills,
            warnings: codec.warnings,
            lastWarning: codec.lastWarning,
            waiting: codec.waiting + aside,
            quarantine: codec.quarantine
        )
    }
}
