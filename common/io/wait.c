/*
 * Signals and waiting. The signals stay blocked but inside ppoll(), which lets them in and waits in one step: none
 * can come between the look and the wait. A descriptor that is always ready never lets ppoll() wait, so pending
 * signals are looked at as well.
 *
 * A write to a pipe that nobody reads blocks with the signals let in; the handler sets a timer that interrupts it again and again, in
 * case the signal came right before write(2) began to wait.
 */
#include "io/wait.h"

#include "base/timefmt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define GRACE_MS 700 /* a tool ends within a second */
#define NUDGE_MS 100

static volatile sig_atomic_t stopped, writing;
static sigset_t stop_signals; /* those of SIGTERM and SIGINT that we took */
static int64_t stop_deadline; /* 0 until the stop was noticed outside of the handler */

/* Interrupts what blocks in the thread, now and again. */
static void nudge(int ms)
{
	struct itimerval t = { .it_interval.tv_usec = ms * 1000, .it_value.tv_usec = ms * 1000 };
	setitimer(ITIMER_REAL, &t, NULL);
}

static void note(int number)
{
	stopped |= number != SIGALRM;
	if (stopped && writing)
		nudge(NUDGE_MS);
}

/* A signal that was ignored when we were started (nohup, a shell's background) stays so. */
static void take_signal(int number)
{
	struct sigaction act = { .sa_handler = note }, old;
	if (sigaction(number, NULL, &old) != 0 || old.sa_handler == SIG_IGN)
		return;
	sigaction(number, &act, NULL);
	sigaddset(&stop_signals, number);
}

void wait_install(void)
{
	sigemptyset(&stop_signals);
	take_signal(SIGTERM);
	take_signal(SIGINT);
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = note }, NULL);
	sigprocmask(SIG_BLOCK, &stop_signals, NULL);
}

bool wait_stopping(void)
{
	sigset_t pending;
	if (!stopped && sigpending(&pending) == 0)
		stopped = (sigismember(&stop_signals, SIGTERM) && sigismember(&pending, SIGTERM)) ||
		          (sigismember(&stop_signals, SIGINT) && sigismember(&pending, SIGINT));
	return stopped;
}

int64_t wait_stop_deadline(void)
{
	if (!wait_stopping())
		return INT64_MAX;
	if (stop_deadline == 0)
		stop_deadline = time_monotonic_ms() + GRACE_MS;
	return stop_deadline;
}

ssize_t wait_write(int fd, const void *p, size_t n)
{
	sigset_t mask;
	writing = 1;
	if (wait_stopping())
		nudge(NUDGE_MS);
	sigprocmask(SIG_UNBLOCK, &stop_signals, &mask);
	ssize_t done = write(fd, p, n);
	int reason = errno;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	writing = 0;
	if (stopped)
		nudge(0);
	errno = reason;
	return done;
}

/* The mask of the waits: what is blocked now without the stop signals. */
static sigset_t open_mask(void)
{
	sigset_t mask;
	sigprocmask(SIG_BLOCK, NULL, &mask);
	if (sigismember(&stop_signals, SIGTERM))
		sigdelset(&mask, SIGTERM);
	if (sigismember(&stop_signals, SIGINT))
		sigdelset(&mask, SIGINT);
	return mask;
}

static int poll_until(struct pollfd *p, int64_t deadline, const sigset_t *mask)
{
	int64_t left = deadline - time_monotonic_ms();
	left = left > 0 ? left : 0;
	struct timespec time = { .tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000 };
	return ppoll(p, 1, deadline < 0 ? NULL : &time, mask);
}

enum wait_result wait_fd(int fd, short events, int timeout_ms)
{
	struct pollfd p = { .fd = fd, .events = events };
	int64_t deadline = timeout_ms < 0 ? -1 : time_monotonic_ms() + timeout_ms;
	sigset_t mask = open_mask();
	while (!wait_stopping()) {
		int n = poll_until(&p, deadline, &mask);
		if (n >= 0)
			return n > 0 ? WAIT_READY : WAIT_TIMEOUT;
		if (errno != EINTR)
			return WAIT_READY; /* the read or write that follows says what is wrong */
	}
	return WAIT_STOP;
}
