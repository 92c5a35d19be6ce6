internal import CodecSandbox
internal import Decoding
internal import Foundation
internal import Ingest
internal import Logging
internal import MQTT
internal import RingStore
internal import Telemetry

/// The store's thread, started, and the sink that feeds it.
struct OpenedStorage: Sendable {
    let worker: StoreWorker
    let own: OwnSamples
    let sink: JournalSink
    /// Runs payload codecs; nil where no profile has one.
    let codecs: CodecRunner?
}

extension GatewayRuntime {
    /// Opens store and journal on the thread that will own the store.
    static func openStorage(
        _ deployment: Deployment,
        _ hold: FolderHold,
        on day: CivilDate,
        watching: Set<String>,
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) async throws -> OpenedStorage {
        let settings = deployment.settings
        let decoder = MessageDecoder(
            rules: settings.subscriptions,
            library: deployment.profiles,
            directory: deployment.registry.deviceDirectory,
            settings: DecoderSettings(sparkplug: settings.sparkplug)
        )
        let directory = deployment.registry.ingestDirectory(on: day)
        return try await openStorage(
            settings,
            decoder,
            directory,
            hold,
            codecFiles: deployment.codecFiles,
            watching: watching,
            clock: clock,
            logger: logger
        )
    }

    static func openStorage(
        _ settings: GatewaySettings,
        _ decoder: MessageDecoder,
        _ directory: IngestDirectory,
        _ hold: FolderHold,
        codecFiles: [CodecFile] = [],
        watching: Set<String> = [],
        clock: @escaping @Sendable () -> Instant,
        logger: Logger
    ) async throws -> OpenedStorage {
        let worker = StoreWorker(clock: clock) { logger.error("\($0)") }
        let codecs = try CodecRunner(
            codecFiles,
            settings: settings.codecs,
            folder: settings.dataFolder,
            worker: worker,
            logger: logger
        )
        let own = OwnSamples()
        return try await withCheckedThrowingContinuation { continuation in
            let thread = Thread {
                do throws(IngestError) {
                    let storage = try IngestPipeline.open(
                        folder: settings.dataFolder,
                        store: settings.store,
                        journal: settings.journal,
                        decoder: decoder,
                        directory: directory,
                        quality: settings.quality,
                        watching: watching,
                        now: clock()
                    ) { share in
                        logger.info("recovering from the journal: \(Int(share * 100)) %")
                    }
                    storage.handOver { pipeline, journal in
                        let repaired = pipeline.store.repairedLabelBatchCount
                        if repaired > 0 {
                            logger.warning(
                                """
                                the disk changed labels of the store; \(repaired) batches are put \
                                right from their second copy. Nothing is lost, but the disk may \
                                be failing: see what langso store verify says while it stands still
                                """
                            )
                        }
                        let size = journal.statistics.sizeBytes
                        worker.note(journal.statistics, head: journal.head)
                        let sink = JournalSink(
                            journal: journal,
                            worker: worker,
                            own: own,
                            now: clock
                        )
                        worker.serve(pipeline, journalBytes: size) {
                            continuation.resume(
                                returning: OpenedStorage(
                                    worker: worker,
                                    own: own,
                                    sink: sink,
                                    codecs: codecs
                                )
                            )
                        }
                    }
                } catch {
                    hold.release()
                    continuation.resume(throwing: error)
                }
                hold.release()
                worker.ended()
            }
            thread.name = "store"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}

/// Remembers which topics the broker may hold subscriptions for, across restarts.
struct TopicMemory: Sendable {
    let folder: String

    /// Name of the file in the data folder: one filter a line, its level before it.
    static let fileName = "subscriptions"

    /// The topics of the last run; none when it is not known.
    func load() -> [MQTT.TopicFilter] {
        guard let text = try? String(contentsOfFile: "\(folder)/\(Self.fileName)", encoding: .utf8)
        else { return [] }
        return text.split(separator: "\n").compactMap { line in
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, let quality = MQTT.QualityOfService(named: String(parts[0]))
            else {
                return nil
            }
            return MQTT.TopicFilter(String(parts[1]), quality: quality)
        }
    }

    /// Keeps the topics; called before the broker is asked to change them.
    func store(_ topics: [MQTT.TopicFilter], _ logger: Logger) {
        let text = topics.map { "\($0.quality.name) \($0.pattern)\n" }.joined()
        do {
            try StorageFolder(folder).replace(Self.fileName, with: Array(text.utf8))
        } catch {
            logger.error("cannot keep the list of subscriptions: \(error)")
        }
    }
}

extension MQTT.QualityOfService {
    fileprivate var name: String {
        switch self {
        case .atMostOnce: "0"
        case .atLeastOnce: "1"
        case .exactlyOnce: "2"
        }
    }

    fileprivate init?(named name: String) {
        switch name {
        case "0": self = .atMostOnce
        case "1": self = .atLeastOnce
        case "2": self = .exactlyOnce
        default: return nil
        }
    }
}
