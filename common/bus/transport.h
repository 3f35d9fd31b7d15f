/*
 * Bytes to and from a server: nonblocking sockets (unix, tcp, TLS over tcp), all waiting bounded by an absolute deadline of
 * time_monotonic_ms(). A dead peer is an error, never SIGPIPE.
 */
#ifndef ROS_BUS_TRANSPORT_H
#define ROS_BUS_TRANSPORT_H

#include "base/err.h"
#include "bus/bus.h"
#include "bus/url.h"
#include "io/wait.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* One connection. It stays where it is while it is open. */
struct transport {
	const struct transport_driver *driver; /* NULL: not connected */
	const char *name;                      /* of the server, for messages */
	int fd;
	void *session;                         /* the driver's own */
};

/* What differs between bytes as they are (transport.c) and TLS (tls.c). */
struct transport_driver {
	ssize_t (*send)(struct transport *t, const void *p, size_t n, struct err *e);
	ssize_t (*receive)(struct transport *t, void *p, size_t n, struct err *e);
	bool (*idle)(struct transport *t);
	short (*events)(struct transport *t, short events); /* what to poll for to get them; 0: they are there */
	void (*end)(struct transport *t);
};

extern const struct transport_driver transport_plain;

/*
 * Connects to a URL_TCP, URL_TLS or URL_UNIX. Errors name the server `name`, which is kept by reference: ROS_UNREACHABLE, or ROS_LATER at the deadline;
 * ROS_CONFIG: plain TCP although TLS is required, a file of TLS is unusable, or the two sides do not trust each other.
 */
int transport_open(struct transport *t, const struct url *u, const struct bus_tls *tls, const char *name, int64_t deadline, struct err *e);
void transport_close(struct transport *t); /* what is closed is fine */
bool transport_connected(const struct transport *t);

/*
 * Whether the server of a URL_TCP speaks TLS, asked by another connection, in half a second: such a server closes without a word what speaks in clear.
 */
bool transport_speaks_tls(const struct url *u);

/*
 * Bytes moved; 0: not now, wait first; -1: the connection is gone: ROS_UNREACHABLE, or ROS_CONFIG where the server refused our certificate.
 */
ssize_t transport_send(struct transport *t, const void *p, size_t n, struct err *e);
ssize_t transport_receive(struct transport *t, void *p, size_t n, struct err *e);

/* Whether the connection still stands and nothing unasked-for has come. */
bool transport_idle(struct transport *t);

/*
 * Waits for POLLIN, POLLOUT. A call that must be finished once begun is not stoppable: a stop that has come lets it
 * end, up to its deadline or wait_stop_deadline(), whichever is first.
 */
enum wait_result transport_wait(struct transport *t, short events, int64_t deadline, bool stoppable);

#endif
