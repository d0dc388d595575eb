import FoundationEssentials
import Postgres
import Tenancy
import Testing
import Values

@testable import Access

@Suite("key file")
struct KeyFileTests {
    private let one = String(repeating: "0a", count: 32)
    private let two = [UInt8](repeating: 0xF1, count: 32)
    private let place = SealContext(
        location: LocationID(UUID(high: 7, low: 7)),
        table: "patient",
        id: UUID(high: 8, low: 8),
        column: "tax_id"
    )

    @Test("a new key opens before it seals, and what was sealed before still opens")
    func added() throws {
        var file = try KeyFile("# ours\n\(one)\n")
        let before = try KeyRing(text: file.text)
        let sealed = try before.seal("x", for: place)
        #expect(file.add(two) == 2)
        let added = try KeyRing(text: file.text)
        #expect(added.currentID == 1 && added.ids == [1, 2])
        try file.use(2)
        let used = try KeyRing(text: file.text)
        #expect(used.currentID == 2 && used.ids == [2, 1])
        #expect(try used.openText(sealed, for: place) == "x")
        #expect(try added.openText(try used.seal("y", for: place), for: place) == "y")
        #expect(file.text == "# ours\n1 \(one)\n2 \(hex(two))\n")
    }

    @Test("the key that seals is not retired, a retired number is not used again, and its checkpoints stay good")
    func retired() throws {
        var file = try KeyFile("1 \(one)\n")
        let trail = Trail.organization(OrganizationID(UUID(high: 1, low: 1)))
        let line = try Checkpoint(trail, batch: 3, hash: two, at: Ambient.system.now(), keys: try KeyRing(text: file.text)).text
        #expect(throws: Problem.self) { try file.retire(1) }
        #expect(throws: Problem.self) { try file.retire(9) }
        #expect(throws: Problem.self) { try file.use(9) }
        let id = file.add(two)
        try file.use(id)
        try file.retire(1)
        let keys = try KeyRing(text: file.text)
        #expect(keys.ids == [2] && keys.retiredIDs == [1])
        #expect(!file.text.contains(one))
        let kept = try #require(Checkpoint(line))
        #expect(try kept.isGenuine(keys))
        #expect(try !kept.isGenuine(try KeyRing(text: "2 \(hex(two))")))
        #expect(file.nextID == 3)
        #expect(throws: KeyRing.Failure.keyFile(line: 2, "key 1 appears twice")) {
            try KeyFile(file.text.split(separator: "\n")[0] + "\n1 \(one)")
        }
    }

    @Test("who was shown a second factor before a rotation confirms it after")
    func invitation() throws {
        var file = try KeyFile("1 \(one)\n")
        let shown = try KeyRing(text: file.text).secrets(for: [1, 2], purpose: "invitation.totp")
        try file.use(file.add(two))
        let after = try KeyRing(text: file.text).secrets(for: [1, 2], purpose: "invitation.totp")
        #expect(after.count == 2 && after.last == shown.first && after.first != shown.first)
    }

    @Test("a file is changed whole, keeps its rights, and a change that fails changes nothing")
    func changed() throws {
        let path = try path("1 \(one)\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        #expect(try KeyFile.rotate(path, to: nil, newKey: two) == 2)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "1 \(one)\n2 \(hex(two))\n")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(throws: Problem.self) { try KeyFile.rotate(path, to: 7, newKey: two) }
        // A writer that was killed left half a file beside it.
        try "1 ab".write(toFile: path + ".part", atomically: false, encoding: .utf8)
        #expect(try KeyFile.rotate(path, to: 1, newKey: two) == 1)
        #expect(try KeyRing(file: path).ids == [1, 2])
        #expect(!FileManager.default.fileExists(atPath: path + ".part"))
    }

    @Test("a process that knows the file takes up a key when it meets what that key sealed; a broken file changes nothing")
    func takenUp() throws {
        let path = try path("1 \(one)\n")
        let running = try KeyRing(file: path)
        let sealed = try running.seal("x", for: place)
        _ = try KeyFile.rotate(path, to: nil, newKey: two)
        let anew = try KeyRing(file: path).seal("y", for: place)
        #expect(try running.openText(anew, for: place) == "y")
        #expect(running.currentID == 2)
        try "rubbish".write(toFile: path, atomically: true, encoding: .utf8)
        #expect(throws: KeyRing.Failure.unknownKey(9)) {
            try running.open([1, 0, 0, 0, 9] + [UInt8](repeating: 0, count: 40), for: place)
        }
        #expect(try running.openText(sealed, for: place) == "x")
    }

    private func path(_ text: String) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path() + "/key-file-" + hex(Ambient.system.bytes(6))
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: folder + "/key", atomically: true, encoding: .utf8)
        return folder + "/key"
    }
}

extension OnDatabase {
    @Suite("rotation of keys")
    struct Rotation {
        @Test("killed between two batches, everything can be opened, and the next run finishes")
        func interrupted() async throws {
            let practice = try Practice.current
            let (one, two) = (String(repeating: "5c", count: 32), String(repeating: "77", count: 32))
            let keys = try KeyRing(text: "1 \(one)\n2 \(two)")
            let rotated = Access(tenancy: practice.tenancy, keys: keys, ambient: practice.ambient, logger: practice.logger)
            let ids = (0..<450).map { _ in practice.ambient.id(AccountID.self) }
            let now = practice.ambient.now()
            try await practice.tenancy.signIn { tx in
                for id in ids {
                    let sealed = try practice.keys.seal(id.uuid.bytes, for: StoredAccount.secretContext(id))
                    tx.enqueue(
                        """
                        insert into control.account (id, email, email_key, password_hash, totp_secret, totp_last_step, created_at, created_by, \
                        updated_at, updated_by) values (\(id), \(id.description), \(id.description), 'none', \(sealed), 0, \(now), \(id), \(now), \(id))
                        """
                    )
                }
            }
            var batches = 0
            await #expect(throws: Killed.self) {
                _ = try await rotated.reseal(SealedColumn.all[0], in: .accounts, by: practice.commandLine()) {
                    batches += 1
                    if batches == 2 { throw Killed() }
                }
            }
            let half = try await rotated.keyUse(of: SealedColumn.all[0], in: .accounts)
            #expect(half[2] == 200 && (half[1] ?? 0) >= 250)
            try await opens(ids, keys, practice)
            #expect(try await practice.resealAccounts(rotated).unreadable == 0)
            #expect(try await rotated.keyUse(of: SealedColumn.all[0], in: .accounts).keys.sorted() == [2])
            try await opens(ids, keys, practice)
            // The other tests know the first key only.
            let back = Access(
                tenancy: practice.tenancy,
                keys: try KeyRing(text: "2 \(two)\n1 \(one)"),
                ambient: practice.ambient,
                logger: practice.logger
            )
            _ = try await practice.resealAccounts(back)
        }

        @Test("what no key opens is left as it is, counted, and holds up nothing")
        func unreadable() async throws {
            let practice = try Practice.current
            let other = Access(
                tenancy: practice.tenancy,
                keys: try KeyRing(text: "3 \(String(repeating: "99", count: 32))"),
                ambient: practice.ambient,
                logger: practice.logger
            )
            _ = try await practice.join(practice.access(), [NewGrant(.builtIn(.provider), at: practice.north.id)])
            let use = try await other.keyUse(of: SealedColumn.all[0], in: .accounts)
            let result = try await practice.resealAccounts(other)
            #expect(result.rows == 0 && result.unreadable == use[1])
            #expect(try await other.keyUse(of: SealedColumn.all[0], in: .accounts) == use)
        }

        private func opens(_ ids: [AccountID], _ keys: KeyRing, _ practice: Practice) async throws {
            let rows = try await practice.tenancy.signInRead(
                "select id, totp_secret from control.account where id = any(\(ids.map(\.uuid)))"
            )
            #expect(rows.count == ids.count)
            for (id, sealed) in try rows.decode((AccountID, [UInt8]).self) {
                #expect(try keys.open(sealed, for: StoredAccount.secretContext(id)) == id.uuid.bytes)
            }
        }
    }
}

/// The process is gone.
struct Killed: Error {}
