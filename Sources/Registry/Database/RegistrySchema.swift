internal import GRDB

/// The tables of the database file, version by version.
///
/// One table for each file of the import, one column for each of the file's, under the same names.
/// Days are texts `YYYY-MM-DD`, instants RFC 3339 in UTC with three decimals, flags 0 or 1, times
/// of day minutes after midnight, intervals seconds, lists texts divided by semicolons; what is not
/// known is NULL. `imports` is the audit log: one row for each file of each import.
/// `learned_intervals` holds how often devices report whose interval nobody gave, as the gateway
/// has seen it. `pending_retakings` holds which boxes' messages the gateway has yet to store again,
/// since when, and how often that was noted, because a change of their devices was noted or an
/// installation of theirs imported. What an area or a road's lamps refer to is checked by the
/// import alone, since an area is a village or a unit and lamps are a list. The file says whose it
/// is by `application_id`.
enum RegistrySchema {
    /// "lang" in ASCII, so that no other program's database is taken for a registry.
    static let applicationID = 0x6C61_6E67

    /// The newest version that this program knows; names of migrations are numbers.
    static let version = 4

    /// A version that was released never changes; a change is a version of its own.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { db in
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            try db.execute(sql: places)
            try db.execute(sql: services)
            try db.execute(sql: devices)
            try db.execute(sql: findings)
        }
        migrator.registerMigration("2") { db in try db.execute(sql: installations) }
        migrator.registerMigration("3") { db in try db.execute(sql: positionsAndRetakings) }
        migrator.registerMigration("4") { db in try db.execute(sql: notedRetakings) }
        return migrator
    }

    private static let places = """
        CREATE TABLE units (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL,
            regions TEXT, "from" TEXT, "to" TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE villages (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, latitude REAL, longitude REAL,
            households INTEGER, people INTEGER
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE memberships (
            unit TEXT NOT NULL REFERENCES units, village TEXT NOT NULL REFERENCES villages,
            "from" TEXT NOT NULL, "to" TEXT,
            PRIMARY KEY (unit, village, "from")
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE sites (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            village TEXT NOT NULL REFERENCES villages, latitude REAL, longitude REAL
        ) STRICT, WITHOUT ROWID;
        """

    private static let services = """
        CREATE TABLE feeders (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL,
            village TEXT NOT NULL REFERENCES villages, site TEXT REFERENCES sites
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE lighting (
            feeder TEXT NOT NULL REFERENCES feeders, "from" TEXT NOT NULL, mode TEXT NOT NULL,
            "on" TEXT, off TEXT,
            PRIMARY KEY (feeder, "from")
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE routes (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE collections (
            route TEXT NOT NULL REFERENCES routes, weekdays TEXT NOT NULL,
            start INTEGER NOT NULL, "from" TEXT NOT NULL, "end" INTEGER NOT NULL, "to" TEXT,
            PRIMARY KEY (route, weekdays, start, "from")
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE zones (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let devices = """
        CREATE TABLE devices (
            code TEXT NOT NULL PRIMARY KEY, address TEXT UNIQUE, name TEXT, kind TEXT NOT NULL,
            profile TEXT, parameters TEXT, village TEXT NOT NULL REFERENCES villages,
            site TEXT REFERENCES sites, feeder TEXT REFERENCES feeders,
            route TEXT REFERENCES routes, zone TEXT REFERENCES zones,
            latitude REAL, longitude REAL, expected_interval INTEGER, nominal_power_watts REAL,
            fullness_threshold_ratio REAL, simulated INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE roads (
            code TEXT NOT NULL PRIMARY KEY, village TEXT NOT NULL REFERENCES villages,
            class TEXT NOT NULL, length_kilometres REAL NOT NULL, lamps TEXT
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE supplies (
            code TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, loss_share REAL,
            chlorinated INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE supply_villages (
            supply TEXT NOT NULL REFERENCES supplies, village TEXT NOT NULL REFERENCES villages,
            households INTEGER, people INTEGER,
            PRIMARY KEY (supply, village)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE supply_devices (
            supply TEXT NOT NULL REFERENCES supplies, device TEXT NOT NULL REFERENCES devices,
            role TEXT NOT NULL,
            PRIMARY KEY (supply, device, role)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE points (
            device TEXT NOT NULL PRIMARY KEY REFERENCES devices, kind TEXT NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let installations = """
        CREATE TABLE installations (
            device TEXT NOT NULL REFERENCES devices, until TEXT NOT NULL, change TEXT NOT NULL,
            address TEXT, profile TEXT, parameters TEXT,
            village TEXT NOT NULL REFERENCES villages, site TEXT REFERENCES sites,
            feeder TEXT REFERENCES feeders, route TEXT REFERENCES routes,
            zone TEXT REFERENCES zones, last_indices TEXT, first_indices TEXT,
            successor TEXT REFERENCES devices, person TEXT NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (device, until)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE learned_intervals (
            device TEXT NOT NULL PRIMARY KEY REFERENCES devices, seconds INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let positionsAndRetakings = """
        ALTER TABLE installations ADD COLUMN latitude REAL;
        ALTER TABLE installations ADD COLUMN longitude REAL;
        CREATE TABLE pending_retakings (
            address TEXT NOT NULL PRIMARY KEY, since INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    private static let notedRetakings = """
        ALTER TABLE pending_retakings ADD COLUMN noted INTEGER NOT NULL DEFAULT 1;
        """

    private static let findings = """
        CREATE TABLE laboratory (
            supply TEXT NOT NULL REFERENCES supplies, "from" TEXT NOT NULL,
            document TEXT NOT NULL, passes INTEGER NOT NULL, "to" TEXT NOT NULL,
            simulated INTEGER NOT NULL,
            PRIMARY KEY (supply, "from", document)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE counts (
            key TEXT NOT NULL, area TEXT NOT NULL, date TEXT NOT NULL, numerator REAL NOT NULL,
            denominator REAL, valid_to TEXT, source TEXT, simulated INTEGER NOT NULL,
            PRIMARY KEY (key, area, date)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE attestations (
            key TEXT NOT NULL, area TEXT NOT NULL, "from" TEXT NOT NULL, passes INTEGER NOT NULL,
            "to" TEXT, document TEXT NOT NULL, simulated INTEGER NOT NULL,
            PRIMARY KEY (key, area, "from")
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE imports (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, person TEXT NOT NULL,
            file TEXT NOT NULL, inserted INTEGER NOT NULL, updated INTEGER NOT NULL,
            unchanged INTEGER NOT NULL, refused INTEGER NOT NULL
        ) STRICT;
        """
}
