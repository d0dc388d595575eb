import Testing

/// All of it against one real server, one test at a time, so that the connections of the tests stay few.
@Suite(.serialized) enum PostgresTests {}
