/* Bytes to and from a server. */
#include "bus/transport.h"

#include "base/timefmt.h"
#include "bus/tls.h"

#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PROBE_MS 500 /* for a look at what a server speaks that we do not get along with */

static int remaining(int64_t deadline)
{
	int64_t ms = deadline - time_monotonic_ms();
	return ms < 0 ? 0 : ms > INT_MAX ? INT_MAX : (int)ms;
}

/* After a stop, what was begun gets only so long. */
static enum wait_result wait_socket(int fd, short events, int64_t deadline, bool stoppable)
{
	enum wait_result result = wait_fd(fd, events, remaining(deadline));
	if (result != WAIT_STOP || stoppable)
		return result;
	struct pollfd p = { .fd = fd, .events = events };
	int64_t stop = wait_stop_deadline();
	int n;
	do
		n = poll(&p, 1, remaining(deadline < stop ? deadline : stop));
	while (n < 0 && errno == EINTR);
	return n == 0 ? WAIT_TIMEOUT : WAIT_READY;
}

/* Ends what connect(2) began. 0, or -1 with errno. */
static int finish_connect(int fd, int64_t deadline)
{
	if (wait_socket(fd, POLLOUT, deadline, false) == WAIT_TIMEOUT) {
		errno = ETIMEDOUT;
		return -1;
	}
	int error = 0;
	socklen_t size = sizeof error;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return -1;
	errno = error;
	return error == 0 ? 0 : -1;
}

/* A connected socket, or -1 with errno. */
static int dial(const struct sockaddr *address, socklen_t size, int64_t deadline)
{
	int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	int rc = connect(fd, address, size);
	if (rc < 0 && (errno == EINPROGRESS || errno == EINTR))
		rc = finish_connect(fd, deadline);
	if (rc < 0) {
		int reason = errno;
		close(fd);
		errno = reason;
		return -1;
	}
	return fd;
}

static int dial_unix(const char *path, int64_t deadline)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
	return dial((struct sockaddr *)&address, sizeof address, deadline);
}

/* The first of the host's addresses that answers. getaddrinfo(3) has time limits of its own (resolv.conf(5)). */
static int dial_tcp(const struct url *u, int64_t deadline, const char **reason)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *list;
	int rc = getaddrinfo(u->host, u->port, &hints, &list);
	if (rc != 0) {
		*reason = gai_strerror(rc);
		return -1;
	}
	int fd = -1;
	for (struct addrinfo *a = list; a && fd < 0; a = a->ai_next)
		fd = dial(a->ai_addr, a->ai_addrlen, deadline);
	int error = errno;
	freeaddrinfo(list);
	int on = 1;
	if (fd >= 0) {
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
	}
	errno = error;
	return fd;
}

static int dial_url(struct transport *t, const struct url *u, int64_t deadline, struct err *e)
{
	const char *reason = NULL;
	t->fd = u->scheme == URL_UNIX ? dial_unix(u->path, deadline) : dial_tcp(u, deadline, &reason);
	if (t->fd >= 0)
		return 0;
	if (reason)
		return err_set(e, ROS_UNREACHABLE, "cannot reach %s: %s", t->name, reason);
	if (errno == ETIMEDOUT)
		return err_set(e, ROS_LATER, "cannot reach %s: no answer in time", t->name);
	return err_sys(e, ROS_UNREACHABLE, "cannot reach %s", t->name);
}

/* A connection for a look at what the server speaks: in clear or not, whatever the URL says. */
static int try_scheme(struct transport *t, const struct url *u, enum url_scheme scheme, int64_t deadline, struct err *e)
{
	struct url other = *u;
	other.scheme = scheme;
	return transport_open(t, &other, &(struct bus_tls){ 0 }, "", deadline, e);
}

/* Redis without TLS takes the handshake for the beginning of a command, and waits for its end. */
static bool speaks_clear(const struct url *u)
{
	struct transport t;
	char c = '\0';
	int64_t deadline = time_monotonic_ms() + PROBE_MS;
	if (try_scheme(&t, u, URL_TCP, deadline, NULL) < 0)
		return false;
	if (transport_send(&t, "PING\r\n", 6, NULL) > 0 && transport_wait(&t, POLLIN, deadline, false) == WAIT_READY)
		transport_receive(&t, &c, 1, NULL);
	transport_close(&t);
	return c == '+' || c == '-';
}

bool transport_speaks_tls(const struct url *u)
{
	struct transport t;
	struct err e;
	int rc = try_scheme(&t, u, URL_TLS, time_monotonic_ms() + PROBE_MS, &e);
	transport_close(&t);
	return rc == 0 || e.status == ROS_CONFIG; /* its certificate was looked at */
}

static int begin_tls(struct transport *t, const struct url *u, const struct bus_tls *tls, int64_t deadline, struct err *e)
{
	struct err why;
	if (tls_begin(t, u->host, tls, deadline, &why) == 0)
		return 0;
	transport_close(t);
	if (why.status == ROS_LATER && speaks_clear(u))
		return err_set(e, ROS_CONFIG, "%s does not speak TLS: its URL starts with redis://", t->name);
	return err_set(e, why.status, "%s", why.text);
}

int transport_open(struct transport *t, const struct url *u, const struct bus_tls *tls, const char *name, int64_t deadline, struct err *e)
{
	*t = (struct transport){ .name = name };
	if (u->scheme == URL_TCP && tls->required)
		return err_set(e, ROS_CONFIG, "%s is plain TCP, and ROS_REQUIRE_TLS forbids it: a server with TLS has a URL that starts with rediss://", name);
	if (dial_url(t, u, deadline, e) < 0)
		return -1;
	t->driver = &transport_plain;
	return u->scheme == URL_TLS ? begin_tls(t, u, tls, deadline, e) : 0;
}

void transport_close(struct transport *t)
{
	if (!t->driver)
		return;
	t->driver->end(t);
	close(t->fd);
	t->driver = NULL;
}

bool transport_connected(const struct transport *t)
{
	return t->driver != NULL;
}

ssize_t transport_send(struct transport *t, const void *p, size_t n, struct err *e)
{
	return t->driver->send(t, p, n, e);
}

ssize_t transport_receive(struct transport *t, void *p, size_t n, struct err *e)
{
	return t->driver->receive(t, p, n, e);
}

bool transport_idle(struct transport *t)
{
	return t->driver->idle(t);
}

enum wait_result transport_wait(struct transport *t, short events, int64_t deadline, bool stoppable)
{
	events = t->driver->events(t, events);
	return events == 0 ? WAIT_READY : wait_socket(t->fd, events, deadline, stoppable);
}

/* --- bytes as they are --- */

static ssize_t moved(const struct transport *t, ssize_t n, struct err *e)
{
	if (n >= 0)
		return n;
	if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	return err_sys(e, ROS_UNREACHABLE, "lost the connection to %s", t->name);
}

static ssize_t plain_send(struct transport *t, const void *p, size_t n, struct err *e)
{
	return moved(t, send(t->fd, p, n, MSG_NOSIGNAL), e);
}

static ssize_t plain_receive(struct transport *t, void *p, size_t n, struct err *e)
{
	ssize_t got = recv(t->fd, p, n, 0);
	if (got == 0) {
		errno = ECONNRESET;
		got = -1;
	}
	return moved(t, got, e);
}

static bool plain_idle(struct transport *t)
{
	char c;
	return recv(t->fd, &c, 1, MSG_PEEK) < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

static short plain_events(struct transport *t, short events)
{
	(void)t;
	return events;
}

static void plain_end(struct transport *t)
{
	(void)t;
}

const struct transport_driver transport_plain = {
	.send = plain_send,
	.receive = plain_receive,
	.idle = plain_idle,
	.events = plain_events,
	.end = plain_end,
};
