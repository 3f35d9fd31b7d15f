/*
 * Signals and waiting. The signals stay blocked but inside ppoll(), which lets them in and waits in one step: none
 * can come between the look and the wait. A descriptor that is always ready never lets ppoll() wait, so pending
 * signals are looked at as well.
 */
#include "io/wait.h"

#include "base/timefmt.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stopped;
static sigset_t stop_signals; /* those of SIGTERM and SIGINT that we took */

static void note(int number)
{
	(void)number;
	stopped = 1;
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
