// A peer: openings as booking systems commonly find them. What the providers have is fetched, then every slot on the grid of each provider's day is
// tested against all appointments of that provider. No HTTP, no session, no permission, no trail; no rooms, no order but that in which they are found.
//
//     walk SECONDS THREADS SCHEMA FIRST LAST MINUTES:TOTAL…
//
// libpq's variables say where the database is. FIRST and LAST are days; each thread asks for openings of so many MINUTES in turn, and TOTAL is how many
// there are. Prints one JSON object, as `load` does.
#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

enum { PROVIDERS = 64, SPANS = 4096, ASKED = 16, ROOM = 1 << 20 };

struct span { int64_t begins, ends; };
struct spans { struct span of[SPANS]; int count; };
struct calendar { char provider[16]; struct spans hours, busy; };
struct worker { PGconn *connection; uint64_t done, wrong; uint32_t *latencies; };

static const int64_t minute = 60000000;
static char hoursText[2048], busyText[2048];
static int lengths[ASKED], askedCount;
static long totals[ASKED];
static uint64_t deadline;
static pthread_barrier_t ready;

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void die(PGconn *connection) { fprintf(stderr, "%s", PQerrorMessage(connection)); exit(1); }

static PGresult *query(PGconn *connection, const char *name) {
    PGresult *result = PQexecPrepared(connection, name, 0, NULL, NULL, NULL, 1);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) die(connection);
    return result;
}

static int64_t readMoment(const PGresult *rows, int row, int column) {
    int64_t moment;
    memcpy(&moment, PQgetvalue(rows, row, column), 8);
    return (int64_t)be64toh((uint64_t)moment);
}

static struct calendar *find(struct calendar *calendars, int *count, const char *provider) {
    for (int i = *count - 1; i >= 0; i--)
        if (!memcmp(calendars[i].provider, provider, 16)) return &calendars[i];
    if (*count == PROVIDERS) { fprintf(stderr, "too many providers\n"); exit(1); }
    struct calendar *new = &calendars[(*count)++];
    memcpy(new->provider, provider, 16);
    new->hours.count = new->busy.count = 0;
    return new;
}

static void collect(PGconn *connection, const char *name, struct calendar *calendars, int *count, int isBusy) {
    PGresult *rows = query(connection, name);
    for (int i = 0; i < PQntuples(rows); i++) {
        struct calendar *calendar = find(calendars, count, PQgetvalue(rows, i, 0));
        struct spans *spans = isBusy ? &calendar->busy : &calendar->hours;
        if (spans->count == SPANS) { fprintf(stderr, "too much is booked\n"); exit(1); }
        spans->of[spans->count++] = (struct span){ readMoment(rows, i, 1), readMoment(rows, i, 2) };
    }
    PQclear(rows);
}

static int isFree(const struct spans *busy, int64_t begins, int64_t ends) {
    for (int i = 0; i < busy->count; i++)
        if (busy->of[i].begins < ends && busy->of[i].ends > begins) return 0;
    return 1;
}

static long openings(struct worker *w, struct calendar *calendars, int64_t *found, int64_t length) {
    int count = 0;
    long total = 0;
    collect(w->connection, "hours", calendars, &count, 0);
    collect(w->connection, "busy", calendars, &count, 1);
    for (int i = 0; i < count; i++)
        for (int d = 0; d < calendars[i].hours.count; d++)
            for (int64_t at = calendars[i].hours.of[d].begins; at + length <= calendars[i].hours.of[d].ends; at += 15 * minute)
                if (isFree(&calendars[i].busy, at, at + length)) found[total++ % ROOM] = at;
    return total;
}

static void *work(void *argument) {
    struct worker *w = argument;
    struct calendar *calendars = malloc(PROVIDERS * sizeof *calendars);
    int64_t *found = malloc(ROOM * sizeof *found);
    w->latencies = malloc(ROOM * sizeof *w->latencies);
    pthread_barrier_wait(&ready);
    for (uint64_t began = now(); began < deadline; began = now()) {
        int which = (int)(w->done % (uint64_t)askedCount);
        if (openings(w, calendars, found, lengths[which] * minute) != totals[which]) w->wrong++;
        w->latencies[w->done++ % ROOM] = (uint32_t)((now() - began) / 1000);
    }
    return NULL;
}

static PGconn *connect_(const char *schema) {
    char text[256];
    PGconn *connection = PQconnectdb("");
    if (PQstatus(connection) != CONNECTION_OK) die(connection);
    snprintf(text, sizeof text, "set role \"%s\"", schema);
    PQclear(PQexec(connection, text));
    if (PQresultStatus(PQprepare(connection, "hours", hoursText, 0, NULL)) != PGRES_COMMAND_OK) die(connection);
    if (PQresultStatus(PQprepare(connection, "busy", busyText, 0, NULL)) != PGRES_COMMAND_OK) die(connection);
    return connection;
}

static int byValue(const void *a, const void *b) { return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b); }

int main(int count, char **words) {
    if (count < 7) { fprintf(stderr, "usage: walk SECONDS THREADS SCHEMA FIRST LAST MINUTES:TOTAL...\n"); return 64; }
    const char *schema = words[3], *first = words[4], *last = words[5], *zone = "America/New_York";
    for (int i = 6; i < count && askedCount < ASKED; i++, askedCount++)
        if (sscanf(words[i], "%d:%ld", &lengths[askedCount], &totals[askedCount]) != 2) return 64;
    snprintf(hoursText, sizeof hoursText,
             "select resource_id, (day + from_minute * interval '1 minute') at time zone '%s', (day + until_minute * interval '1 minute') at time zone '%s' "
             "from generate_series('%s'::timestamp, '%s'::timestamp, interval '1 day') as day "
             "join %s.weekly_hours on weekday = extract(isodow from day) and from_day <= day and (until_day is null or until_day > day) where resource_id is not null",
             zone, zone, first, last, schema);
    snprintf(busyText, sizeof busyText,
             "select provider_id, starts_at, ends_at from %s.appointment where starts_at < ('%s'::timestamp + interval '1 day') at time zone '%s' "
             "and starts_at >= '%s'::timestamp at time zone '%s' and status <> 'cancelled'",
             schema, last, zone, first, zone);
    int threads = atoi(words[2]);
    struct worker *workers = calloc((size_t)threads, sizeof *workers);
    pthread_t *ids = calloc((size_t)threads, sizeof *ids);
    pthread_barrier_init(&ready, NULL, (unsigned)threads + 1);
    deadline = UINT64_MAX;
    for (int i = 0; i < threads; i++) {
        workers[i].connection = connect_(schema);
        pthread_create(&ids[i], NULL, work, &workers[i]);
    }
    uint64_t began = now();
    deadline = began + (uint64_t)(atof(words[1]) * 1e9);
    pthread_barrier_wait(&ready);
    uint64_t done = 0, wrong = 0;
    size_t kept = 0;
    uint32_t *latencies = NULL;
    for (int i = 0; i < threads; i++) {
        pthread_join(ids[i], NULL);
        size_t mine = workers[i].done < ROOM ? workers[i].done : ROOM;
        latencies = realloc(latencies, (kept + mine + 1) * sizeof *latencies);
        memcpy(latencies + kept, workers[i].latencies, mine * sizeof *latencies);
        kept += mine;
        done += workers[i].done;
        wrong += workers[i].wrong;
    }
    double seconds = (double)(now() - began) / 1e9;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    qsort(latencies, kept, sizeof *latencies, byValue);
    printf("{\"answers\": %lu, \"wrong\": %lu, \"seconds\": %.4f, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"cpu_us\": %.0f}\n", done, wrong, seconds,
           kept ? latencies[(kept - 1) / 2] / 1000.0 : 0, kept ? latencies[(size_t)((double)(kept - 1) * .99)] / 1000.0 : 0, cpu);
    return 0;
}
