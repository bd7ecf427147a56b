/*
 * uWSGI's C API of its sharedarea, measured inside of a real uWSGI: uwsgi_peer.py loads this there. Area 0 has at least 2 MiB.
 * Every result is nanoseconds a call, or -1 for a name that is not known.
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern int64_t uwsgi_sharedarea_read(int, uint64_t, char *, uint64_t);
extern int uwsgi_sharedarea_write(int, uint64_t, char *, uint64_t);
extern int uwsgi_sharedarea_read64(int, uint64_t, int64_t *);
extern int uwsgi_sharedarea_write64(int, uint64_t, int64_t *);
extern int uwsgi_sharedarea_inc64(int, uint64_t, int64_t);
extern int uwsgi_sharedarea_rlock(int);
extern int uwsgi_sharedarea_wlock(int);
extern int uwsgi_sharedarea_unlock(int);
extern int uwsgi_sharedarea_wait(int, int, int);

#define MIB (1 << 20)
#define WAKE_UPS 20

static char buffer[MIB] __attribute__((aligned(64)));
static volatile int64_t sink;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

typedef void (*loop)(long);

static void read64(long n) { int64_t v; while (n--) { uwsgi_sharedarea_read64(0, 8, &v); sink = v; } }
static void write64(long n) { int64_t v = 0; while (n--) { v++; uwsgi_sharedarea_write64(0, 8, &v); } }
static void inc64(long n) { while (n--) uwsgi_sharedarea_inc64(0, 16, 1); }
static void read8b(long n) { char b[8]; while (n--) uwsgi_sharedarea_read(0, 8, b, 8); }
static void write8b(long n) { char b[8] = {1}; while (n--) uwsgi_sharedarea_write(0, 8, b, 8); }
static void read4k(long n) { while (n--) uwsgi_sharedarea_read(0, 4096, buffer, 4096); }
static void write4k(long n) { while (n--) uwsgi_sharedarea_write(0, 4096, buffer, 4096); }
static void read1m(long n) { while (n--) uwsgi_sharedarea_read(0, 0, buffer, MIB); }
static void write1m(long n) { while (n--) uwsgi_sharedarea_write(0, 0, buffer, MIB); }
static void rlock(long n) { while (n--) { uwsgi_sharedarea_rlock(0); uwsgi_sharedarea_unlock(0); } }
static void wlock(long n) { while (n--) { uwsgi_sharedarea_wlock(0); uwsgi_sharedarea_unlock(0); } }

static const struct { const char *name; loop run; long calls; } loops[] = {
    {"read64", read64, 10000}, {"write64", write64, 10000}, {"inc64", inc64, 10000}, {"read8b", read8b, 10000}, {"write8b", write8b, 10000},
    {"read4k", read4k, 1000}, {"write4k", write4k, 1000}, {"read1m", read1m, 20}, {"write1m", write1m, 20}, {"rlock", rlock, 10000}, {"wlock", wlock, 10000},
};

static loop find(const char *name, long *calls) {
    for (size_t i = 0; i < sizeof loops / sizeof *loops; i++)
        if (!strcmp(loops[i].name, name)) { *calls = loops[i].calls; return loops[i].run; }
    return NULL;
}

static long run_for(loop run, long calls, double end) {
    long done = 0;
    do { run(calls); done += calls; } while (now() < end);
    return done;
}

double measure(const char *name, double seconds) {
    long calls;
    loop run = find(name, &calls);
    if (!run) return -1;
    double begin = now();
    long done = run_for(run, calls, begin + seconds * 1e9);
    return (now() - begin) / done;
}

/* This process does the one, a fork of it the other, for the same time: nanoseconds for each call of both together. */
double measure_two(const char *first, const char *second, double seconds) {
    long calls, others_calls;
    loop run = find(first, &calls), other = find(second, &others_calls);
    if (!run || !other) return -1;
    volatile long *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double begin = now() + 1e6, end = begin + seconds * 1e9;
    pid_t child = fork();
    if (child == 0) {
        while (now() < begin) {}
        shared[0] = run_for(other, others_calls / 10 + 1, end);
        _exit(0);
    }
    while (now() < begin) {}
    long done = run_for(run, calls / 10 + 1, end);
    waitpid(child, NULL, 0);
    done += shared[0];
    munmap((void *)shared, 4096);
    return seconds * 1e9 / done;
}

static int compare(const void *a, const void *b) { double x = *(const double *)a, y = *(const double *)b; return (x > y) - (x < y); }

/* From an update to the return of who waits for it in another process, who looks every so many milliseconds: the median. */
double measure_wake(int frequency) {
    volatile double *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double samples[WAKE_UPS];
    for (int i = 0; i < WAKE_UPS; i++) {
        shared[0] = shared[1] = 0;
        pid_t child = fork();
        if (child == 0) {
            shared[0] = 1;
            uwsgi_sharedarea_wait(0, frequency, 0);
            shared[1] = now();
            _exit(0);
        }
        while (!shared[0]) usleep(100);
        usleep(3000 + rand() % 1000);
        double begin = now();
        uwsgi_sharedarea_inc64(0, 16, 1);
        waitpid(child, NULL, 0);
        samples[i] = shared[1] - begin;
    }
    munmap((void *)shared, 4096);
    qsort(samples, WAKE_UPS, sizeof *samples, compare);
    return samples[WAKE_UPS / 2];
}
