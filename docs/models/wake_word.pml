/*
 * The wake word (src/Synchronization/WakeWord.cs) under an auto-reset event (SharedEvent): the hardest of its users, as each signal is for one.
 *
 *   spin -a wake_word.pml && cc -o pan pan.c && ./pan            nobody dies: nobody sleeps for ever, and no backstop is there to help
 *   spin -DKILLS -a wake_word.pml && cc -o pan pan.c && ./pan    anybody may be killed between any two steps: the backstop alone mends what he owed
 *
 * A state that nobody can leave, with somebody who has not passed, is an error that pan reports as "invalid end state".
 */

#define WAITERS 3
#define SIGNALS 3

byte sequence = 0;
byte sleepers = 0;
bool set = false;          /* the event itself */
bool queued[WAITERS];      /* who sleeps in the kernel on the sequence */
byte passed = 0;
byte dead = 0;
byte sets = 0;

/* Between any two steps a process may be killed; the kernel takes it off its queue. At most one, and the living must still get through. */
#ifdef KILLS
#define STEP if :: skip :: atomic { dead == 0 -> dead++; goto killed } fi
#else
#define STEP skip
#endif

/* FUTEX_WAKE of one: whoever of those who sleep. */
inline wake_one()
{
    atomic {
        if
        :: queued[0] -> queued[0] = false
        :: queued[1] -> queued[1] = false
        :: queued[2] -> queued[2] = false
        :: !queued[0] && !queued[1] && !queued[2] -> skip
        fi
    }
}

proctype waiter(byte me)
{
    byte seen;

again:
    seen = sequence;                            /* Sequence */
    STEP;
    if
    :: atomic { set -> set = false; passed++ }  /* TryPass: one compare-and-swap */
       goto done
    :: !set -> skip
    fi;
    STEP;
    atomic { sleepers++ };                      /* Interlocked.Increment */
    STEP;
    atomic {                                    /* FUTEX_WAIT compares and queues in one */
        if
        :: sequence == seen -> queued[me] = true
        :: else -> skip
        fi
    };
    if
    :: !queued[me] -> skip
#ifdef KILLS
    :: timeout -> queued[me] = false            /* WakeWord.Backstop: when nothing else can happen, time passes */
    :: atomic { dead == 0 -> dead++; queued[me] = false; goto killed }
#endif
    fi;
    STEP;
    atomic { sleepers-- };                      /* Interlocked.Decrement */
    goto again;

killed:                                         /* sleepers stays too high, which costs system calls and no more */
done:
    skip
}

proctype setter()
{
    bool was;

    do
    :: sets < SIGNALS ->
        !set;                                   /* a signal while one is pending is the same signal */
        atomic { was = set; set = true; sets++ };  /* Interlocked.Exchange */
        STEP;
        if
        :: !was ->
            atomic { sequence++ };              /* Interlocked.Increment */
            STEP;
            if
            :: sleepers > 0 -> STEP; wake_one()
            :: else -> skip
            fi
        :: else -> skip
        fi
    :: else -> break
    od;

killed:
    skip
}

init
{
    atomic {
        run waiter(0);
        run waiter(1);
        run waiter(2);
        run setter()
    }

    /* Everybody who lives is through: the waiters, unless a killed setter never gave its other signals. */
    end: (_nr_pr == 1);
    assert(passed <= sets);
    assert(dead > 0 || (passed == WAITERS && sets == SIGNALS))
}
