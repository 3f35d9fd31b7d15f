/*
 * Signals and waiting. SIGTERM and SIGINT are only let in while a tool waits, so that nothing in hand is torn: the batch is finished,
 * then the tool ends. SIGPIPE on stdout kills quietly, as in any filter; sockets never raise it (MSG_NOSIGNAL).
 */
#ifndef ROS_IO_WAIT_H
#define ROS_IO_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum wait_result {
	WAIT_READY,   /* the descriptor can be read or written, or has an error to be read */
	WAIT_TIMEOUT,
	WAIT_STOP,    /* SIGTERM or SIGINT has come */
};

/* Blocks SIGTERM and SIGINT outside the waits and notes them. tool_begin() calls it. */
void wait_install(void);

/* Whether one of them has come; also looks at what is pending now. */
bool wait_stopping(void);

/*
 * Waits until fd is ready for `events` (POLLIN, POLLOUT of <poll.h>), at most timeout_ms (-1: without end). A stop that has come before
 * or comes meanwhile ends it at once. fd -1 waits for time or a stop alone.
 */
enum wait_result wait_fd(int fd, short events, int timeout_ms);

/*
 * What is in hand may be finished for so long after a stop: the time (time_monotonic_ms()) after which nothing may be waited for any more.
 * INT64_MAX while no stop has come.
 */
int64_t wait_stop_deadline(void);

/*
 * write(2), which a stop interrupts: it then fails with EINTR where nothing could be written, and again at the latest 100 ms after each
 * further call. Without a stop it blocks as write(2) does.
 */
ssize_t wait_write(int fd, const void *p, size_t n);

#endif
