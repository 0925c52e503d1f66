/* The floor: what a mechanism costs with nothing around it. Compared with our roles in one run, turn by turn.
 *
 *   floor round|flow VARIANT SIZE ROUNDS CPU_A CPU_B | free    there and back, or one way; one line of nanoseconds
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>

#include "memory.h"

#define LONGEST (16 << 20) /* a file that is added to is begun anew then */
#define HEADER 4           /* Python's Pipe(): the length, then the pickle, which is some bytes longer than what is in it */
#define PICKLED 16
#define JOINED (16 << 10)
#define ENVELOPE 300       /* HTTP and XML around a text */

static unsigned long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ul + t.tv_nsec;
}
static void die(const char *what) { perror(what); exit(1); }
static void pin(const char *cpu) {
    if (!cpu) return;
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(atoi(cpu), &set);
    if (sched_setaffinity(0, sizeof set, &set)) die("sched_setaffinity");
}
static char *aligned(size_t size) { /* memcpy's speed depends on how its two sides lie to each other */
    char *bytes;
    if (posix_memalign((void **)&bytes, PAGE, size + PAGE)) die("posix_memalign");
    memset(bytes, 'x', size + PAGE);
    return bytes;
}

struct way {
    const char *kind;
    char path[128], beside[136];
    size_t len;
    int in, out, id;
    mqd_t mq;
    sem_t *sem;
    pid_t peer;
    size_t size, stride;
    struct ring_end ring;
    struct bounded *bounded;
    struct { long type; char text[]; } *msg;
};
/* One connection a call, or one for all of them: with as many bytes as a call of XML-RPC has, and nobody who reads them. */
static int line = -1;
static void dial(struct way *w) {
    struct sockaddr_in at;
    socklen_t len = sizeof at;
    if (line >= 0) return;
    if (getsockname(w->in, (struct sockaddr *)&at, &len)) die("getsockname");
    if ((line = socket(AF_INET, SOCK_STREAM, 0)) < 0 || connect(line, (struct sockaddr *)&at, len)) die("connect");
}
static void answer(struct way *w) {
    if (line < 0 && (line = accept(w->in, NULL, NULL)) < 0) die("accept");
}
static void hang_up(struct way *w) {
    if (w->kind[1] != '+') close(line), line = -1;
}
static void write_all(int fd, const char *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, bytes + done, size - done);
        if (n <= 0) die("write");
        done += n;
    }
}
static void read_all(int fd, char *bytes, size_t size) {
    for (size_t done = 0; done < size;) {
        ssize_t n = read(fd, bytes + done, size - done);
        if (n <= 0) die("read");
        done += n;
    }
}
static void put(struct way *w, const char *bytes) {
    switch (w->kind[0]) {
    case 'x':
        if (!w->id) dial(w);
        write_all(line, bytes, w->size + ENVELOPE);
        if (w->id) hang_up(w);
        return;
    case 'm': push(&w->ring, bytes); return;
    case 'b': store(w->bounded, w->stride, bytes, w->size); return;
    case 'c': /* a longer object's header goes by itself */
        if (w->size > JOINED) write_all(w->out, bytes, HEADER), write_all(w->out, bytes, w->size + PICKLED);
        else write_all(w->out, bytes, HEADER + w->size + PICKLED);
        return;
    case 'q': if (mq_send(w->mq, bytes, w->size, 0)) die("mq_send"); return;
    case 'v': if (msgsnd(w->id, w->msg, w->size, 0)) die("msgsnd"); return;
    case 'g': case 'f': while (sigqueue(w->peer, SIGRTMIN, (union sigval){.sival_int = 1})) if (errno != EAGAIN) die("sigqueue"); return;
    case 'w': case 'o': case 'r':
        if ((w->out = open(w->kind[0] == 'r' ? w->beside : w->path, O_WRONLY | O_CREAT | O_TRUNC, 0600)) < 0) die("open");
        break;
    case 'a': if (flock(w->out, LOCK_EX)) die("flock"); break;
    case 'd': if (send(w->out, bytes, w->size, 0) != (ssize_t)w->size) die("send"); return;
    case 'e': if (eventfd_write(w->out, 1)) die("eventfd_write"); return;
    case 's': if (sem_post(w->sem)) die("sem_post"); return;
    }
    write_all(w->out, bytes, w->size);
    if (strchr("wor", w->kind[0])) close(w->out);
    if (w->kind[0] == 'r' && rename(w->beside, w->path)) die("rename");
    if (w->kind[0] == 'a' && flock(w->out, LOCK_UN)) die("flock");
}
/* As roles do where a name or a descriptor can come along. */
static ssize_t message(int fd, char *bytes, size_t size) {
    char name[128], control[256];
    struct iovec part = {bytes, size};
    struct msghdr m = {.msg_name = name, .msg_namelen = sizeof name, .msg_iov = &part, .msg_iovlen = 1,
                       .msg_control = control, .msg_controllen = sizeof control};
    return recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
}
static void take(struct way *w, char *bytes) {
    sigset_t set;
    eventfd_t value;
    struct signalfd_siginfo info;
    char events[PAGE];
    switch (w->kind[0]) {
    case 'x':
        if (!w->id) answer(w);
        read_all(line, bytes, w->size + ENVELOPE);
        if (w->id) hang_up(w);
        return;
    case 'm': pop(&w->ring, bytes); return;
    case 'b': take_out(w->bounded, w->stride, bytes); return;
    case 'c': read_all(w->in, bytes, HEADER), read_all(w->in, bytes, w->size + PICKLED); return;
    case 'q': if (mq_receive(w->mq, bytes, w->size, NULL) < 0) die("mq_receive"); return;
    case 'v': if (msgrcv(w->id, w->msg, w->size, 0, 0) < 0) die("msgrcv"); return;
    case 'g': sigemptyset(&set); sigaddset(&set, SIGRTMIN); if (sigwaitinfo(&set, NULL) < 0) die("sigwaitinfo"); return;
    case 'f': if (read(w->in, &info, sizeof info) < 0) die("signalfd"); return;
    case 'w':
        if (read(w->id, events, sizeof events) < 0) die("inotify");
        /* fall through */
    case 'o': case 'r': if ((w->in = open(w->path, O_RDONLY)) < 0) die("open"); break;
    case 'd': if (message(w->in, bytes, w->size) != (ssize_t)w->size) die("recvmsg"); return;
    case 'e': if (eventfd_read(w->in, &value)) die("eventfd_read"); return;
    case 's': if (sem_wait(w->sem)) die("sem_wait"); return;
    }
    for (size_t done = 0; w->kind[0] == 'u' && done < w->size;) {
        ssize_t n = message(w->in, bytes + done, w->size - done);
        if (n <= 0) die("recvmsg");
        done += n;
    }
    if (w->kind[0] != 'u') read_all(w->in, bytes, w->size);
    if (strchr("wor", w->kind[0])) close(w->in);
    if (w->kind[0] == 'a' && (w->len += w->size) > LONGEST) {
        if (ftruncate(w->out, 0) || close(w->in) || (w->in = open(w->path, O_RDONLY)) < 0) die("ftruncate");
        w->len = 0;
    }
}

/* Two ends of a connection over the loopback interface, or in the file system. */
static void connected(int *ends, int family, int type, const char *path) {
    struct sockaddr_storage at = {.ss_family = family}, from = {.ss_family = family};
    struct sockaddr *a = (struct sockaddr *)&at, *f = (struct sockaddr *)&from;
    socklen_t len = sizeof(struct sockaddr_in), flen = len;
    int one = 1, listening = socket(family, type, 0), stream = type != SOCK_DGRAM;
    ends[1] = socket(family, type, 0);
    if (listening < 0 || ends[1] < 0) die("socket");
    if (family == AF_UNIX) {
        len = flen = sizeof(struct sockaddr_un);
        strcpy(((struct sockaddr_un *)&at)->sun_path, path);
        snprintf(((struct sockaddr_un *)&from)->sun_path, sizeof((struct sockaddr_un *)0)->sun_path, "%s.from", path);
    } else {
        ((struct sockaddr_in *)&at)->sin_addr.s_addr = ((struct sockaddr_in *)&from)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    }
    if (bind(listening, a, len) || (stream && listen(listening, 1))) die("bind");
    if (family == AF_INET && getsockname(listening, a, &len)) die("getsockname");
    if (!stream && bind(ends[1], f, flen)) die("bind");
    if (connect(ends[1], a, len)) die("connect");
    ends[0] = stream ? accept(listening, NULL, NULL) : listening;
    if (ends[0] < 0) die("accept");
    if (stream) close(listening);
    if (family == AF_INET && stream) {
        for (int i = 0; i < 2; i++) setsockopt(ends[i], IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    if (family == AF_UNIX) unlink(path), unlink(((struct sockaddr_un *)&from)->sun_path);
}

static void block(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
}
static struct way make(const char *variant, size_t size) {
    static int made;
    char name[64];
    int fds[2];
    struct way w = {.kind = "pipe", .size = size};
    snprintf(name, sizeof name, "/ipc-floor-%d-%d", getpid(), made++);
    if (!strcmp(variant, "pipe/anonymous")) {
        if (pipe(fds)) die("pipe");
        w.in = fds[0], w.out = fds[1];
    } else if (!strcmp(variant, "pipe/fifo")) {
        char path[96];
        snprintf(path, sizeof path, "/tmp%s", name);
        if (mkfifo(path, 0600)) die("mkfifo");
        w.in = w.out = open(path, O_RDWR);
        unlink(path);
    } else if (!strncmp(variant, "file/", 5)) {
        w.kind = variant[5] == 'w' && variant[6] == 'r' ? "o" : variant + 5; /* written, appended, renamed, watched */
        snprintf(w.path, sizeof w.path, "/dev/shm%s", name); /* memory: no disk counts */
        if (mkdir(w.path, 0700)) die("mkdir");
        if (w.kind[0] == 'w' && ((w.id = inotify_init()) < 0 || inotify_add_watch(w.id, w.path, IN_CLOSE_WRITE) < 0)) die("inotify");
        strcat(w.path, "/f");
        sprintf(w.beside, "%s.new", w.path);
        if (w.kind[0] == 'a') {
            w.out = open(w.path, O_RDWR | O_CREAT | O_APPEND, 0600), w.in = open(w.path, O_RDONLY);
            if (w.out < 0 || w.in < 0) die("open");
        }
    } else if (!strncmp(variant, "socket/", 7)) {
        char path[96];
        snprintf(path, sizeof path, "/tmp%s", name);
        const char *which = variant + 7;
        if (!strcmp(which, "tcp")) connected(fds, AF_INET, SOCK_STREAM, path);
        else if (!strcmp(which, "udp")) connected(fds, AF_INET, SOCK_DGRAM, path), w.kind = "d";
        else if (!strcmp(which, "unix-stream")) connected(fds, AF_UNIX, SOCK_STREAM, path), w.kind = "u";
        else if (!strcmp(which, "unix-datagram")) connected(fds, AF_UNIX, SOCK_DGRAM, path), w.kind = "d";
        else if (!strcmp(which, "unix-seqpacket")) connected(fds, AF_UNIX, SOCK_SEQPACKET, path), w.kind = "d";
        else if (w.kind = "u", socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) die("socketpair");
        w.in = fds[0], w.out = fds[1];
    } else if (!strncmp(variant, "rpc/xml", 7)) {
        struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
        w.kind = variant[7] ? "x+" : "x", w.id = !(made % 2), w.in = socket(AF_INET, SOCK_STREAM, 0);
        if (bind(w.in, (struct sockaddr *)&any, sizeof any) || listen(w.in, 1)) die("listen");
    } else if (!strcmp(variant, "pipe/python")) {
        if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds)) die("socketpair");
        w.kind = "c", w.in = fds[0], w.out = fds[1];
    } else if (!strcmp(variant, "queue/shared")) {
        w.kind = "b", w.stride = (sizeof(struct slot) + size + 63) / 64 * 64;
        w.bounded = make_bounded(w.stride);
    } else if (!strcmp(variant, "queue/posix")) {
        struct mq_attr attr = {.mq_maxmsg = 10, .mq_msgsize = size};
        w.kind = "q", w.mq = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attr);
        if (w.mq < 0) die("mq_open");
        mq_unlink(name);
    } else if (!strcmp(variant, "queue/sysv")) {
        w.kind = "v", w.id = msgget(IPC_PRIVATE, 0600);
        w.msg = calloc(1, sizeof(long) + size);
        w.msg->type = 1;
    } else if (!strcmp(variant, "signal/signals")) {
        w.kind = "g";
        block();
    } else if (!strcmp(variant, "signal/signalfd")) {
        w.kind = "f";
        block();
    } else if (!strcmp(variant, "signal/eventfd")) {
        w.kind = "e", w.in = w.out = eventfd(0, EFD_SEMAPHORE);
    } else if (!strcmp(variant, "signal/semaphore")) {
        w.kind = "s", w.sem = sem_open(name, O_CREAT | O_EXCL, 0600, 0);
        sem_unlink(name);
    } else if (!strncmp(variant, "shared-memory/", 14)) {
        w.kind = "m", w.ring = make_ring(size);
    } else {
        fprintf(stderr, "there is no way %s\n", variant);
        exit(2);
    }
    return w;
}
static void begin(struct way *w, pid_t peer) {
    w->peer = peer;
    if (w->kind[0] == 'm') touch(&w->ring);
    if (w->kind[0] == 'f') {
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGRTMIN);
        w->in = signalfd(-1, &signals, 0);
    }
}

static int by_size(const void *a, const void *b) {
    unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;
    return (x > y) - (x < y);
}
static void figures(unsigned long *ns, size_t n) {
    qsort(ns, n, sizeof *ns, by_size);
    printf("p50=%lu p90=%lu p99=%lu max=%lu\n", ns[(n - 1) / 2], ns[(n - 1) * 9 / 10], ns[(n - 1) * 99 / 100], ns[n - 1]);
}

static void clean(struct way *there, struct way *back) {
    if (!strchr("woar", there->kind[0])) return;
    for (struct way *w = there; w; w = w == there ? back : NULL) unlink(w->path), *strrchr(w->path, '/') = 0, rmdir(w->path);
}

int main(int argc, char **argv) {
    if (argc < 6) return fprintf(stderr, "see the first lines of floor.c\n"), 2;
    const char *variant = argv[2], *cpu_a = argc > 6 ? argv[5] : NULL, *cpu_b = argc > 6 ? argv[6] : NULL;
    int flow = !strcmp(argv[1], "flow"), told[2];
    size_t size = strtoul(argv[3], 0, 10), rounds = strtoul(argv[4], 0, 10), warm = rounds / 10 + 10;
    struct way there = make(variant, size), back = make(variant, size);
    if (cpu_a && !strcmp(cpu_a, cpu_b)) there.ring.looks = back.ring.looks = 0; /* nobody can answer while we look */
    char *bytes = aligned(size);
    if (strchr("oar", there.kind[0])) { /* a file wakes nobody: one process writes and reads */
        unsigned long *each = malloc(rounds * sizeof *each);
        pin(cpu_a);
        for (size_t i = 0; i < rounds + warm; i++) {
            unsigned long t = now();
            put(&there, bytes);
            take(&there, bytes);
            if (i >= warm) each[i - warm] = now() - t;
        }
        clean(&there, &back);
        figures(each, rounds);
        return 0;
    }
    if (pipe(told)) die("pipe");
    pid_t child = fork();
    if (child < 0) die("fork");
    if (!child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(cpu_b);
        begin(&there, getppid());
        begin(&back, getppid());
        unsigned long t = 0;
        for (size_t i = 0; i < rounds + warm; i++) {
            if (i == warm) t = now();
            take(&there, bytes);
            if (!flow) put(&back, bytes);
        }
        t = now() - t;
        if (write(told[1], &t, sizeof t) < 0) die("write");
        _exit(0);
    }
    pin(cpu_a);
    begin(&there, child);
    begin(&back, child);
    unsigned long *ns = malloc(rounds * sizeof *ns), whole;
    for (size_t i = 0; i < rounds + warm; i++) {
        unsigned long t = flow ? 0 : now();
        put(&there, bytes);
        if (flow) continue;
        take(&back, bytes);
        if (i >= warm) ns[i - warm] = now() - t;
    }
    if (read(told[0], &whole, sizeof whole) < 0) die("read");
    waitpid(child, 0, 0);
    if (there.kind[0] == 'v') msgctl(there.id, IPC_RMID, NULL), msgctl(back.id, IPC_RMID, NULL);
    clean(&there, &back);
    if (flow) { ns[0] = whole / rounds; rounds = 1; }
    figures(ns, rounds);
    return 0;
}
