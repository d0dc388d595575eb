// The load generator: one thread, many keep-alive connections, each with one request at a time, as a person's browser has.
//
//     load PORT CONNECTIONS SECONDS FILE [once]
//
// FILE holds requests ready to be sent, each as two 32-bit lengths, the request, and bytes that the answer's body must hold (so that an
// answer meant for somebody else is counted as wrong). They are sent in their order, from the start again unless `once`. Prints one JSON
// object: answers by status, wrong bodies, sizes, latency, and the processor time this program itself took.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 20, MOST = 4096 };

struct request { const char *bytes, *expected; uint32_t length, expectedLength; };
struct connection { int descriptor; char *buffer; size_t filled; const struct request *asked; uint64_t sentAt; };

static struct request *requests;
static size_t requestCount, nextRequest;
static int once, port;
static uint64_t deadline, statuses[600], wrong, failures, smallest = UINT64_MAX, total, answers, busy;
static uint32_t *latencies;
static size_t latencyCount, latencyRoom;

static void die(const char *what) { perror(what); exit(1); }

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static void readRequests(const char *path) {
    int file = open(path, O_RDONLY);
    struct stat about;
    if (file < 0 || fstat(file, &about)) die(path);
    const char *at = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0), *end = at + about.st_size;
    if (at == MAP_FAILED) die(path);
    size_t room = 0;
    while (at < end) {
        if (requestCount == room) requests = realloc(requests, (room = room ? room * 2 : 4096) * sizeof *requests);
        struct request *r = &requests[requestCount++];
        memcpy(&r->length, at, 4);
        memcpy(&r->expectedLength, at + 4, 4);
        r->bytes = at + 8;
        r->expected = r->bytes + r->length;
        at = r->expected + r->expectedLength;
    }
}

static void connectAgain(struct connection *c, int poll) {
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int yes = 1;
    c->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(c->descriptor, (struct sockaddr *)&to, sizeof to)) die("connect");
    setsockopt(c->descriptor, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->descriptor, F_SETFL, O_NONBLOCK);
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = c };
    epoll_ctl(poll, EPOLL_CTL_ADD, c->descriptor, &event);
    c->filled = 0;
}

static void ask(struct connection *c) {
    if (now() >= deadline || (once && nextRequest >= requestCount)) return;
    c->asked = &requests[nextRequest++ % requestCount];
    c->sentAt = now();
    if (send(c->descriptor, c->asked->bytes, c->asked->length, MSG_NOSIGNAL) != (ssize_t)c->asked->length) die("send");
    busy++;
}

static void answered(struct connection *c, int status, const char *body, size_t length) {
    uint64_t took = (now() - c->sentAt) / 1000;
    if (latencyCount == latencyRoom) latencies = realloc(latencies, (latencyRoom = latencyRoom ? latencyRoom * 2 : 1 << 16) * 4);
    latencies[latencyCount++] = took > UINT32_MAX ? UINT32_MAX : (uint32_t)took;
    statuses[status >= 0 && status < 600 ? status : 0]++;
    answers++;
    busy--;
    total += length;
    if (length < smallest) smallest = length;
    if (c->asked->expectedLength && !memmem(body, length, c->asked->expected, c->asked->expectedLength)) wrong++;
    c->asked = NULL;
}

// Whether a whole answer was there; it is taken out of the buffer.
static int take(struct connection *c) {
    char *end = memmem(c->buffer, c->filled, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    char *length = strcasestr(c->buffer, "\ncontent-length:");
    size_t head = (size_t)(end - c->buffer) + 4, body = length ? strtoul(length + 16, NULL, 10) : 0;
    if (head + body > BUFFER) { fprintf(stderr, "answer too large\n"); exit(1); }
    *end = '\r';
    if (c->filled < head + body) return 0;
    answered(c, atoi(c->buffer + 9), c->buffer + head, body);
    c->filled -= head + body;
    return 1;
}

static void receive(struct connection *c, int poll) {
    ssize_t got = recv(c->descriptor, c->buffer + c->filled, BUFFER - c->filled, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) {
        if (c->asked) { failures++; busy--; c->asked = NULL; }
        close(c->descriptor);
        connectAgain(c, poll);
        return ask(c);
    }
    c->filled += (size_t)got;
    if (c->asked && take(c)) ask(c);
}

static int byValue(const void *a, const void *b) { return (*(const uint32_t *)a > *(const uint32_t *)b) - (*(const uint32_t *)a < *(const uint32_t *)b); }
static double percentile(double p) { return latencyCount ? latencies[(size_t)((double)(latencyCount - 1) * p)] / 1000.0 : 0; }

int main(int count, char **words) {
    if (count < 5) { fprintf(stderr, "usage: load PORT CONNECTIONS SECONDS FILE [once]\n"); return 64; }
    port = atoi(words[1]);
    int connectionCount = atoi(words[2]);
    readRequests(words[4]);
    once = count > 5;
    if (!requestCount || connectionCount < 1 || connectionCount > MOST) return 64;
    int poll = epoll_create1(EPOLL_CLOEXEC);
    struct connection *connections = calloc((size_t)connectionCount, sizeof *connections);
    for (int i = 0; i < connectionCount; i++) {
        connections[i].buffer = malloc(BUFFER);
        connectAgain(&connections[i], poll);
    }
    uint64_t began = now();
    deadline = began + (uint64_t)(atof(words[3]) * 1e9);
    for (int i = 0; i < connectionCount; i++) ask(&connections[i]);
    struct epoll_event events[256];
    // After the deadline what is under way is waited for, so that every effect has its answer.
    while (busy && now() < deadline + 10000000000ull) {
        int ready = epoll_wait(poll, events, 256, 1000);
        for (int i = 0; i < ready; i++) receive(events[i].data.ptr, poll);
    }
    double seconds = (double)(now() - began) / 1e9;
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    qsort(latencies, latencyCount, 4, byValue);
    printf("{\"answers\": %lu, \"seconds\": %.4f, \"wrong\": %lu, \"lost\": %lu, \"smallest\": %lu, \"mean\": %.0f, ", answers, seconds, wrong,
           failures + busy, answers ? smallest : 0, answers ? (double)total / (double)answers : 0);
    printf("\"p50_ms\": %.3f, \"p90_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f, \"cpu_us\": %.0f, \"status\": {", percentile(.5),
           percentile(.9), percentile(.99), percentile(1), cpu);
    const char *comma = "";
    for (int i = 0; i < 600; i++)
        if (statuses[i]) { printf("%s\"%d\": %lu", comma, i, statuses[i]); comma = ", "; }
    printf("}}\n");
    return 0;
}
