import Testing

@testable import Indicators

struct NumberTextTests {
    @Test func `numbers have two decimals at most and a comma in Vietnamese`() {
        #expect(NumberText.english(80) == "80")
        #expect(NumberText.english(66.6666) == "66.67")
        #expect(NumberText.english(0.5) == "0.5")
        #expect(NumberText.english(10.05) == "10.05")
        #expect(NumberText.vietnamese(66.6666) == "66,67")
        #expect(NumberText.english(-1.25) == "-1.25")
        #expect(NumberText.english(-0.001) == "0")
    }

    @Test func `what is no number is a dash`() {
        #expect(NumberText.english(.nan) == "–")
        #expect(NumberText.english(.infinity) == "–")
    }
}
