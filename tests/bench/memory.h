/* Shared memory for floor.c: a ring for two, and a bounded queue for many. Both make the calls that the roles make. */
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGE 4096
#define LOOKS 50  /* as our ring: with the pauses about what going to sleep and being woken costs */
#define PAUSES 16 /* each look takes the line away from the other side */

static void die(const char *what);

/* A ring of payloads in shared memory: spin, then sleep in futex(2). One pushes, one pops. */
struct ring {
    _Atomic uint32_t pushed; char a[60];
    _Atomic uint32_t popped; char b[60];
    _Atomic uint32_t popper_sleeps; char c[60];
    _Atomic uint32_t pusher_sleeps; char d[PAGE - 196];
    char payloads[];
};
struct ring_end {
    struct ring *ring;
    int looks;
    size_t size, stride, len;
    uint32_t capacity, other, mine, told; /* the other side's count as last seen; the popper's own, and what it has said of it */
};
static void *shared(size_t len) {
    void *memory = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) die("mmap");
    return memory;
}
static struct ring_end make_ring(size_t size) {
    struct ring_end w = {.looks = LOOKS, .size = size, .stride = (size + 63) / 64 * 64, .capacity = 2};
    size_t most = (4u << 20) / size;
    while (w.capacity < 1024 && w.capacity * 2 <= most) w.capacity *= 2;
    w.ring = shared(w.len = sizeof *w.ring + w.stride * w.capacity);
    memset(w.ring, 0, w.len);
    return w;
}
static void touch(struct ring_end *w) { /* each process has a page table of its own */
    for (size_t at = 0; at < w->len; at += PAGE) (void)((volatile char *)w->ring)[at];
}
static void await(struct ring_end *w, _Atomic uint32_t *count, uint32_t seen, _Atomic uint32_t *sleeps) {
    for (int i = 0; i < w->looks; i++) {
        if (atomic_load_explicit(count, memory_order_acquire) != seen) return;
        for (int k = 0; k < PAUSES; k++) __builtin_ia32_pause();
    }
    atomic_store(sleeps, 1);
    if (atomic_load(count) == seen) syscall(SYS_futex, count, FUTEX_WAIT, seen, NULL, NULL, 0);
    atomic_store_explicit(sleeps, 0, memory_order_relaxed);
}
static void publish(_Atomic uint32_t *count, uint32_t value, _Atomic uint32_t *sleeps) {
    atomic_store(count, value);
    /* Who sleeps takes the flag back itself: here, it could be the one of its next sleep. */
    if (atomic_load(sleeps)) syscall(SYS_futex, count, FUTEX_WAKE, 1, NULL, NULL, 0);
}
static void push(struct ring_end *w, const char *bytes) {
    struct ring *r = w->ring;
    uint32_t at = atomic_load_explicit(&r->pushed, memory_order_relaxed);
    while (at - w->other >= w->capacity) {
        w->other = atomic_load_explicit(&r->popped, memory_order_acquire);
        if (at - w->other >= w->capacity) await(w, &r->popped, w->other, &r->pusher_sleeps);
    }
    memcpy(r->payloads + (size_t)(at & (w->capacity - 1)) * w->stride, bytes, w->size);
    publish(&r->pushed, at + 1, &r->popper_sleeps);
}
static void pop(struct ring_end *w, char *bytes) {
    struct ring *r = w->ring;
    uint32_t at = w->mine++;
    while (w->other == at) {
        w->other = atomic_load_explicit(&r->pushed, memory_order_acquire);
        if (w->other == at) await(w, &r->pushed, at, &r->popper_sleeps);
    }
    memcpy(bytes, r->payloads + (size_t)(at & (w->capacity - 1)) * w->stride, w->size);
    if (w->mine - w->told >= (w->capacity + 3) / 4) publish(&r->popped, w->told = w->mine, &r->pusher_sleeps);
}

/* A bounded queue: two semaphores count, a lock for who stores, a lock for who takes. */
#define SLOTS 64
struct slot { uint32_t len, unused; char bytes[]; };
struct bounded {
    _Alignas(64) pthread_mutex_t writers;
    _Alignas(64) pthread_mutex_t readers;
    _Alignas(64) sem_t items;
    _Alignas(64) sem_t places;
    _Alignas(64) uint32_t pushed;
    _Alignas(64) uint32_t popped;
    _Alignas(PAGE) char slots[];
};
static struct bounded *make_bounded(size_t stride) {
    struct bounded *q = shared(sizeof *q + SLOTS * stride);
    pthread_mutexattr_t kind;
    pthread_mutexattr_init(&kind);
    pthread_mutexattr_setpshared(&kind, PTHREAD_PROCESS_SHARED);
    pthread_mutex_init(&q->writers, &kind);
    pthread_mutex_init(&q->readers, &kind);
    if (sem_init(&q->items, 1, 0) || sem_init(&q->places, 1, SLOTS)) die("sem_init");
    return q;
}
static void store(struct bounded *q, size_t stride, const char *bytes, size_t size) {
    if (sem_wait(&q->places)) die("sem_wait");
    pthread_mutex_lock(&q->writers);
    struct slot *slot = (struct slot *)(q->slots + q->pushed++ % SLOTS * stride);
    slot->len = size;
    memcpy(slot->bytes, bytes, size);
    sem_post(&q->items);
    pthread_mutex_unlock(&q->writers);
}
static void take_out(struct bounded *q, size_t stride, char *bytes) {
    pthread_mutex_lock(&q->readers);
    if (sem_wait(&q->items)) die("sem_wait");
    struct slot *slot = (struct slot *)(q->slots + q->popped++ % SLOTS * stride);
    memcpy(bytes, slot->bytes, slot->len);
    pthread_mutex_unlock(&q->readers);
    sem_post(&q->places);
}
