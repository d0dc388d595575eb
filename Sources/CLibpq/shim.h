#include <libpq-fe.h>

// What the reactor that drives libpq needs and Swift's Glibc module leaves out.
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>

// prctl is variadic, so Swift cannot see it. Names the calling thread; at most 15 bytes are kept.
static inline void name_this_thread(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}
