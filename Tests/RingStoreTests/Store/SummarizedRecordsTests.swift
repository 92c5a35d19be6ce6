import Testing

@testable import RingStore

/// Which samples had been taken before checkpoints that were cut short.
struct SummarizedRecordsTests {
    private func records(_ stretches: [(end: UInt64, lateFrom: Int64)]) -> SummarizedRecords {
        var records = SummarizedRecords()
        for stretch in stretches { records.extend(to: stretch.end, lateFrom: stretch.lateFrom) }
        return records
    }

    @Test func `each record is judged by the time of its own stretch`() {
        let records = records([(100, 5000), (200, 9000)])
        #expect(records.end == 200)
        #expect(records.include(5000, at: 0) && records.include(5000, at: 99))
        #expect(!records.include(4999, at: 99))
        #expect(!records.include(8999, at: 100) && records.include(9000, at: 100))
        #expect(records.include(9000, at: 199))
        #expect(!records.include(.max, at: 200), "it had not come yet")
        #expect(!SummarizedRecords().include(.max, at: 0))
    }

    @Test
    func `a checkpoint that goes no further adds nothing, and one of the same time no stretch`() {
        var records = records([(100, 5000)])
        let known = records
        records.extend(to: 100, lateFrom: 9000)
        records.extend(to: 40, lateFrom: 9000)
        #expect(records == known)
        records.extend(to: 200, lateFrom: 5000)
        #expect(records.stretches == [.init(end: 200, lateFrom: 5000)])
    }

    @Test func `of more stretches than there is room for none refuses what had been taken`() {
        let given = (1...12).map { (end: UInt64($0) * 100, lateFrom: Int64($0) * 1000) }
        let records = records(given)
        #expect(records.stretches.count == SummarizedRecords.maximumStretches)
        #expect(records.end == 1200)
        for (end, lateFrom) in given {
            #expect(records.include(lateFrom, at: end - 1))
            #expect(end > 700 || !records.include(lateFrom - 1, at: end - 1))
        }
        // From the eighth on they are one, of the earliest time.
        #expect(records.include(8000, at: 1199) && !records.include(7999, at: 1199))
    }

    @Test func `what the journal is no longer needed for is forgotten`() {
        var records = records([(100, 5000), (200, 9000)])
        records.forget(before: 99)
        #expect(records.stretches.count == 2)
        records.forget(before: 100)
        #expect(records.stretches == [.init(end: 200, lateFrom: 9000)])
        records.forget(before: 200)
        #expect(records == SummarizedRecords())
    }

    @Test func `bytes come back, and less than a stretch is none`() {
        let records = records([(100, 5000), (200, .min)])
        var bytes: [UInt8] = []
        records.append(to: &bytes)
        #expect(bytes.count == 2 * SummarizedRecords.stretchBytes)
        var reader = ByteReader(bytes)
        #expect(SummarizedRecords(&reader) == records)
        reader = ByteReader(Array(bytes.dropLast()))
        #expect(SummarizedRecords(&reader).stretches == Array(records.stretches.prefix(1)))
    }
}
