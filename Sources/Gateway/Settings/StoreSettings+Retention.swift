internal import PromQL
internal import RingStore

extension StoreSettings {
    /// How long samples are kept and how many bytes of them, as Prometheus says it.
    var retentionText: String {
        let size = SizeText.print(rawTierBytes)
        return retention.map { "\(DurationText.print($0)) or \(size)" } ?? size
    }
}
