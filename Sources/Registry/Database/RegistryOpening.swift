internal import GRDB

/// Opens database files, and refuses those that are no registry before anything is written.
enum RegistryOpening {
    static func open(_ path: String) throws(RegistryError) -> any DatabaseWriter {
        try wrapping(path, "open") {
            // Opening for writing would already change the journal mode of a foreign file.
            if FileSize.isWritten(path) { _ = try reader(path) }
            let pool = try DatabasePool(path: path, configuration: configuration())
            try RegistrySchema.migrator.migrate(pool)
            return pool
        }
    }

    static func openInMemory() throws(RegistryError) -> any DatabaseWriter {
        try wrapping(":memory:", "open") {
            let queue = try DatabaseQueue(configuration: configuration())
            try RegistrySchema.migrator.migrate(queue)
            return queue
        }
    }

    /// Does something with the database, whose errors become those of the registry.
    static func wrapping<Result>(
        _ path: String,
        _ attempt: String,
        _ body: () throws -> Result
    ) throws(RegistryError) -> Result {
        do {
            return try body()
        } catch let error as RegistryError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw .notADatabase(path: path)
        } catch let error as DatabaseError {
            let reason = error.message ?? error.resultCode.description
            throw .database(path: path, attempt: attempt, reason: reason)
        } catch {
            throw .database(path: path, attempt: attempt, reason: "\(error)")
        }
    }

    private static func configuration() -> Configuration {
        var configuration = Configuration()
        configuration.label = "langso.registry"
        configuration.foreignKeysEnabled = true
        // Another process that imports holds the file for less than this.
        configuration.busyMode = .timeout(10)
        return configuration
    }

    /// Opens a registry that is there for reading only, after a look at whose it is.
    static func reader(_ path: String) throws -> any DatabaseReader {
        var configuration = configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try queue.read { db in
            let tables =
                try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            guard tables > 0 else { return }
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id")
            guard application == RegistrySchema.applicationID else {
                throw RegistryError.foreignDatabase(path: path)
            }
            let versions = try RegistrySchema.migrator.appliedIdentifiers(db).compactMap { Int($0) }
            let version = versions.max() ?? 0
            guard version <= RegistrySchema.version else {
                throw RegistryError.newerDatabase(
                    path: path,
                    version: version,
                    supported: RegistrySchema.version
                )
            }
        }
        return queue
    }
}
