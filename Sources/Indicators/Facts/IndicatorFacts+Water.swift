public import Telemetry

extension IndicatorFacts {
    /// A central water supply with those it serves and the devices that watch it.
    public struct WaterSupply: Hashable, Sendable {
        /// Its code.
        public let code: String
        /// Codes of the villages it serves.
        public let villages: Set<String>
        /// Connected households by village, where known.
        public let households: [String: Int]
        /// People served by village, where known.
        public let people: [String: Int]
        /// Ids of the meters whose volumes add up to what it delivers.
        public let meters: [String]
        /// Share of the metered volume that is lost before it is delivered, 0 to 1.
        ///
        /// Nil when the meters stand where water is delivered; a number marks the litres as an
        /// estimate.
        public let lossShare: Double?
        /// Ids of the devices that measure pH, turbidity or free chlorine.
        public let qualityDevices: [String]
        /// Whether the water is disinfected with chlorine.
        public let isChlorinated: Bool
        /// Results of laboratories.
        public let laboratoryResults: [LaboratoryResult]

        /// Creates a supply; villages with a number are served in any case.
        public init(
            code: String,
            villages: Set<String> = [],
            households: [String: Int] = [:],
            people: [String: Int] = [:],
            meters: [String] = [],
            lossShare: Double? = nil,
            qualityDevices: [String] = [],
            isChlorinated: Bool = false,
            laboratoryResults: [LaboratoryResult] = []
        ) {
            self.code = code
            self.villages = villages.union(households.keys).union(people.keys)
            self.households = households
            self.people = people
            self.meters = meters
            self.lossShare = lossShare
            self.qualityDevices = qualityDevices
            self.isChlorinated = isChlorinated
            self.laboratoryResults = laboratoryResults
        }

        /// Whether the newest laboratory result of a day is in date and passes; nil without one.
        public func laboratoryPasses(on date: CivilDate) -> Bool? {
            laboratoryResults.filter { $0.validFrom <= date && date <= $0.validTo }
                .max { $0.validFrom < $1.validFrom }?.passes
        }
    }

    /// A laboratory's result for the parameters of group A.
    public struct LaboratoryResult: Hashable, Sendable {
        /// Whether every parameter kept its limit.
        public let passes: Bool
        /// Day it was issued.
        public let validFrom: CivilDate
        /// Last day it may be relied upon.
        public let validTo: CivilDate
        /// Laboratory and number of the report.
        public let document: String
        /// Whether it is made up for a demonstration.
        public let isSimulated: Bool

        /// Creates a result.
        public init(
            passes: Bool,
            validFrom: CivilDate,
            validTo: CivilDate,
            document: String,
            isSimulated: Bool = false
        ) {
            self.passes = passes
            self.validFrom = validFrom
            self.validTo = validTo
            self.document = document
            self.isSimulated = isSimulated
        }
    }
}
