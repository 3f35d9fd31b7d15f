/*
 * Bytes to and from a server: nonblocking sockets (unix, tcp), all waiting bounded by an absolute deadline of
 * time_monotonic_ms(). A dead peer is an error, never SIGPIPE.
 */
#ifndef ROS_BUS_TRANSPORT_H
#define ROS_BUS_TRANSPORT_H

#include "base/err.h"
#include "bus/url.h"
#include "io/wait.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Connects to a URL_TCP or URL_UNIX. Errors name the server `name`: ROS_UNREACHABLE, or ROS_LATER at the deadline. */
int transport_open(const struct url *u, const char *name, int64_t deadline, int *fd, struct err *e);

/* Bytes moved; 0: not now, wait first; -1: the connection is gone, errno says why (a closed one: ECONNRESET). */
ssize_t transport_send(int fd, const void *p, size_t n);
ssize_t transport_receive(int fd, void *p, size_t n);

/* Whether the connection still stands and nothing unasked-for has come. */
bool transport_idle(int fd);

/*
 * Waits for POLLIN, POLLOUT. A call that must be finished once begun is not stoppable: a stop that has come lets it
 * end, up to its deadline or wait_stop_deadline(), whichever is first.
 */
enum wait_result transport_wait(int fd, short events, int64_t deadline, bool stoppable);

#endif
