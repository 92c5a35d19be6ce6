internal import RingStore
internal import Telemetry

extension EpisodeWriter {
    /// Deletes samples of some series.
    mutating func delete(_ storage: inout CampaignStorage) throws {
        guard model.seriesCount > 0 else { return }
        var chosen: Set<Int> = []
        for _ in 0..<1 + draw(3) { chosen.insert(draw(model.seriesCount)) }
        let last = time - Int64(draw(20_000 * plan.stride))
        let deletion = CampaignDeletion(
            series: chosen.sorted(),
            range: last - Int64(draw(2000 * plan.stride))...last
        )
        let numbers = try deletion.series.map {
            try storage.store.series(for: CampaignSample.labels($0))
        }
        note(.deleting(deletion))
        do throws(StoreError) {
            _ = try storage.store.delete(
                numbers,
                StoreDeletion(
                    range: Instant(
                        milliseconds: deletion.range.lowerBound
                    )...Instant(
                        milliseconds: deletion.range.upperBound
                    ),
                    selection: "\(deletion.series)",
                    author: "campaign",
                    reason: "simulated",
                    time: Instant(milliseconds: time)
                ),
                journalPosition: storage.journal.head
            )
            end(deletion, storage.store, isDone: true)
        } catch {
            switch error {
            case .noRoomToDelete where !isUnderWay: end(deletion, storage.store, isDone: false)
            case .file:
                guard isExcused else { throw error }
                // As whoever deletes does: the store is let go, and opened once more.
                pendingDeletion = deletion
            default: throw error
            }
        }
    }

    /// Finds out whether a deletion that failed is done.
    mutating func settleDeletion(_ storage: inout CampaignStorage) throws {
        guard let deletion = pendingDeletion else { return }
        guard !isUnderWay else { throw CampaignFault("an opening did not end a deletion") }
        var isDone = false
        do {
            try storage.compare(with: model, deletion.series, &buffer)
        } catch is CampaignFault {
            var after = model
            after.remove(deletion)
            isDone = true
            try storage.compare(with: after, deletion.series, &buffer)
        }
        end(deletion, storage.store, isDone: isDone)
    }

    private var isUnderWay: Bool {
        disk.contents.names(in: CampaignStorage.folder).contains("store.deleting")
    }

    private mutating func end(
        _ deletion: CampaignDeletion,
        _ store: borrowing RingStore,
        isDone: Bool
    ) {
        let horizon = store.statistics.horizon.milliseconds
        if isDone { model.remove(deletion) }
        model.note(deletion, horizon: horizon)
        pendingDeletion = nil
        note(.deleted(isDone: isDone, horizon: horizon))
        note(store)
    }
}
