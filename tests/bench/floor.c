/* The floor: what the mechanism costs with nothing around it. Compared with our roles in one run, turn by turn.
 *
 *   floor pipe SIZE ROUNDS CPU_A CPU_B    round trip over two pipes, one line of nanoseconds a figure
 *   floor getppid ROUNDS                  one trivial system call
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

static unsigned long now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000ul + t.tv_nsec;
}
static void die(const char *what) { perror(what); exit(1); }
static void pin(int cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (cpu >= 0 && sched_setaffinity(0, sizeof set, &set)) die("sched_setaffinity");
}
static void put(int fd, const char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = write(fd, bytes + done, len - done);
        if (n <= 0) die("write");
        done += n;
    }
}
static void take(int fd, char *bytes, size_t len) {
    for (size_t done = 0; done < len;) {
        ssize_t n = read(fd, bytes + done, len - done);
        if (n <= 0) die("read");
        done += n;
    }
}
static int by_size(const void *a, const void *b) {
    unsigned long x = *(const unsigned long *)a, y = *(const unsigned long *)b;
    return (x > y) - (x < y);
}
static void figures(unsigned long *ns, size_t n) {
    qsort(ns, n, sizeof *ns, by_size);
    printf("p50=%lu p90=%lu p99=%lu max=%lu\n", ns[n / 2], ns[n * 9 / 10], ns[n * 99 / 100], ns[n - 1]);
}

int main(int argc, char **argv) {
    if (argc == 3 && !strcmp(argv[1], "getppid")) {
        size_t rounds = strtoul(argv[2], 0, 10), batch = 100;
        unsigned long *ns = malloc(rounds * sizeof *ns);
        for (size_t i = 0; i < rounds; i++) {
            unsigned long t = now();
            for (size_t k = 0; k < batch; k++) syscall(SYS_getppid);
            ns[i] = (now() - t) / batch;
        }
        figures(ns, rounds);
        return 0;
    }
    if (argc != 6 || strcmp(argv[1], "pipe")) return fprintf(stderr, "see the first lines of floor.c\n"), 2;
    size_t size = strtoul(argv[2], 0, 10), rounds = strtoul(argv[3], 0, 10), warm = rounds / 10 + 10;
    int there[2], back[2];
    if (pipe(there) || pipe(back)) die("pipe");
    char *bytes; /* page-aligned: memcpy's speed depends on the relative alignment of the two sides */
    if (posix_memalign((void **)&bytes, 4096, size + 4096)) die("posix_memalign");
    memset(bytes, 'x', size);
    pid_t child = fork();
    if (child < 0) die("fork");
    if (!child) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(atoi(argv[5]));
        for (size_t i = 0; i < rounds + warm; i++) { take(there[0], bytes, size); put(back[1], bytes, size); }
        _exit(0);
    }
    pin(atoi(argv[4]));
    unsigned long *ns = malloc(rounds * sizeof *ns);
    for (size_t i = 0; i < rounds + warm; i++) {
        unsigned long t = now();
        put(there[1], bytes, size);
        take(back[0], bytes, size);
        if (i >= warm) ns[i - warm] = now() - t;
    }
    waitpid(child, 0, 0);
    figures(ns, rounds);
    return 0;
}
