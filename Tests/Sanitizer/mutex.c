// Preloaded when the tests run under the thread sanitizer. A Mutex of Swift's that is not free is taken inside the standard library, which the
// sanitizer did not compile: it sees the release of the lock but not who got it, and takes all that the lock protects for a race. This tells it.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

// Synchronization._MutexHandle._lockSlow(UInt32): takes the lock after the inlined first try failed. The lock's word is at `self`.
#define LOCK_SLOW "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"

typedef __attribute__((swiftcall)) void lock_slow_function(uint32_t word, __attribute__((swift_context)) void *self);

__attribute__((weak)) void __tsan_acquire(void *address); // programs that tests start are not watched

lock_slow_function lock_slow __asm__(LOCK_SLOW);

__attribute__((swiftcall)) void lock_slow(uint32_t word, __attribute__((swift_context)) void *self) {
    static lock_slow_function *original;
    if (original == 0) original = (lock_slow_function *)dlsym(RTLD_NEXT, LOCK_SLOW);
    original(word, self);
    if (__tsan_acquire != 0) __tsan_acquire(self);
}
