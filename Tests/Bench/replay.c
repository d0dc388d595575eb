// The floor: what a gateway asked of PostgreSQL (see record.c), asked again by plain libpq, with nothing in between.
//
//     replay FILE REQUESTS SECONDS THREADS DEPTH SINCE [once]
//
// FILE holds what REQUESTS requests caused. Each database gets THREADS connections of a blocking thread each; a thread has DEPTH units under
// way (1 where a unit waits for answers in between). Units are sent in their order, from the start again unless `once`. Ids made since SINCE
// (milliseconds) become new ones, as in new requests. What the gateway answers only after a shared flush, or after a row about it is in the intake of
// the trails, waits for one here too.
// libpq's own variables say where the databases are. Prints one JSON object.
#define _GNU_SOURCE
#include "recording.h"
#include <libpq-fe.h>
#include <pthread.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <time.h>

enum { UUID = 2950, UUIDS = 2951, FRESH = 32, DEEPEST = 64 };

struct flusher { pthread_mutex_t lock; pthread_cond_t asked, done; uint64_t wanted, started, completed, rows; struct database *database; };
struct worker { struct database *database; struct flusher *flusher; size_t *next; uint64_t done, errors, random; int *prepared; PGconn *connection; };

static uint64_t since, deadline, began;
static int depth, once;
static pthread_barrier_t ready;

static uint64_t now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec; }

static PGconn *connect_(const char *database) {
    char text[128];
    snprintf(text, sizeof text, "dbname=%s application_name=replay", database);
    PGconn *connection = PQconnectdb(text);
    if (PQstatus(connection) != CONNECTION_OK) { fprintf(stderr, "%s", PQerrorMessage(connection)); exit(1); }
    return connection;
}

static uint64_t randomWord(struct worker *w) { w->random ^= w->random << 13; w->random ^= w->random >> 7; return w->random ^= w->random << 17; }

static int isFresh(const unsigned char *id) {
    uint64_t time = 0;
    for (int i = 0; i < 6; i++) time = time << 8 | id[i];
    return id[6] >> 4 == 7 && time >= since && time < since + 86400000;
}

static void makeID(struct worker *w, unsigned char *id) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    uint64_t time = (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000, words[2] = { randomWord(w), randomWord(w) };
    memcpy(id, words, 16);
    for (int i = 0; i < 6; i++) id[i] = (unsigned char)(time >> (40 - 8 * i));
    id[6] = 0x70 | (id[6] & 15);
    id[8] = 0x80 | (id[8] & 63);
}

struct fresh { const char *old; unsigned char id[16]; };

static void sendStep(struct worker *w, struct step *step, struct fresh *fresh, int *freshCount, char *scratch) {
    struct statement *statement = &statements[step->statement];
    const char *values[FIELDS];
    int formats[FIELDS];
    char name[16];
    for (int i = 0; i < step->count; i++) {
        values[i] = step->values[i];
        formats[i] = 1;
        if (!values[i]) continue;
        if (statement->types[i] == UUID && isFresh((const unsigned char *)values[i])) {
            int found = 0;
            while (found < *freshCount && memcmp(fresh[found].old, values[i], 16)) found++;
            if (found == *freshCount && found < FRESH) { fresh[found].old = values[i]; makeID(w, fresh[found].id); ++*freshCount; }
            values[i] = (const char *)fresh[found].id;
        } else if (statement->types[i] == UUIDS && step->lengths[i] > 20) {
            // An array: a header of 20 bytes, then a length before each element.
            memcpy(scratch, values[i], (size_t)step->lengths[i]);
            for (int at = 24; at + 16 <= step->lengths[i]; at += 20)
                for (int k = 0; k < *freshCount; k++)
                    if (!memcmp(scratch + at, fresh[k].old, 16)) memcpy(scratch + at, fresh[k].id, 16);
            values[i] = scratch;
            scratch += step->lengths[i];
        }
    }
    snprintf(name, sizeof name, "r%d", step->statement);
    PQsendQueryPrepared(w->connection, name, step->count, values, step->lengths, formats, 1);
}

static void receive(struct worker *w, int answers) {
    for (int i = 0; i < answers; i++)
        for (PGresult *result; (result = PQgetResult(w->connection)); PQclear(result))
            if (PQresultStatus(result) == PGRES_FATAL_ERROR && !w->errors++) fprintf(stderr, "%s", PQresultErrorMessage(result));
}

static void receiveSync(struct worker *w) {
    PGresult *result = PQgetResult(w->connection);
    if (PQresultStatus(result) != PGRES_PIPELINE_SYNC) { fprintf(stderr, "out of step: %s\n", PQresultErrorMessage(result)); exit(1); }
    PQclear(result);
}

// Prepares every statement of the database before the clock runs, each under the role of a unit that uses it: the login may read nothing.
static void prepare(struct worker *w) {
    for (size_t u = 0; u < w->database->count; u++) {
        struct unit *unit = &w->database->units[u];
        struct fresh fresh[FRESH + 1];
        int freshCount = 0, sent = 0;
        for (int i = 0; i < unit->count; i++) {
            struct step *step = &unit->steps[i];
            char name[16];
            if (step->statement < 0 || w->prepared[step->statement]) continue;
            struct step *opening = unit->steps[0].statement >= 0 && strcmp(statements[unit->steps[0].statement].sql, "begin") ? unit->steps : unit->steps + 1;
            if (!sent && step != opening && w->prepared[opening->statement] && ++sent) sendStep(w, opening, fresh, &freshCount, NULL);
            w->prepared[step->statement] = 1;
            snprintf(name, sizeof name, "r%d", step->statement);
            PQsendPrepare(w->connection, name, statements[step->statement].sql, statements[step->statement].count, statements[step->statement].types);
            sent++;
            if (step == opening && ++sent) sendStep(w, opening, fresh, &freshCount, NULL);
        }
        if (!sent) continue;
        PQpipelineSync(w->connection);
        receive(w, sent);
        receiveSync(w);
    }
}

static void replay(struct worker *w, struct unit **units, int count) {
    static __thread char scratch[1 << 16];
    int pending[DEEPEST];
    for (int u = 0; u < count; u++) {
        struct fresh fresh[FRESH + 1];
        int freshCount = 0;
        pending[u] = 0;
        for (int i = 0; i < units[u]->count; i++) {
            struct step *step = &units[u]->steps[i];
            if (step->statement >= 0) { sendStep(w, step, fresh, &freshCount, scratch); pending[u]++; }
            else { PQsendFlushRequest(w->connection); receive(w, pending[u]); pending[u] = 0; }
        }
        PQpipelineSync(w->connection);
    }
    for (int u = 0; u < count; u++) { receive(w, pending[u]); receiveSync(w); }
}

static void waitForFlush(struct flusher *f, int rows) {
    pthread_mutex_lock(&f->lock);
    f->rows += (uint64_t)rows;
    uint64_t mine = f->started + 1;
    if (f->wanted < mine) f->wanted = mine;
    pthread_cond_signal(&f->asked);
    while (f->completed < mine) pthread_cond_wait(&f->done, &f->lock);
    pthread_mutex_unlock(&f->lock);
}

// Under the role that may add to the intake: the login may not so much as name it.
static void prepareIntake(struct worker *w) {
    for (int rows = 1; rows <= MOST_ROWS; rows++) {
        if (!w->database->intakes[rows].count) continue;
        struct step *steps = w->database->intakes[rows].units[0].steps;
        struct statement *opening = &statements[steps[0].statement], *insert = &statements[steps[1].statement];
        char name[16];
        PQclear(PQexec(w->connection, "begin"));
        snprintf(name, sizeof name, "r%d", steps[0].statement);
        PQclear(PQprepare(w->connection, name, opening->sql, opening->count, opening->types));
        int formats[FIELDS];
        for (int i = 0; i < FIELDS; i++) formats[i] = 1;
        PQclear(PQexecPrepared(w->connection, name, steps[0].count, steps[0].values, steps[0].lengths, formats, 1));
        snprintf(name, sizeof name, "r%d", steps[1].statement);
        PQclear(PQprepare(w->connection, name, insert->sql, insert->count, insert->types));
        PQclear(PQexec(w->connection, "commit"));
        return;
    }
}

// One recorded INSERT of as many rows as are waited for, or the next larger, or else the largest; with ids of its own.
static int addRows(struct worker *w, int wanted) {
    struct intake *intakes = w->database->intakes;
    int rows = wanted > MOST_ROWS ? MOST_ROWS : wanted;
    while (rows <= MOST_ROWS && !intakes[rows].count) rows++;
    if (rows > MOST_ROWS) for (rows = wanted > MOST_ROWS ? MOST_ROWS : wanted; !intakes[rows].count; rows--) {}
    struct unit unit = intakes[rows].units[intakes[rows].next++ % intakes[rows].count];
    struct fresh fresh[FRESH + 1];
    int freshCount = 0;
    char ids[20 + 20 * MOST_ROWS], scratch[sizeof ids];
    memcpy(ids, unit.steps[1].values[0], (size_t)unit.steps[1].lengths[0]);
    for (int row = 0; row < rows; row++) makeID(w, (unsigned char *)ids + 24 + 20 * row);
    const char *values[FIELDS];
    memcpy(values, unit.steps[1].values, (size_t)unit.steps[1].count * sizeof *values);
    values[0] = ids;
    struct step insert = unit.steps[1];
    insert.values = values;
    sendStep(w, &unit.steps[0], fresh, &freshCount, NULL);
    sendStep(w, &insert, fresh, &freshCount, scratch);
    PQpipelineSync(w->connection);
    receive(w, 2);
    receiveSync(w);
    return rows;
}

static void *flush(void *argument) {
    struct flusher *f = argument;
    struct worker w = { .database = f->database, .connection = connect_(f->database->name), .random = now() | 1 };
    // How many rows a unit's answer needs, on the average; what was added too much counts for the next.
    double each = f->database->count ? (double)f->database->intakeRows / (double)f->database->count : 0, owed = 0;
    if (f->database->intakeRows) {
        prepareIntake(&w);
        PQenterPipelineMode(w.connection);
    }
    for (;;) {
        pthread_mutex_lock(&f->lock);
        while (f->wanted <= f->completed) pthread_cond_wait(&f->asked, &f->lock);
        f->started++;
        owed += (double)f->rows * each;
        f->rows = 0;
        pthread_mutex_unlock(&f->lock);
        if (!f->database->intakeRows)
            PQclear(PQexec(w.connection, "select set_config('synchronous_commit', 'on', true), pg_logical_emit_message(true, 'polyclinic', '')"));
        while (f->database->intakeRows && owed >= 0.5) owed -= addRows(&w, (int)(owed + 0.5));
        pthread_mutex_lock(&f->lock);
        f->completed = f->started;
        pthread_cond_broadcast(&f->done);
        pthread_mutex_unlock(&f->lock);
    }
    return NULL;
}

static void *work(void *argument) {
    struct worker *w = argument;
    w->connection = connect_(w->database->name);
    PQenterPipelineMode(w->connection);
    w->prepared = calloc((size_t)statementCount, sizeof(int));
    if (getrandom(&w->random, 8, 0) != 8) exit(1);
    w->random |= 1;
    prepare(w);
    pthread_barrier_wait(&ready);
    struct unit *held = NULL; // one that waits for answers goes alone: those of others would come first
    while (now() < deadline) {
        struct unit *units[DEEPEST];
        int count = 0, isDurable = 0;
        do {
            struct unit *unit = held;
            if (!unit) {
                size_t index = __atomic_fetch_add(w->next, 1, __ATOMIC_RELAXED);
                if (once && index >= w->database->count) break;
                unit = &w->database->units[index % w->database->count];
            }
            held = unit->waits && count ? unit : NULL;
            if (held) break;
            units[count++] = unit;
            isDurable |= unit->isDurable;
        } while (count < depth && !units[count - 1]->waits);
        if (!count) break;
        replay(w, units, count);
        if (isDurable || w->database->intakeRows) waitForFlush(w->flusher, count);
        w->done += (uint64_t)count;
    }
    return NULL;
}

int main(int count, char **words) {
    if (count < 7) { fprintf(stderr, "usage: replay FILE REQUESTS SECONDS THREADS DEPTH SINCE [once]\n"); return 64; }
    readRecording(words[1]);
    int threads = atoi(words[4]), workerCount = 0, most = databaseCount * threads;
    depth = atoi(words[5]) > DEEPEST ? DEEPEST : atoi(words[5]);
    since = strtoull(words[6], NULL, 10);
    once = count > 7;
    struct worker *workers = calloc((size_t)most, sizeof *workers);
    pthread_t *ids = calloc((size_t)most, sizeof *ids);
    static struct flusher flushers[DATABASES];
    static size_t next[DATABASES];
    // What is kept for a second (sessions, the directory) must not be asked more often than it was: its database is left out.
    const char *leftOut = getenv("BENCH_LEFT_OUT");
    size_t recorded = 0;
    for (int d = 0; d < databaseCount; d++) {
        if (leftOut && !strcmp(databases[d].name, leftOut)) databases[d].count = 0;
        recorded += databases[d].count;
    }
    for (int d = 0; d < databaseCount; d++) {
        pthread_mutex_init(&flushers[d].lock, NULL);
        pthread_cond_init(&flushers[d].asked, NULL);
        pthread_cond_init(&flushers[d].done, NULL);
        flushers[d].database = &databases[d];
        pthread_t id;
        pthread_create(&id, NULL, flush, &flushers[d]);
        // Nor what was asked while the gateway started.
        if (databases[d].count * 20 < recorded) continue;
        for (int t = 0; t < threads; t++) workers[workerCount++] = (struct worker){ .database = &databases[d], .flusher = &flushers[d], .next = &next[d] };
    }
    pthread_barrier_init(&ready, NULL, (unsigned)workerCount + 1);
    deadline = UINT64_MAX;
    for (int i = 0; i < workerCount; i++) pthread_create(&ids[i], NULL, work, &workers[i]);
    pthread_barrier_wait(&ready);
    began = now();
    deadline = began + (uint64_t)(atof(words[3]) * 1e9);
    uint64_t done = 0, errors = 0;
    for (int i = 0; i < workerCount; i++) { pthread_join(ids[i], NULL); done += workers[i].done; errors += workers[i].errors; }
    double seconds = (double)(now() - began) / 1e9;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    printf("{\"units\": %lu, \"recorded\": %zu, \"answers\": %.1f, \"seconds\": %.4f, \"errors\": %lu, \"cpu_us\": %.0f}\n", done, recorded,
           (double)done * atof(words[2]) / (double)recorded, seconds, errors, cpu);
    return 0;
}
