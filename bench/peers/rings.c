// What a ring and a pool of C cost that guard against nothing: the algorithm of DPDK's rte_ring, which pyshm uses, for pointers. Reads "what seconds" and writes {"ns": ...} until its input ends.
// "spsc:N" and "mpmc:N" are a message in bursts of N between two processes that run as fast as they can; "spsc-behind:N" and "mpmc-behind:N" when one fills the ring and then the other empties it;
// "pool" is get + put, "poll" and "wake" half a round trip over two words, polled or slept on. Linux.
#define _GNU_SOURCE
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { COUNT = 1 << 14, MESSAGES = 2000000, FILLS = 30, MOST = 32, CALLS = 10000, TURNS = 32, SAMPLES = 2000, POOL = 1024, BLOCK = 64, LINE = 128 };

#define INLINE static inline __attribute__((always_inline))

struct side {
    volatile uint32_t head, tail;
} __attribute__((aligned(LINE)));

struct ring {
    uint32_t mask;
    struct side producers, consumers;
    uint64_t slots[COUNT] __attribute__((aligned(LINE)));
};

static struct shared {
    struct ring ring, free;
    volatile uint32_t ready[2] __attribute__((aligned(LINE)));
    volatile uint32_t filled __attribute__((aligned(LINE)));
    volatile uint32_t drained __attribute__((aligned(LINE)));
    struct { volatile uint32_t it; } __attribute__((aligned(LINE))) words[2];
    double times[2] __attribute__((aligned(LINE)));
    unsigned char blocks[POOL * BLOCK];
} *shared;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1e9 + time.tv_nsec;
}

static void check(int failed, const char *what)
{
    if (failed) {
        perror(what);
        exit(1);
    }
}

// Moves a head by as many as there are, up to n: 1 claim, by compare-and-swap where there are many → 2 copy → 3 wait for who claimed before → 4 move the tail.
INLINE uint32_t claim(struct side *mine, const struct side *others, uint32_t room, uint32_t n, int single, uint32_t *from)
{
    uint32_t count;
    do {
        *from = mine->head;
        uint32_t there = room + others->tail - *from;
        count = n < there ? n : there;
        if (count == 0) {
            return 0;
        }

        if (single) {
            mine->head = *from + count;
            return count;
        }
    } while (!__sync_bool_compare_and_swap(&mine->head, *from, *from + count));
    return count;
}

INLINE void finish(struct side *mine, uint32_t from, uint32_t count, int single)
{
    while (!single && mine->tail != from) {
        __builtin_ia32_pause();
    }

    __asm__ volatile("" ::: "memory");
    mine->tail = from + count;
}

INLINE uint32_t enqueue(struct ring *ring, const uint64_t *items, uint32_t n, int single)
{
    uint32_t from, count = claim(&ring->producers, &ring->consumers, ring->mask, n, single, &from);
    if (count) {
        for (uint32_t i = 0; i < count; i++) {
            ring->slots[(from + i) & ring->mask] = items[i];
        }

        finish(&ring->producers, from, count, single);
    }

    return count;
}

INLINE uint32_t dequeue(struct ring *ring, uint64_t *items, uint32_t n, int single)
{
    uint32_t from, count = claim(&ring->consumers, &ring->producers, 0, n, single, &from);
    if (count) {
        for (uint32_t i = 0; i < count; i++) {
            items[i] = ring->slots[(from + i) & ring->mask];
        }

        finish(&ring->consumers, from, count, single);
    }

    return count;
}

INLINE void produce(uint64_t from, uint64_t to, uint32_t n, int single)
{
    uint64_t items[MOST];
    while (from < to) {
        uint32_t count = to - from < n ? to - from : n;
        for (uint32_t i = 0; i < count; i++) {
            items[i] = from + i;
        }

        for (uint32_t done = 0; done < count;) {
            done += enqueue(&shared->ring, items + done, count - done, single);
        }

        from += count;
    }
}

INLINE void consume(uint64_t from, uint64_t to, uint32_t n, int single)
{
    uint64_t items[MOST];
    while (from < to) {
        uint32_t count = dequeue(&shared->ring, items, to - from < n ? to - from : n, single);
        for (uint32_t i = 0; i < count; i++) {
            if (items[i] != from + i) {
                fprintf(stderr, "message %lu came in the place of %lu\n", (unsigned long)items[i], (unsigned long)(from + i));
                exit(1);
            }
        }

        from += count;
    }
}

INLINE double side(int writes, uint32_t n, int single, int behind)
{
    shared->ready[writes] = 1;
    while (!shared->ready[!writes]) {
    }

    double busy = 0;
    uint64_t each = behind ? COUNT - 1 : MESSAGES;
    for (uint32_t i = 0; i < (behind ? FILLS : 1); i++) {
        while (behind && (writes ? shared->drained != i : shared->filled != i + 1)) {
        }

        double start = now();
        if (writes) {
            produce(i * each, (i + 1) * each, n, single);
        } else {
            consume(i * each, (i + 1) * each, n, single);
        }

        busy += now() - start;
        *(writes ? &shared->filled : &shared->drained) = i + 1;
    }

    return busy / (behind ? FILLS : 1) / each;
}

static double both(int writes, int n, int single, int behind)
{
    // Constants in each place, as in the original.
    if (single && n == 1) {
        return side(writes, 1, 1, behind);
    }

    if (single) {
        return side(writes, MOST, 1, behind);
    }

    return n == 1 ? side(writes, 1, 0, behind) : side(writes, MOST, 0, behind);
}

static void pin(int which)
{
    cpu_set_t allowed, one;
    CPU_ZERO(&one);
    check(sched_getaffinity(0, sizeof allowed, &allowed), "sched_getaffinity");
    for (int i = 0, found = 0; i < CPU_SETSIZE && CPU_COUNT(&allowed) > 1; i++) {
        if (CPU_ISSET(i, &allowed) && found++ == which) {
            CPU_SET(i, &one);
            check(sched_setaffinity(0, sizeof one, &one), "sched_setaffinity");
            return;
        }
    }
}

static void in_two(void (*run)(int which, const void *what), const void *what)
{
    pid_t sides[2];
    shared->ready[0] = shared->ready[1] = shared->filled = shared->drained = shared->words[0].it = shared->words[1].it = 0;
    for (int which = 0; which < 2; which++) {
        sides[which] = fork();
        check(sides[which] < 0, "fork");
        if (sides[which] == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            pin(which);
            run(which, what);
            _exit(0);
        }
    }

    for (int which = 0; which < 2; which++) {
        int status;
        check(waitpid(sides[which], &status, 0) < 0 || status, "waitpid");
    }
}

struct traffic { int n, single, behind; };

static void run_traffic(int which, const void *what)
{
    const struct traffic *traffic = what;
    shared->times[which] = both(which == 0, traffic->n, traffic->single, traffic->behind);
}

static void clear(struct ring *ring, uint32_t count)
{
    memset(ring, 0, sizeof *ring);
    ring->mask = count - 1;
}

static double traffic(int n, int single, int behind)
{
    struct traffic traffic = { n, single, behind };
    clear(&shared->ring, COUNT);
    in_two(run_traffic, &traffic);
    return behind ? shared->times[0] + shared->times[1] : shared->times[1];
}

static double pool(double seconds)
{
    clear(&shared->free, POOL);
    for (uint64_t i = 0; i < POOL - 1; i++) {
        uint64_t block = (uint64_t)(uintptr_t)(shared->blocks + i * BLOCK);
        enqueue(&shared->free, &block, 1, 0);
    }

    double start = now(), passed;
    long done = 0;
    do {
        for (int i = 0; i < CALLS; i++) {
            uint64_t block;
            if (dequeue(&shared->free, &block, 1, 0)) {
                enqueue(&shared->free, &block, 1, 0);
            }
        }

        done += CALLS;
        passed = now() - start;
    } while (passed < seconds * 1e9);
    return passed / done;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void run_poll(int which, const void *what)
{
    (void)what;
    static double samples[SAMPLES];
    for (uint32_t i = 0, turn = 0; i < SAMPLES; i++) {
        double start = now();
        for (int j = 0; j < TURNS; j++) {
            turn++;
            if (which == 0) {
                shared->words[0].it = turn;
                while (shared->words[1].it != turn) {
                }
            } else {
                while (shared->words[0].it != turn) {
                }

                shared->words[1].it = turn;
            }
        }

        samples[i] = (now() - start) / TURNS / 2;
    }

    qsort(samples, SAMPLES, sizeof *samples, ascending);
    shared->times[which] = samples[SAMPLES / 2];
}

static double poll(void)
{
    in_two(run_poll, NULL);
    return shared->times[0];
}

// From the store until who slept is awake; half a millisecond to fall asleep before each.
static void run_wake(int which, const void *what)
{
    (void)what;
    enum { WAKE_UPS = 200 };
    static double samples[WAKE_UPS];
    volatile uint32_t *word = &shared->words[0].it;
    for (uint32_t i = 0; i < WAKE_UPS; i++) {
        if (which == 0) {
            while (shared->drained != i) {
            }

            for (double begin = now(); now() - begin < 300e3;) {
            }

            shared->times[0] = now();
            __atomic_store_n(word, i + 1, __ATOMIC_SEQ_CST);
            syscall(SYS_futex, word, FUTEX_WAKE, 1, NULL, NULL, 0);
        } else {
            while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == i) {
                syscall(SYS_futex, word, FUTEX_WAIT, i, NULL, NULL, 0);
            }

            samples[i] = now() - shared->times[0];
            shared->drained = i + 1;
        }
    }

    if (which == 1) {
        qsort(samples, WAKE_UPS, sizeof *samples, ascending);
        shared->times[1] = samples[WAKE_UPS / 2];
    }
}

static double wake(void)
{
    in_two(run_wake, NULL);
    return shared->times[1];
}

int main(void)
{
    // Who started it ends it, by the end of its input.
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    check(shared == MAP_FAILED, "mmap");
    char what[32];
    double seconds;
    while (scanf("%31s %lf", what, &seconds) == 2) {
        char *colon = strchr(what, ':');
        int n = colon ? atoi(colon + 1) : 0;
        if (colon && (n == 1 || n == MOST)) {
            *colon = 0;
            printf("{\"ns\": %.4f}\n", traffic(n, !strncmp(what, "spsc", 4), strstr(what, "behind") != NULL));
        } else if (!strcmp(what, "pool")) {
            printf("{\"ns\": %.4f}\n", pool(seconds));
        } else if (!strcmp(what, "poll")) {
            printf("{\"ns\": %.4f}\n", poll());
        } else if (!strcmp(what, "wake")) {
            printf("{\"ns\": %.4f}\n", wake());
        } else {
            printf("{\"error\": \"there is no such measurement\"}\n");
        }

        fflush(stdout);
    }

    return 0;
}
