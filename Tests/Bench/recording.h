// What `record` wrote, read back: statements, and units of work. A unit is everything on one connection up to a Sync: one implicit or
// explicit transaction. Where the gateway waited for answers in between, the replay waits too. What goes to the intake of the trails is kept apart,
// by the number of its rows: such a row is about the answer of another unit.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

enum { DATABASES = 16, CONNECTIONS = 4096, FIELDS = 128, MOST_ROWS = 64 };

struct statement { const char *sql; const unsigned *types; int count; };
struct step { int statement /* -1: wait for answers */, count; const char **values; int *lengths; };
struct unit { struct step *steps; int count; int waits, isDurable; };
struct intake { struct unit *units; size_t count, room, next; };
struct database { char name[64]; struct unit *units; size_t count, room; struct intake intakes[MOST_ROWS + 1]; uint64_t intakeRows; };

static struct statement *statements;
static int statementCount, statementRoom;
static struct database databases[DATABASES];
static int databaseCount;

// A statement of one connection by its name, which is "s" and a number.
struct names { int *of; int room; };
static struct names prepared[CONNECTIONS];
static int databaseOf[CONNECTIONS];
static struct step *open_[CONNECTIONS];
static int openCount[CONNECTIONS], openRoom[CONNECTIONS];

static int findStatement(const char *sql, const unsigned *types, int count) {
    // Texts are few, and looked for only when something is prepared.
    for (int i = 0; i < statementCount; i++)
        if (statements[i].count == count && !strcmp(statements[i].sql, sql) && !memcmp(statements[i].types, types, (size_t)count * 4)) return i;
    if (statementCount == statementRoom) statements = realloc(statements, (size_t)(statementRoom = statementRoom ? statementRoom * 2 : 256) * sizeof *statements);
    unsigned *copy = malloc((size_t)count * 4 + 4);
    memcpy(copy, types, (size_t)count * 4);
    statements[statementCount] = (struct statement){ strdup(sql), copy, count };
    return statementCount++;
}

static struct step *addStep(uint32_t connection) {
    if (openCount[connection] == openRoom[connection])
        open_[connection] = realloc(open_[connection], (size_t)(openRoom[connection] = openRoom[connection] ? openRoom[connection] * 2 : 16) * sizeof(struct step));
    return &open_[connection][openCount[connection]++];
}

// Ends a unit. What only prepares, and the commits that flush for everybody, are not somebody's work.
static void endUnit(uint32_t connection) {
    struct database *database = &databases[databaseOf[connection]];
    struct step *steps = open_[connection];
    int count = openCount[connection], real = 0, waits = 0, flush = 0, lazy = 0;
    open_[connection] = NULL;
    openCount[connection] = openRoom[connection] = 0;
    for (int i = 0; i < count; i++) {
        if (steps[i].statement < 0) { waits++; continue; }
        const char *sql = statements[steps[i].statement].sql;
        if (strstr(sql, "pg_logical_emit_message")) flush = 1;
        else if (!strncmp(sql, "select set_config(", 18)) lazy |= strstr(sql, "synchronous_commit") != NULL;
        else if (strcmp(sql, "begin") && strcmp(sql, "commit") && strcmp(sql, "rollback")) real++;
    }
    if (flush || !real) return;
    if (count == 2 && steps[1].statement >= 0 && !strncmp(statements[steps[1].statement].sql, "insert into queue.audit_intake", 30)) {
        // An array of ids: a header of 20 bytes, then 20 for each.
        int rows = (steps[1].lengths[0] - 20) / 20;
        if (rows > MOST_ROWS) { fprintf(stderr, "%d rows in one INSERT\n", rows); exit(1); }
        struct intake *intake = &database->intakes[rows];
        if (intake->count == intake->room) intake->units = realloc(intake->units, (intake->room = intake->room ? intake->room * 2 : 64) * sizeof(struct unit));
        intake->units[intake->count++] = (struct unit){ steps, count, 0, 0 };
        database->intakeRows += (uint64_t)rows;
        return;
    }
    if (database->count == database->room) database->units = realloc(database->units, (database->room = database->room ? database->room * 2 : 4096) * sizeof(struct unit));
    database->units[database->count++] = (struct unit){ steps, count, waits, lazy };
}

static uint32_t readWord(const char **at) { uint32_t word; memcpy(&word, *at, 4); *at += 4; return word; }

static void readRecording(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about)) { perror(path); exit(1); }
    const char *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, file, 0), *end = at + about.st_size;
    while (at < end) {
        char kind = *at++;
        uint32_t connection = readWord(&at), count = readWord(&at);
        const char *values[FIELDS];
        int lengths[FIELDS];
        if (connection >= CONNECTIONS || count > FIELDS) { fprintf(stderr, "%s is damaged\n", path); exit(1); }
        for (uint32_t i = 0; i < count; i++) {
            uint32_t length = readWord(&at);
            values[i] = length == 0xffffffffu ? NULL : at;
            lengths[i] = length == 0xffffffffu ? 0 : (int)length;
            at += lengths[i];
        }
        struct names *names = &prepared[connection];
        if (kind == 'C') {
            int found = 0;
            while (found < databaseCount && (strlen(databases[found].name) != (size_t)lengths[0] || memcmp(databases[found].name, values[0], (size_t)lengths[0]))) found++;
            if (found == databaseCount) memcpy(databases[databaseCount++].name, values[0], (size_t)lengths[0]);
            databaseOf[connection] = found;
        } else if (kind == 'P') {
            char *sql = strndup(values[1], (size_t)lengths[1]), *name = strndup(values[0], (size_t)lengths[0]);
            int number = atoi(name + 1);
            if (number >= names->room) names->of = realloc(names->of, (size_t)(names->room = number * 2 + 16) * sizeof(int));
            names->of[number] = findStatement(sql, (const unsigned *)values[2], lengths[2] / 4);
            free(sql);
            free(name);
        } else if (kind == 'E') {
            char *name = strndup(values[0], (size_t)lengths[0]);
            struct step *step = addStep(connection);
            *step = (struct step){ names->of[atoi(name + 1)], (int)count - 1, malloc(count * sizeof(char *)), malloc(count * sizeof(int)) };
            memcpy(step->values, values + 1, (count - 1) * sizeof *values);
            memcpy(step->lengths, lengths + 1, (count - 1) * sizeof *lengths);
            free(name);
        } else if (kind == 'F') {
            *addStep(connection) = (struct step){ -1, 0, NULL, NULL };
        } else {
            endUnit(connection);
        }
    }
}
