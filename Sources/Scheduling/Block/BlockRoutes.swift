import Access
import Values
import Web

struct BlockRoutes {
    var routes: [Route] {
        [
            .create(
                "/v1/locations/{location}/blocks",
                "Blocks time of a resource, or of everything at the location",
                .permission(.scheduleBlock),
                body: CreateBlockBody.shape,
                answer: Block.shape,
                errors: [Block.backwards, Block.tooLong],
                place: { $0.id.description }
            ) { _, work, body in
                try await CreateBlock(body: body).run(work)
            },
            .list(
                "/v1/locations/{location}/blocks",
                "Lists blocks, the earliest first",
                .permission(.scheduleRead),
                query: BlockQuery.shape,
                item: Block.shape
            ) { call, query, page in
                let after = try page.after.map { (start: try $0.instant(0), id: try $0.id(1, BlockID.self)) }
                let rows = try await call.read(
                    BlockStore.page(query, after: after, limit: page.fetch),
                    ReadAct("block.list", "block")
                )
                return page.page(try rows.map(BlockStore.block)) { [.instant($0.startsAt), .id($0.id)] }
            },
            .get(
                "/v1/locations/{location}/blocks/{block}",
                "Shows a block",
                .permission(.scheduleRead),
                answer: Block.shape
            ) { call in
                let id = try call.path.id("block", BlockID.self)
                guard let row = try await call.read(BlockStore.one(id), ReadAct("block.read", "block")).first else {
                    throw Problem.notFound
                }
                return try BlockStore.block(row)
            },
            .change(
                "/v1/locations/{location}/blocks/{block}",
                "Changes a block",
                .permission(.scheduleBlock),
                body: ChangeBlockBody.shape,
                answer: Block.shape,
                errors: [Block.backwards, Block.tooLong]
            ) { call, work, body in
                try await ChangeBlock(id: try call.path.id("block", BlockID.self), body: body).run(work)
            },
            .remove(
                "/v1/locations/{location}/blocks/{block}",
                "Removes a block: the time can be booked again",
                .permission(.scheduleBlock)
            ) { call, work in
                try await RemoveBlock(id: try call.path.id("block", BlockID.self)).run(work)
            },
        ]
    }
}
