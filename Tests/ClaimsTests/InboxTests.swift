import FoundationEssentials
import Glibc
import TestSupport
import Testing
import Values

@testable import Claims

@Suite("The inbound folder")
struct InboxTests {
    private let inbox: Inbox
    private let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.path() + "/inbox-" + hex(Ambient.system.bytes(6))
        var settings = ClaimsSettings(filesFolder: path, outboundFolder: path, inboundFolder: path)
        settings.settledAfter = 0
        settings.largestInboundFile = 1_000
        inbox = Inbox(folder: Folder(path), settings: settings)
        try inbox.make()
    }

    private func put(_ name: String, _ text: String) throws {
        try Array(text.utf8).withUnsafeBytes { try Data($0).write(to: URL(fileURLWithPath: path + "/" + name)) }
    }

    private var read: [InboxFile] {
        get throws { try inbox.names().compactMap { inbox.read($0, now: Ambient.system.now()) } }
    }

    @Test("unfinished names, folders, links and pipes are passed by")
    func odd() throws {
        try put(".hidden", "x")
        try put("upload.part", "x")
        try put("good.835", "content")
        mkdir(path + "/folder", 0o700)
        symlink("/etc/passwd", path + "/link")
        mkfifo(path + "/pipe", 0o600)
        #expect(try read.map(\.shownName) == ["good.835"])
    }

    @Test("a name that is no UTF-8 is read and moved like any other", .shows("IO-11"))
    func oddName() throws {
        let name = path + "/a"
        let bytes = name.utf8.map { CChar(bitPattern: $0) } + [CChar(bitPattern: 0xFF), 0]
        let descriptor = open(bytes, O_WRONLY | O_CREAT, 0o600)
        #expect(descriptor >= 0)
        close(descriptor)
        let file = try #require(try read.first)
        #expect(try inbox.move(file, to: inbox.held))
        #expect(try read.isEmpty)
        #expect(inbox.wasMoved(file))
    }

    @Test("a name as long as a file system takes is moved under one that it takes, and known again there")
    func longName() throws {
        try put(String(repeating: "z", count: 250) + ".835", "content")
        let file = try #require(try read.first)
        #expect(try inbox.move(file, to: inbox.done))
        #expect(try read.isEmpty)
        #expect(inbox.wasMoved(file))
    }

    @Test(
        "a file that grows after it was read comes back under a name of its own, and is read whole",
        arguments: ["content and more", "CONTENT"]
    )
    func grows(_ text: String) throws {
        try put("slow.835", "content")
        let file = try #require(try read.first)
        let descriptor = open(path + "/slow.835", O_WRONLY)
        let written = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        #expect(written == text.utf8.count)
        close(descriptor)
        #expect(try !inbox.move(file, to: inbox.done))
        #expect(!inbox.wasMoved(file))
        let whole = try #require(try read.first)
        #expect(String(decoding: whole.bytes, as: UTF8.self) == text)
        #expect(whole.shownName.hasSuffix("_slow.835"))
        #expect(try inbox.move(whole, to: inbox.done))
        #expect(try read.isEmpty)
    }

    @Test("what lies in the folder for ten minutes is named, with what it is")
    func leftovers() throws {
        try put("waiting.835", "x")
        try put("upload.part", "x")
        mkdir(path + "/folder", 0o700)
        symlink("/etc/passwd", path + "/link")
        mkfifo(path + "/pipe", 0o600)
        let now = Ambient.system.now()
        #expect(InboundLeftover.all(in: path, now: now).isEmpty)
        let found = InboundLeftover.all(in: path, now: now.adding(minutes: 11))
        #expect(found.map(\.name) == ["folder", "link", "pipe", "upload.part", "waiting.835"])
        #expect(found.map(\.kind) == [.folder, .link, .other, .unfinished, .file])
    }

    @Test("a file that changed a moment ago waits")
    func unsettled() throws {
        try put("new.835", "content")
        var settings = inbox.settings
        settings.settledAfter = 3_600
        let patient = Inbox(folder: inbox.folder, settings: settings)
        #expect(try patient.names().compactMap { patient.read($0, now: Ambient.system.now()) }.isEmpty)
        #expect(try read.count == 1)
    }

    @Test("of a file beyond the limit only the hash is known")
    func large() throws {
        try put("large.835", String(repeating: "x", count: 1_001))
        let file = try #require(try read.first)
        #expect(file.isTooLarge && file.bytes.isEmpty && file.sha256.count == 32)
    }

    @Test("only one looks at a time")
    func lock() throws {
        let first = try #require(try inbox.lock())
        #expect(try inbox.lock() == nil)
        close(first)
        let second = try #require(try inbox.lock())
        close(second)
    }
}

@Suite("Files that are written whole or not at all")
struct FolderTests {
    private let folder = Folder(FileManager.default.temporaryDirectory.path() + "/folder-" + hex(Ambient.system.bytes(6)))

    @Test("the same bytes under the same name change nothing, other bytes are refused, nothing else is left behind")
    func write() throws {
        try folder.make()
        try folder.write([1, 2, 3], as: "a")
        try folder.write([1, 2, 3], as: "a")
        #expect(throws: FileFault("write", EEXIST)) { try folder.write([1, 2, 4], as: "a") }
        #expect(throws: FileFault("write", EEXIST)) { try folder.write([1, 2], as: "a") }
        #expect(try folder.read("a", limit: 10) == [1, 2, 3])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a"])
    }
}
