internal import Decoding
internal import Foundation
internal import Ingest
internal import Knowledge
internal import Logging
internal import Registry
internal import RingStore
internal import Synchronization
internal import Telemetry
internal import WebServer

/// The inbox of a running gateway.
extension GatewayRuntime {
    /// How far back stations are looked at for the temperature of the day.
    private static let dayTemperatureAge = Milliseconds.hours(3)

    /// Unknown devices with what they may be.
    func inboxView(limit: Int) async throws -> InboxView {
        let (inbox, registry) = (inbox, registry)
        let letters = await worker.run { $0.deadLetters } ?? DeadLetters()
        let devices = try await OwnThread.run {
            try inbox.devices(in: letters, registry: registry)
        }
        let entries = try await inbox.entries(
            of: Array(devices.devices.prefix(limit)),
            airTemperature: airTemperature
        )
        return InboxView(
            devices: entries.map { UnknownDeviceView($0, inbox.profiles) },
            omitted: devices.omittedCount + devices.devices.count - entries.count,
            canAdopt: settings.takesAdoptions,
            places: InboxPlaces(registry)
        )
    }

    /// Registers an unknown device, takes the changed registry, and decodes what waited.
    func adopt(_ request: AdoptionRequest) async throws -> AdoptionView {
        guard let letters = await worker.run({ $0.deadLetters }) else {
            throw GatewayError.stopping
        }
        let adoption = Adoption(inbox: inbox, database: database, request: request)
        var view = try await adoption.run(letters, at: clock())
        guard view.written else { return view }
        try await takeChangedRegistry()
        do {
            let run = try await decodeDeadLetters()
            view.decoded = run.decoded + run.awaiting
            view.failed = run.failed
        } catch {
            // It is registered all the same.
            view.warnings.append(
                "what waited cannot be decoded now, and is tried again at the next start: \(error)"
            )
        }
        logger.notice(
            "adopted \(view.address) as \(view.code)",
            metadata: ["decoded": "\(view.decoded ?? 0)"]
        )
        events.send("devices")
        events.send("overview")
        return view
    }

    /// Decodes what is left undecoded in the journal once more.
    ///
    /// - Throws: `JournalError`, `IngestError`, or ``GatewayError/stopping``.
    func decodeDeadLetters() async throws -> DecodingRun {
        let (folder, now) = (settings.dataFolder, clock())
        let run: Result<DecodingRun, any Error>? = await worker.run { pipeline in
            do {
                let journal = try JournalReader(folder: folder)
                return .success(try pipeline.decodeDeadLetters(journal, at: now))
            } catch {
                return .failure(error)
            }
        }
        guard let done = try run?.get() else { throw GatewayError.stopping }
        return done
    }

    /// Decodes once more what could not be decoded before this start: the registry, the profiles or
    /// the settings may know its senders by now.
    ///
    /// What a codec failed on is left: a message that kills it would do so at each start.
    func decodeWhatWaited() {
        let (folder, clock, logger) = (settings.dataFolder, clock, logger)
        worker.perform { pipeline in
            guard !pipeline.deadLetters.entries.isEmpty else { return }
            do {
                let journal = try JournalReader(folder: folder)
                let run = try pipeline.decodeDeadLetters(
                    journal,
                    at: clock(),
                    leaving: [.codecFailed]
                )
                guard run.decoded + run.awaiting > 0 else { return }
                logger.notice(
                    "\(run.decoded + run.awaiting) messages that waited can be decoded now"
                )
            } catch {
                logger.error("cannot decode what waited: \(error)")
            }
        }
    }

    /// The median of what known stations last said of the air's temperature, in degrees Celsius;
    /// nil when none did in the last three hours.
    private var airTemperature: Double? {
        get async {
            let now = clock()
            guard let source = access.source(at: now),
                let metric = Quantity.named("air.temperature")?.metricName
            else { return nil }
            return await OwnThread.run {
                let range = (now - Self.dayTemperatureAge)...now
                let name = LabelMatcher(Labels.metricNameLabel, .equal(metric))
                var values: [Double] = []
                var buffer = SampleBuffer()
                for series in (try? source.base.select([name], in: range)) ?? [] {
                    guard (try? source.read(series.id, in: range, into: &buffer)) != nil,
                        !buffer.isEmpty
                    else { continue }
                    values.append(buffer[buffer.count - 1].value)
                }
                values.sort()
                return values.isEmpty ? nil : values[values.count / 2]
            }
        }
    }
}
