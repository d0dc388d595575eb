// Loaded into a gateway with LD_PRELOAD, it writes down what the gateway asks of libpq: every Parse, every execution with its binds, every
// request for answers and every Sync, by connection. `replay` sends the same again from plain libpq: the floor of a figure.
//
//     BENCH_RECORDING=FILE LD_PRELOAD=record.so polyclinic-gateway
//
// An entry: its kind (one byte), the connection's number (32 bits), the number of fields (32 bits), each field as a 32-bit length
// (0xffffffff is NULL) and its bytes.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *file;
static PGconn *known[4096];
static uint32_t knownCount;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void word(uint32_t value) { fwrite(&value, 4, 1, file); }
static void field(const void *bytes, int length) {
    word(bytes ? (uint32_t)length : 0xffffffffu);
    if (bytes) fwrite(bytes, 1, (size_t)length, file);
}
static void text(const char *words) { field(words, (int)strlen(words)); }

static void head(char kind, uint32_t connection, uint32_t fields) {
    fputc(kind, file);
    word(connection);
    word(fields);
}

// A number for each connection; a new one is introduced with its database. A pointer is used again after PQfinish, which forgets it.
static uint32_t number(PGconn *connection) {
    if (!file) {
        const char *path = getenv("BENCH_RECORDING");
        file = fopen(path ? path : "/dev/null", "ab");
        if (!file) abort();
        setvbuf(file, NULL, _IOFBF, 1 << 20);
    }
    for (uint32_t i = knownCount; i > 0; i--)
        if (known[i - 1] == connection) return i - 1;
    if (knownCount == 4096) abort();
    known[knownCount] = connection;
    head('C', knownCount, 1);
    text(PQdb(connection));
    return knownCount++;
}

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

int PQsendPrepare(PGconn *connection, const char *name, const char *query, int count, const Oid *types) {
    REAL(PQsendPrepare);
    pthread_mutex_lock(&lock);
    head('P', number(connection), 3);
    text(name);
    text(query);
    field(types ? (const void *)types : "", count * 4);
    pthread_mutex_unlock(&lock);
    return real(connection, name, query, count, types);
}

int PQsendQueryPrepared(PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats, int form) {
    REAL(PQsendQueryPrepared);
    pthread_mutex_lock(&lock);
    head('E', number(connection), (uint32_t)count + 1);
    text(name);
    for (int i = 0; i < count; i++) field(values[i], lengths[i]);
    pthread_mutex_unlock(&lock);
    return real(connection, name, count, values, lengths, formats, form);
}

int PQsendFlushRequest(PGconn *connection) {
    REAL(PQsendFlushRequest);
    pthread_mutex_lock(&lock);
    head('F', number(connection), 0);
    pthread_mutex_unlock(&lock);
    return real(connection);
}

int PQpipelineSync(PGconn *connection) {
    REAL(PQpipelineSync);
    pthread_mutex_lock(&lock);
    head('S', number(connection), 0);
    fflush(file);
    pthread_mutex_unlock(&lock);
    return real(connection);
}

void PQfinish(PGconn *connection) {
    REAL(PQfinish);
    pthread_mutex_lock(&lock);
    for (uint32_t i = 0; i < knownCount; i++)
        if (known[i] == connection) known[i] = NULL;
    pthread_mutex_unlock(&lock);
    real(connection);
}
