internal import Telemetry

/// Records of an office that together cover a unit's villages without overlap.
///
/// A record of a unit that was merged away covers the villages it had on the record's day. So the
/// figure of a merged commune is made of what was counted in the former ones, once each.
struct AreaCover<Record> {
    /// The records, none overlapping another.
    let records: [Record]
    /// The villages they cover.
    let villages: Set<String>

    /// Chooses the newest records, unless older ones of larger areas cover more villages.
    init(
        of wanted: Set<String>,
        from candidates: [Record],
        facts: IndicatorFacts,
        area: (Record) -> String,
        date: (Record) -> CivilDate
    ) {
        let placed = candidates.map { record in
            let day = date(record)
            return Placed(
                record: record,
                villages: facts.villageCodes(of: area(record), on: day),
                date: day
            )
        }.filter { !$0.villages.isEmpty && $0.villages.isSubset(of: wanted) }
        let newest = Self.chosen(
            placed.sorted { ($0.date, $0.villages.count) > ($1.date, $1.villages.count) }
        )
        let largest = Self.chosen(
            placed.sorted { ($0.villages.count, $0.date) > ($1.villages.count, $1.date) }
        )
        (records, villages) = largest.1.count > newest.1.count ? largest : newest
    }

    private struct Placed {
        let record: Record
        let villages: Set<String>
        let date: CivilDate
    }

    private static func chosen(_ sorted: [Placed]) -> ([Record], Set<String>) {
        var records: [Record] = []
        var covered: Set<String> = []
        for placed in sorted where covered.isDisjoint(with: placed.villages) {
            records.append(placed.record)
            covered.formUnion(placed.villages)
        }
        return (records, covered)
    }
}
