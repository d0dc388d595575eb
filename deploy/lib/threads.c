// Linked by deploy/threads into every program that the thread sanitizer instruments. The Swift runtime itself is not instrumented: what
// orders two threads inside it the sanitizer does not see, and would call a race. It is told here; each function calls the real one.
// Written for x86-64 and the runtime of Swift 6.3: look at the mangled names again with another toolchain.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

extern void __tsan_acquire(void *) __attribute__((weak));
extern void __tsan_release(void *) __attribute__((weak));

static void acquire(void *address) { if (__tsan_acquire) __tsan_acquire(address); }
static void release(void *address) { if (__tsan_release) __tsan_release(address); }

// `static let` and globals: who finds it made has seen its making.
typedef void (*Once)(intptr_t *, void (*)(void *), void *);
struct Making { intptr_t *once; void (*make)(void *); void *context; };

static void make(void *argument) {
    struct Making *making = argument;
    making->make(making->context);
    release(making->once);
}

void swift_once(intptr_t *once, void (*function)(void *), void *context) {
    struct Making making = {once, function, context};
    ((Once)dlsym(RTLD_NEXT, "swift_once"))(once, make, &making);
    acquire(once);
}

// Synchronization.Mutex: its quick path is inlined and instrumented; these are the two slow ones, where a thread waits or wakes another.
#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"
typedef SWIFT void (*Lock)(uint32_t, SELF void *);
typedef SWIFT void (*Unlock)(SELF void *);

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) __asm__(LOCK);
SWIFT void unlockSlow(SELF void *mutex) __asm__(UNLOCK);

SWIFT void lockSlow(uint32_t thread, SELF void *mutex) {
    ((Lock)dlsym(RTLD_NEXT, LOCK))(thread, mutex);
    acquire(mutex);
}

SWIFT void unlockSlow(SELF void *mutex) {
    release(mutex);
    ((Unlock)dlsym(RTLD_NEXT, UNLOCK))(mutex);
}

// A continuation that is resumed before its task got to wait: the runtime tells only of tasks that waited. `checked` is where a checked
// continuation is: one object, with the task behind its header until it is resumed.
#define RETURN "$sScC6resume9returningyxn_tF"
#define THROW "$sScC6resume8throwingyq_n_tF"
typedef SWIFT void (*Resume)(void *value, void *type, void *error, SELF void *checked);
typedef SWIFT void (*ResumeTask)(void *task, void *error);
typedef __attribute__((swiftasynccall)) void (*Await)(void *context);
typedef SWIFT void (*Free)(void *frame);
extern SWIFT void *swift_task_getCurrent(void);

SWIFT void resumeReturning(void *value, void *type, void *error, SELF void *checked) __asm__(RETURN);
SWIFT void resumeThrowing(void *value, void *type, void *error, SELF void *checked) __asm__(THROW);

static void resumed(void *task) { if (task) release(task); }

SWIFT void resumeReturning(void *value, void *type, void *error, SELF void *checked) {
    resumed((*(void ***)checked)[2]);
    ((Resume)dlsym(RTLD_NEXT, RETURN))(value, type, error, checked);
}

SWIFT void resumeThrowing(void *value, void *type, void *error, SELF void *checked) {
    resumed((*(void ***)checked)[2]);
    ((Resume)dlsym(RTLD_NEXT, THROW))(value, type, error, checked);
}

SWIFT void swift_continuation_resume(void *task, void *error) {
    resumed(task);
    ((ResumeTask)dlsym(RTLD_NEXT, "swift_continuation_resume"))(task, error);
}

SWIFT void swift_continuation_throwingResume(void *task, void *error) {
    resumed(task);
    ((ResumeTask)dlsym(RTLD_NEXT, "swift_continuation_throwingResume"))(task, error);
}

SWIFT void swift_continuation_throwingResumeWithError(void *task, void *error) {
    resumed(task);
    ((ResumeTask)dlsym(RTLD_NEXT, "swift_continuation_throwingResumeWithError"))(task, error);
}

__attribute__((swiftasynccall)) void swift_continuation_await(void *context) {
    Await real = (Await)dlsym(RTLD_NEXT, "swift_continuation_await");
    acquire(swift_task_getCurrent());
    __attribute__((musttail)) return real(context);
}

// A checked continuation is awaited inside the runtime's own library, which reaches the function above without asking the linker. What its
// task does next in our code is to free the frame of that call.
SWIFT void swift_task_dealloc(void *frame) {
    acquire(swift_task_getCurrent());
    ((Free)dlsym(RTLD_NEXT, "swift_task_dealloc"))(frame);
}

// A report does not end the program or change its exit status; it goes to a file of the process.
const char *__tsan_default_options(void) { return "halt_on_error=0:exitcode=0:history_size=7:log_path=" REPORTS "/report"; }
