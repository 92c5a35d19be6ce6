import Telemetry
import Testing

struct LabelsTests {
    @Test func `labels are sorted, the last of a name wins, empty values go`() {
        let labels = Labels([Label("b", "1"), Label("a", "2"), Label("b", "3"), Label("c", "")])
        #expect(labels.sorted == [Label("a", "2"), Label("b", "3")])
        #expect(labels["c"] == nil)
    }

    @Test func `labels print as PromQL writes them`() {
        let labels = Labels(metric: "lamp_on", ["village": "Đồng \"Văn\"", "device": "d\\1"])
        #expect(labels.description == #"lamp_on{device="d\\1", village="Đồng \"Văn\""}"#)
        #expect(Labels(metric: "up").description == "up")
        #expect(Labels.empty.description == "{}")
    }

    @Test func `an absent label counts as the empty text`() {
        #expect(LabelMatcher("zone", .equal("")).accepts(Labels(metric: "up")))
        #expect(!LabelMatcher("zone", .notEqual("")).accepts(Labels(metric: "up")))
    }
}
