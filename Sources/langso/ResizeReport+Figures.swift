internal import Gateway

extension ResizeReport {
    /// What was done, for people.
    var figures: [(name: String, value: String)] {
        var figures = [
            (name: "folder", value: folder),
            ("tier raw", "\(rawTierBytes) bytes, before \(rawTierBytesBefore)"),
        ]
        for rollup in rollups {
            var text = "\(rollup.bytes) bytes, before \(rollup.bytesBefore)"
            if let time = rollup.droppedBefore { text += "; summaries before \(time) dropped" }
            figures.append(("tier \(rollup.tier)", text))
        }
        figures.append(("series", "\(series)"))
        figures.append(("samples", "\(samples)"))
        if let droppedFrom, let droppedBefore {
            let text = "\(droppedSamples), from \(droppedFrom) to before \(droppedBefore)"
            figures.append(("samples dropped", text))
        }
        if emptySeries > 0 {
            figures.append(("series left out", "\(emptySeries) without samples"))
        }
        if damagedBlocks > 0 {
            let text = "\(damagedBlocks) left out, among them \(unreadableSamples) samples"
            figures.append(("damaged blocks", text))
        }
        return figures
    }
}
