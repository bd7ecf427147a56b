// What the locks of C cost, measured when told to: reads "what seconds" and writes {"ns": ...} until its input ends.
// Linux. Hand-overs are named "what:p:q", where p and q are the processors of the two sides, or -1 for any.
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALLS = 10000, HAND_OVERS = 1000, LINE = 64 };

// Each on a cache line of its own.
struct shared {
    pthread_mutex_t mutex __attribute__((aligned(LINE)));
    pthread_cond_t condition __attribute__((aligned(LINE)));
    int turn __attribute__((aligned(LINE)));
    uint32_t words[2][LINE / 4] __attribute__((aligned(LINE)));
    struct { sem_t it; } __attribute__((aligned(LINE))) semaphores[2];
};

static struct shared *shared;
static int sysv;

static void check(int failed, const char *what)
{
    if (failed) {
        perror(what);
        exit(1);
    }
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void make(void)
{
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(shared == MAP_FAILED, "mmap");
    pthread_mutexattr_t mutex;
    pthread_mutexattr_init(&mutex);
    pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&mutex, PTHREAD_MUTEX_ROBUST);
    check(pthread_mutex_init(&shared->mutex, &mutex), "pthread_mutex_init");
    pthread_condattr_t condition;
    pthread_condattr_init(&condition);
    pthread_condattr_setpshared(&condition, PTHREAD_PROCESS_SHARED);
    check(pthread_cond_init(&shared->condition, &condition), "pthread_cond_init");
    for (int i = 0; i < 2; i++) {
        check(sem_init(&shared->semaphores[i].it, 1, 0), "sem_init");
    }

    sysv = semget(IPC_PRIVATE, 1, 0600);
    check(sysv < 0, "semget");
    check(semctl(sysv, 0, SETVAL, 1) < 0, "semctl");
}

// Enter and leave, which nobody else wants to.

static void lock_mutex(void)
{
    pthread_mutex_lock(&shared->mutex);
    pthread_mutex_unlock(&shared->mutex);
}

static void lock_sysv(void)
{
    struct sembuf enter = { 0, -1, SEM_UNDO }, leave = { 0, 1, SEM_UNDO };
    check(semop(sysv, &enter, 1) || semop(sysv, &leave, 1), "semop");
}

static inline __attribute__((always_inline)) double per_call(void (*once)(void), double seconds)
{
    double start = now(), passed;
    long done = 0;
    do {
        for (int i = 0; i < CALLS; i++) {
            once();
        }

        done += CALLS;
        passed = now() - start;
    } while (passed < seconds * 1e9);
    return passed / done;
}

// Hand-overs: give to the other side, and take what it gives. Nothing is looked after but that.

static void give_futex(int to)
{
    uint32_t *word = shared->words[to];
    __atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
    syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static void take_futex(int me)
{
    uint32_t *word = shared->words[me];
    while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == 0) {
        syscall(SYS_futex, word, FUTEX_WAIT, 0, NULL, NULL, 0);
    }

    __atomic_store_n(word, 0, __ATOMIC_SEQ_CST);
}

static void give_semaphore(int to)
{
    sem_post(&shared->semaphores[to].it);
}

static void take_semaphore(int me)
{
    while (sem_wait(&shared->semaphores[me].it) && errno == EINTR) {
    }
}

static void give_condition(int to)
{
    pthread_mutex_lock(&shared->mutex);
    shared->turn = to;
    pthread_cond_signal(&shared->condition);
    pthread_mutex_unlock(&shared->mutex);
}

static void take_condition(int me)
{
    pthread_mutex_lock(&shared->mutex);
    while (shared->turn != me) {
        pthread_cond_wait(&shared->condition, &shared->mutex);
    }

    pthread_mutex_unlock(&shared->mutex);
}

static void pin(int processor)
{
    if (processor >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(processor, &set);
        check(sched_setaffinity(0, sizeof set, &set), "sched_setaffinity");
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The median of the halves of single round trips, between a child that is made for it and another, so that this process stays where it may run.
static double hand_over(void (*give)(int), void (*take)(int), int mine, int others)
{
    double *results = mmap(NULL, HAND_OVERS * sizeof *results, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(results == MAP_FAILED, "mmap");
    shared->turn = -1;
    pid_t sides[2];
    for (int side = 0; side < 2; side++) {
        sides[side] = fork();
        check(sides[side] < 0, "fork");
        if (sides[side] > 0) {
            continue;
        }

        prctl(PR_SET_PDEATHSIG, SIGKILL);
        pin(side == 0 ? mine : others);
        for (int i = -HAND_OVERS / 10; i < HAND_OVERS; i++) {
            if (side == 0) {
                double start = now();
                give(1);
                take(0);
                results[i < 0 ? 0 : i] = (now() - start) / 2;
            } else {
                take(1);
                give(0);
            }
        }

        _exit(0);
    }

    for (int side = 0; side < 2; side++) {
        int status;
        check(waitpid(sides[side], &status, 0) < 0 || status, "hand-over");
    }

    qsort(results, HAND_OVERS, sizeof *results, ascending);
    double median = (results[(HAND_OVERS - 1) / 2] + results[HAND_OVERS / 2]) / 2;
    munmap(results, HAND_OVERS * sizeof *results);
    return median;
}

static void remove_sysv(void)
{
    semctl(sysv, 0, IPC_RMID);
}

int main(void)
{
    // Who started it ends it, by the end of its input.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    make();
    atexit(remove_sysv);
    char what[32];
    double seconds;
    while (scanf("%31s %lf", what, &seconds) == 2) {
        int mine = -1, others = -1;
        char *processors = strchr(what, ':');
        if (processors) {
            *processors = 0;
            sscanf(processors + 1, "%d:%d", &mine, &others);
        }

        if (!strcmp(what, "mutex")) {
            printf("{\"ns\": %.3f}\n", per_call(lock_mutex, seconds));
        } else if (!strcmp(what, "sysv")) {
            printf("{\"ns\": %.3f}\n", per_call(lock_sysv, seconds));
        } else if (!strcmp(what, "event")) {
            printf("{\"ns\": %.3f}\n", hand_over(give_futex, take_futex, mine, others));
        } else if (!strcmp(what, "semaphore")) {
            printf("{\"ns\": %.3f}\n", hand_over(give_semaphore, take_semaphore, mine, others));
        } else if (!strcmp(what, "condition")) {
            printf("{\"ns\": %.3f}\n", hand_over(give_condition, take_condition, mine, others));
        } else {
            printf("{\"error\": \"there is no such measurement\"}\n");
        }

        fflush(stdout);
    }

    return 0;
}
