internal import Decoding
internal import Ingest
internal import Logging
internal import Registry
internal import RingStore
internal import Telemetry
internal import WebServer

/// Changes of devices while the gateway runs.
extension GatewayRuntime {
    /// Changes a device, takes the changed registry, and stores what it gives another meaning.
    func change(_ request: DeviceChangeRequest) async throws -> DeviceChangeView {
        let now = clock()
        var view = try database.apply(request, deployment.profiles, at: now)
        guard view.written else { return view }
        try await takeChangedRegistry()
        do {
            var decoded = 0
            // A box that came is one that may have been heard before somebody noted it.
            let taker = request.change == "replace" ? request.device : request.into
            if let address = taker.flatMap({ registry.device($0)?.address }),
                let since = Instant(rfc3339: view.at), since < now
            {
                decoded += try await retake(address, since: since)
            }
            let run = try await decodeDeadLetters()
            view.decoded = decoded + run.decoded + run.awaiting
        } catch {
            // It is changed all the same.
            view.warnings.append("what the journal holds of it cannot be stored again: \(error)")
        }
        logger.notice("\(view.change) \(view.device): \(request.reason)")
        events.send("devices")
        events.send("overview")
        return view
    }

    /// Stores what a box said since an instant again.
    private func retake(_ address: String, since: Instant) async throws -> Int {
        let (folder, now) = (settings.dataFolder, clock())
        let count: Result<Int, any Error>? = await worker.run { pipeline in
            do {
                let journal = try JournalReader(folder: folder)
                return .success(try pipeline.retake(journal, of: address, since: since, at: now))
            } catch {
                return .failure(error)
            }
        }
        guard let count = try count?.get() else { throw GatewayError.stopping }
        return count
    }
}
